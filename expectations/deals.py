"""What core.fct_deals, one row per deal, must hold."""

from expectations.suite import Suite, no_rows, not_null, row_count, unique

SUITE = Suite(
    name="deals",
    source="core.fct_deals",
    key=("deal_id",),
    checks=(
        not_null("deal_id", "Every deal has an id.", name="deals_id_not_null"),
        unique("deals_unique", ("deal_id",), "A deal has one row, so no amount counts twice."),
        row_count("deals_present", "There are deals to count."),
        no_rows(
            "deal_states_add_up",
            """
            with counted as (
                select
                    count(*) filter (where is_won and not is_removed) as won,
                    count(*) filter (where is_closed and not is_won and not is_removed) as lost,
                    count(*) filter (where not is_closed and not is_removed) as open,
                    count(*) filter (where is_removed) as removed,
                    count(*) as total
                from (select *, is_deleted or is_merged as is_removed from {batch}) as deals
            )

            select won, lost, open, removed, total from counted where won + lost + open + removed <> total
            """,
            "Every deal is either won, lost, open or removed.",
            expected="won + lost + open + removed = total",
        ),
        no_rows(
            "removed_deals_dated",
            """
            select deal_id, is_deleted, is_merged, merged_into_deal_id, removed_date
            from {batch}
            where (is_deleted or is_merged) is distinct from (removed_date is not null)
            order by all
            """,
            "A deleted or merged deal says on which day it left, and no other deal does.",
            expected="removed_date exactly where deleted or merged",
        ),
        no_rows(
            "closed_deals_dated",
            """
            select deal_id, stage, is_won, closed_date, close_known_date
            from {batch}
            where
                is_closed and not (is_deleted or is_merged)
                and (closed_date is null or close_known_date is null)
            order by all
            """,
            "A closed deal has its booking date and the day on which the close was known.",
            expected="closed_date and close_known_date for every closed deal",
        ),
        no_rows(
            "nothing_after_as_of",
            """
            select deal_id, created_date, close_known_date, removed_date
            from {batch}
            cross join (select as_of_date from raw.run_settings) as settings
            where greatest(created_date, close_known_date, removed_date) >= as_of_date
            order by all
            """,
            "Nothing that happened on or after the as-of date is known.",
            expected="all days before the as-of date",
        ),
        no_rows(
            "crm_flags_contradict_stage",
            """
            select deal_id, stage, is_closed, is_won, deal_name
            from {batch}
            where is_flag_contradictory
            order by all
            """,
            "The CRM's closed and won flags agree with the stage; where not, the stage is believed.",
            expected="flags that agree with the stage",
            severity="warning",
            remedy="Correct these deals in the CRM, or the stages' is_closed and is_won in its settings.",
        ),
        no_rows(
            "open_deal_without_stage",
            """
            select deal_id, deal_name, owner_id, created_date, amount
            from {batch}
            where stage is null and not is_closed and removed_date is null
            order by all
            """,
            "Every open deal names its stage; without one it is forecast, but stands in no stage's count.",
            expected="a stage for every open deal",
            severity="warning",
            remedy="Name the stage's column in the mapping, or give these deals a stage in the CRM.",
        ),
        no_rows(
            "exchange_rate_missing",
            """
            select
                coalesce(original_currency, '(none)') as currency, count(*) as deals,
                sum(original_amount) as original_amount,
                min(coalesce(closed_date, created_date)) as oldest_day
            from {batch}
            where is_rate_missing
            group by all
            order by deals desc, currency
            """,
            "Every currency has its exchange rates; without one a deal is counted but not priced.",
            expected="an exchange rate for every amount",
            severity="warning",
            remedy="Add them to the exchange_rates file, for the days in quality.missing_exchange_rates.",
        ),
        no_rows(
            "products_differ_from_amount",
            """
            select
                totals.deal_id, deals.deal_name, totals.original_currency, totals.original_amount,
                totals.lines_original_amount, totals.amount_difference
            from core.fct_deal_product_totals as totals
            inner join {batch} as deals on totals.deal_id = deals.deal_id
            where abs(totals.amount_difference) > {threshold} or totals.amount_difference is null
            order by abs(totals.amount_difference) desc nulls first, totals.deal_id
            """,
            "A deal's product lines add up to its amount, which is what counts.",
            expected="product lines within {threshold:g} of their deal's amount, in its currency",
            severity="warning",
            threshold=0.01,
            remedy="Correct the amounts or the lines of these deals in the CRM.",
        ),
        no_rows(
            "won_amount_missing",
            """
            select deal_id, deal_name, stage, closed_date
            from {batch}
            where is_won and original_amount is null and removed_date is null
            order by all
            """,
            "Every won deal has an amount; one without counts as a win that brought nothing.",
            expected="an amount for every won deal",
            severity="warning",
            remedy="Enter these amounts in the CRM, or name the amount's column in the mapping.",
        ),
        no_rows(
            "amount_out_of_scale",
            """
            with scale as (
                select quantile_disc(amount, 0.5) as usual_amount
                from {batch}
                where amount > 0 and removed_date is null
            )

            select deal_id, deal_name, stage, amount, usual_amount
            from {batch}
            cross join scale
            where amount > {threshold} * usual_amount and removed_date is null
            order by all
            """,
            "No amount is out of all scale: a single slip of the keyboard would make the forecast.",
            expected="amounts up to {threshold:,.0f} times the median",
            severity="warning",
            threshold=1000,
            remedy="Correct these amounts in the CRM, or raise the threshold amount_out_of_scale.",
        ),
        no_rows(
            "closed_in_future",
            """
            select deal_id, deal_name, is_won, closed_date, close_known_date, amount
            from {batch}
            cross join (select as_of_date from raw.run_settings) as settings
            where closed_date >= as_of_date and removed_date is null
            order by all
            """,
            "A deal that is closed was booked on a past day; later ones count when their period begins.",
            expected="closed_date before the as-of date",
            severity="warning",
            remedy="Correct the close dates of these deals in the CRM: on closing, set the day of the close.",
        ),
        no_rows(
            "created_date_assumed",
            """
            with counted as (
                select
                    count(*) as deals,
                    count(*) filter (where is_created_assumed) as created_assumed
                from {batch}
                where removed_date is null
            )

            select deals, created_assumed from counted where created_assumed > {threshold} * deals
            """,
            "Most deals say when they were created; others count neither as new deals nor in lifetimes.",
            expected="{threshold:.0%} of the deals without a created_at that can be true, at most",
            severity="warning",
            threshold=0.05,
            remedy="Name the creation date's column in the mapping, or add it to the export.",
        ),
        no_rows(
            "created_after_closed",
            """
            select deal_id, deal_name, created_date, closed_date
            from {batch}
            where created_date > closed_date and not is_created_assumed
            order by all
            """,
            "No deal was created after it closed; such deals were entered late, and have no true lifetime.",
            expected="created_date on or before closed_date",
            severity="warning",
            remedy="Correct the dates in the CRM, or leave the deals: only lifetimes suffer.",
        ),
    ),
)
