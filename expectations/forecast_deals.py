"""What forecast.forecast_deals must hold for the as-of date: one row per open deal."""

from expectations.suite import Suite, no_rows, not_null, probability, unique

SUITE = Suite(
    name="forecast_deals",
    source="""
        select forecasts.*
        from forecast.forecast_deals as forecasts
        inner join raw.run_settings as settings on forecasts.as_of_date = settings.as_of_date
    """,
    key=("deal_id",),
    checks=(
        not_null("deal_id", "Every forecast names its deal.", name="forecast_deal_id_not_null"),
        unique("forecast_deal_unique", ("deal_id",), "An open deal is forecast once."),
        not_null("expected_amount", "Every open deal has an expected amount."),
        probability("p_won_in_range", "p_won", "The probability of winning a deal is one."),
        probability("p_won_in_period_in_range", "p_won_in_period", "So is that of winning it this period."),
        no_rows(
            "p_won_in_period_within_p_won",
            """
            select deal_id, stage, p_won, p_won_in_period
            from {batch}
            where p_won_in_period > p_won + {threshold}
            order by all
            """,
            "A deal is not more likely to be won in this period than at all.",
            expected="p_won_in_period <= p_won",
            threshold=1e-6,  # both are rounded to this
        ),
        no_rows(
            "open_deals_forecast",
            """
            with deals as (
                select deal_id from core.fct_deals where not is_closed and removed_date is null
            )

            select
                coalesce(deals.deal_id, forecasts.deal_id) as deal_id,
                deals.deal_id is not null as is_open_deal, forecasts.deal_id is not null as is_forecast
            from deals
            full outer join {batch} as forecasts on deals.deal_id = forecasts.deal_id
            where deals.deal_id is null or forecasts.deal_id is null
            order by all
            """,
            "Exactly the open deals are forecast.",
            expected="one row for each open deal",
        ),
        no_rows(
            "deals_add_up_to_hazard",
            """
            with deals as (
                select fiscal_period, sum(expected_amount) as deals_expected from {batch} group by all
            )

            select deals.fiscal_period, deals.deals_expected, quarters.open_expected
            from deals
            inner join forecast.forecast_quarters as quarters on deals.fiscal_period = quarters.fiscal_period
            inner join raw.run_settings as settings on quarters.as_of_date = settings.as_of_date
            where
                quarters.method = 'hazard'
                and quarters.segment_name = 'all'
                and abs(deals.deals_expected - quarters.open_expected) > {threshold}
            """,
            "The deals add up to the open part of the hazard method's forecast.",
            expected="the sum of expected_amount within {threshold:g} of hazard's open_expected",
            threshold=0.005,
        ),
    ),
)
