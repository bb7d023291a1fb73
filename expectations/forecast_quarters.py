"""What forecast.forecast_quarters must hold for the as-of date: one row per period, segment and method."""

from expectations.suite import Suite, in_set, no_rows, not_null, unique

METHODS = (
    "headline", "hazard", "landmark", "series", "crm_weighted", "category", "stage_history", "mean_of_3",
    "last_period", "same_period_last_year", "calls", "calls_corrected",
)  # fmt: skip
_KEY = ("fiscal_period", "segment_name", "segment_value", "method")
_PERIODS = """
    with periods as (
        select distinct calendar.fiscal_period, calendar.period_start
        from core.dim_dates as calendar
        cross join raw.run_settings as settings
        where calendar.period_end >= settings.as_of_date
    ),

    needed as (
        select fiscal_period
        from periods
        qualify row_number() over (order by period_start) <= 1 + (select horizon from raw.run_settings)
    ),

    current as (select fiscal_period from periods qualify row_number() over (order by period_start) = 1)
"""

SUITE = Suite(
    name="forecast_quarters",
    source="""
        select forecasts.*
        from forecast.forecast_quarters as forecasts
        inner join raw.run_settings as settings on forecasts.as_of_date = settings.as_of_date
    """,
    key=_KEY,
    checks=(
        unique("forecast_unique", _KEY, "Each forecast stands once."),
        not_null("expected", "Every forecast has an expected revenue."),
        in_set("method_known", "method", METHODS, "Every forecast names its method."),
        in_set(
            "reliability_known",
            "reliability",
            ("good", "limited", "too_few"),
            "Every forecast says how far it can be trusted.",
        ),
        not_null("reliability", "Every forecast says how far it can be trusted."),
        no_rows(
            "forecast_parts_add_up",
            """
            select
                fiscal_period, segment_name, segment_value, method,
                won_to_date, open_expected, new_expected, expected
            from {batch}
            where won_to_date + open_expected + new_expected is distinct from expected
            order by all
            """,
            "A forecast is what is won, plus what open deals bring, plus what deals not created yet bring.",
            expected="won_to_date + open_expected + new_expected = expected, to the cent",
        ),
        no_rows(
            "quantiles_ordered",
            """
            select fiscal_period, segment_name, segment_value, method, p10, p50, p90
            from {batch}
            where p10 > p50 or p50 > p90 or p10 > p90 or (p10 is null) <> (p90 is null)
            order by all
            """,
            "The range of a forecast runs from low to high, and has both ends or none.",
            expected="p10 <= p50 <= p90 where present",
        ),
        no_rows(
            "company_total_present",
            _PERIODS
            + """
            , methods as (
                select distinct method from {batch}
                union
                select 'headline' as method
            )

            select current.fiscal_period, methods.method
            from current
            cross join methods
            left join {batch} as forecasts
                on
                    current.fiscal_period = forecasts.fiscal_period
                    and methods.method = forecasts.method
                    and forecasts.segment_name = 'all'
                    and forecasts.segment_value = 'all'
            where forecasts.method is null
            order by all
            """,
            "Every method, the headline above all, forecasts the current period of the whole company.",
            expected="an all/all row of the current period for each method",
        ),
        no_rows(
            "headline_reaches_horizon",
            _PERIODS
            + """
            select needed.fiscal_period
            from needed
            left join {batch} as forecasts
                on
                    needed.fiscal_period = forecasts.fiscal_period
                    and forecasts.method = 'headline'
                    and forecasts.segment_name = 'all'
                    and forecasts.segment_value = 'all'
            where forecasts.method is null
            order by all
            """,
            "The headline covers the current period and as many after it as the company file asks for.",
            expected="a headline for each period of the horizon",
        ),
        no_rows(
            "segments_add_up",
            """
            with cuts as (
                select
                    fiscal_period, method, segment_name,
                    sum(won_to_date) as won_to_date, sum(open_expected) as open_expected,
                    sum(new_expected) as new_expected, sum(expected) as expected
                from {batch}
                where segment_name <> 'all'
                group by all
            )

            select
                cuts.fiscal_period, cuts.method, cuts.segment_name,
                cuts.won_to_date - total.won_to_date as won_to_date_excess,
                cuts.open_expected - total.open_expected as open_expected_excess,
                cuts.new_expected - total.new_expected as new_expected_excess,
                cuts.expected - total.expected as expected_excess
            from cuts
            left join {batch} as total
                on
                    cuts.fiscal_period = total.fiscal_period
                    and cuts.method = total.method
                    and total.segment_name = 'all'
            where
                cuts.won_to_date is distinct from total.won_to_date
                or cuts.open_expected is distinct from total.open_expected
                or cuts.new_expected is distinct from total.new_expected
                or cuts.expected is distinct from total.expected
            order by all
            """,
            "The values of each segment add up to the whole company.",
            expected="each cut sums to all/all, to the cent",
        ),
    ),
)
