"""What forecast.forecast_scenarios must hold: one row per scenario, period, segment and method, or none."""

from expectations.suite import Suite, at_least, in_set, no_rows, not_null, unique

_KEY = ("scenario", "fiscal_period", "segment_name", "segment_value", "method")

SUITE = Suite(
    name="forecast_scenarios",
    source="forecast.forecast_scenarios",
    key=_KEY,
    checks=(
        unique("scenario_unique", _KEY, "Each forecast of a scenario stands once."),
        not_null("scenario", "Every row names its scenario."),
        in_set("scenario_method_known", "method", ("headline", "hazard"), "A scenario is of two methods."),
        at_least("scenario_open_not_negative", "open_expected", 0, "Open deals bring nothing or something."),
        at_least("scenario_new_not_negative", "new_expected", 0, "So do deals not created yet."),
        no_rows(
            "scenario_parts_add_up",
            """
            select
                scenario, fiscal_period, segment_name, segment_value, method,
                won_to_date, open_expected, new_expected, expected
            from {batch}
            where won_to_date + open_expected + new_expected is distinct from expected
            order by all
            """,
            "A scenario is what is won, plus what open deals bring, plus what deals not created yet bring.",
            expected="won_to_date + open_expected + new_expected = expected, to the cent",
        ),
        no_rows(
            "scenario_segments_add_up",
            """
            with cuts as (
                select scenario, fiscal_period, method, segment_name, sum(expected) as expected
                from {batch}
                where segment_name <> 'all'
                group by all
            )

            select
                cuts.scenario, cuts.fiscal_period, cuts.method, cuts.segment_name,
                cuts.expected - total.expected as expected_excess
            from cuts
            left join {batch} as total
                on
                    cuts.scenario = total.scenario
                    and cuts.fiscal_period = total.fiscal_period
                    and cuts.method = total.method
                    and total.segment_name = 'all'
            where cuts.expected is distinct from total.expected
            order by all
            """,
            "The values of each segment add up to the whole company.",
            expected="each cut sums to all/all, to the cent",
        ),
        no_rows(
            "scenario_base_is_the_forecast",
            """
            with forecasts as (
                select quarters.*
                from forecast.forecast_quarters as quarters
                inner join raw.run_settings as settings on quarters.as_of_date = settings.as_of_date
                where quarters.method in ('headline', 'hazard')
            ),

            base as (select * from {batch} where scenario = 'base')

            select
                coalesce(base.fiscal_period, forecasts.fiscal_period) as fiscal_period,
                coalesce(base.segment_name, forecasts.segment_name) as segment_name,
                coalesce(base.segment_value, forecasts.segment_value) as segment_value,
                coalesce(base.method, forecasts.method) as method,
                base.expected as base_expected, forecasts.expected as forecast_expected
            from base
            full outer join forecasts
                on
                    base.fiscal_period = forecasts.fiscal_period
                    and base.segment_name = forecasts.segment_name
                    and base.segment_value = forecasts.segment_value
                    and base.method = forecasts.method
            where
                base.expected is distinct from forecasts.expected
                and exists (select 1 from {batch})
            order by all
            """,
            "Scenario base is the forecast itself.",
            expected="the rows of forecast_quarters, by headline and hazard",
        ),
        no_rows(
            "scenario_delta_is_the_difference",
            """
            select
                scenarios.scenario, scenarios.fiscal_period, scenarios.segment_name, scenarios.segment_value,
                scenarios.method, scenarios.expected, base.expected as base_expected, scenarios.delta_expected
            from {batch} as scenarios
            left join {batch} as base
                on
                    base.scenario = 'base'
                    and scenarios.fiscal_period = base.fiscal_period
                    and scenarios.segment_name = base.segment_name
                    and scenarios.segment_value = base.segment_value
                    and scenarios.method = base.method
            where scenarios.expected - base.expected is distinct from scenarios.delta_expected
            order by all
            """,
            "What a scenario changes is its forecast less the forecast itself.",
            expected="delta_expected = expected - expected of scenario base, to the cent",
        ),
    ),
)
