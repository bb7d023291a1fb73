"""What staged deals must look like before they may become history."""

from expectations.suite import Suite, at_least, no_rows, not_null, unique

# The last moment of an extract's day anywhere on Earth: it ends at 12:00 UTC of the next day in UTC-12.
_AFTER_EXTRACT = "created_at >= extract_date + interval '36 hours'"

SUITE = Suite(
    name="landed_deals",
    source="landed_deals",
    key=("source_name", "extract_date", "deal_id"),
    checks=(
        not_null("deal_id", "Every deal has an id.", remedy="Name the id's column in the mapping."),
        unique(
            "deal_id_unique",
            ("source_name", "extract_date", "deal_id"),
            "An extract holds each deal once.",
            remedy="Check that the export joins nothing that repeats deals.",
        ),
        no_rows(
            "stage_missing_limit",
            """
            select
                source_name, extract_date, count(*) as deals,
                count(*) filter (where stage is null and is_closed is null) as without_stage
            from {batch}
            where is_deleted is distinct from true
            group by all
            having count(*) filter (where stage is null and is_closed is null) > {threshold} * count(*)
            order by all
            """,
            "Most deals say where they stand; otherwise the mapping names the wrong column.",
            expected="{threshold:.0%} of an extract's deals without stage, at most",
            threshold=0.2,
            remedy="Name the stage's column in the mapping.",
        ),
        no_rows(
            "stage_missing",
            """
            select source_name, extract_date, deal_id, deal_name
            from {batch}
            where stage is null and is_closed is null and is_deleted is distinct from true
            order by all
            """,
            "Every deal has a stage, or says that it is closed.",
            expected="no deal without stage",
            severity="warning",
            remedy="Give these deals a stage in the CRM.",
        ),
        no_rows(
            "created_after_extract_limit",
            f"""
            select
                source_name, extract_date, count(*) as deals,
                count(*) filter (where {_AFTER_EXTRACT}) as created_after_extract
            from {{batch}}
            group by all
            having count(*) filter (where {_AFTER_EXTRACT}) > {{threshold}} * count(*)
            order by all
            """,
            "Few deals are created after their extract; many mean a wrong extract date or date format.",
            expected="{threshold:.0%} of an extract's deals created after it, at most",
            threshold=0.2,
            remedy="Check extract_date in the company file, and day and month in the mapping's date format.",
        ),
        no_rows(
            "created_after_extract",
            f"""
            select source_name, extract_date, deal_id, created_at
            from {{batch}}
            where {_AFTER_EXTRACT}
            order by all
            """,
            "No deal was created after the extract that holds it.",
            expected="no deal created after its extract",
            severity="warning",
            remedy="Correct these dates in the CRM; until then the deals do not count before that day.",
        ),
        no_rows(
            "close_date_plausible",
            """
            select source_name, extract_date, deal_id, close_date
            from {batch}
            where
                close_date < date '1990-01-01'
                or close_date > extract_date + to_years(cast({threshold} as integer))
            order by all
            """,
            "Close dates lie within living memory and the foreseeable future.",
            expected="close_date between 1990 and {threshold:g} years from the extract",
            severity="warning",
            threshold=20,
            remedy="Correct these dates in the CRM: mistyped years are the usual cause.",
        ),
        no_rows(
            "amount_plausible",
            """
            select source_name, extract_date, deal_id, amount, currency
            from {batch}
            where abs(amount) > {threshold}
            order by all
            """,
            "No single amount is so large that it must be a slip, such as a decimal point lost.",
            expected="amounts up to {threshold:,.0f}",
            threshold=1e12,
            remedy="Correct the amount in the CRM, or the decimal sign in the mapping.",
        ),
        at_least(
            "amount_not_negative",
            "amount",
            0,
            "Amounts are not negative. Credits are summed as they are and lower every total.",
            severity="warning",
            remedy="Check these deals in the CRM; exclude them in the company file if they are no sales.",
        ),
        no_rows(
            "currency_is_code",
            """
            select source_name, extract_date, currency, count(*) as deals
            from {batch}
            where not regexp_full_match(currency, '[A-Z][A-Z][A-Z]')
            group by all
            order by all
            """,
            "Currencies are codes of three capital letters; others find no exchange rate.",
            expected="currency codes such as EUR",
            severity="warning",
            remedy="Map the CRM's currency names to codes in the mapping.",
        ),
        no_rows(
            "currency_known",
            """
            with naming as (
                select distinct source_name, extract_date from {batch} where currency is not null
            )

            select deals.source_name, deals.extract_date, deals.deal_id, deals.amount
            from {batch} as deals
            inner join naming
                on deals.source_name = naming.source_name and deals.extract_date = naming.extract_date
            where deals.currency is null and deals.amount <> 0
            order by all
            """,
            "Where some deals of an extract name their currency, all with an amount do.",
            expected="no amount without currency",
            severity="warning",
            remedy="Set the currency of these deals in the CRM.",
        ),
    ),
)
