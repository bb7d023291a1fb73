"""What forecast.forecast_backtest must hold: one row per past day and method."""

from expectations.forecast_quarters import METHODS
from expectations.suite import Suite, in_set, no_rows, unique

_KEY = ("as_of_date", "method")

SUITE = Suite(
    name="forecast_backtest",
    source="forecast.forecast_backtest",
    key=_KEY,
    checks=(
        unique("backtest_unique", _KEY, "Each day of the back-test has one forecast by each method."),
        in_set("backtest_method_known", "method", METHODS, "Every forecast names its method."),
        no_rows(
            "backtest_day_in_period",
            """
            select as_of_date, method, fiscal_period, phase
            from {batch}
            where
                as_of_date not between period_start and period_end
                or abs(
                    phase - date_diff('day', period_start, as_of_date)
                    / (date_diff('day', period_start, period_end) + 1)
                ) * (date_diff('day', period_start, period_end) + 1) > {threshold}
            order by all
            """,
            "A day of the back-test lies in the period that it forecasts, at the phase that it says.",
            expected="as_of_date within {threshold:g} days of period_start + phase x length of the period",
            threshold=1.0,
        ),
        no_rows(
            "backtest_period_ended",
            """
            select backtest.as_of_date, backtest.method, backtest.fiscal_period, backtest.period_end
            from {batch} as backtest
            cross join raw.run_settings as settings
            where backtest.period_end >= settings.as_of_date
            order by all
            """,
            "Only periods that are over are tested.",
            expected="period_end before the as-of date",
        ),
        no_rows(
            "backtest_parts_add_up",
            """
            select as_of_date, method, won_to_date, open_expected, new_expected, expected
            from {batch}
            where won_to_date + open_expected + new_expected is distinct from expected
            order by all
            """,
            "A forecast is what is won, plus what open deals bring, plus what deals not created yet bring.",
            expected="won_to_date + open_expected + new_expected = expected, to the cent",
        ),
        no_rows(
            "backtest_quantiles_ordered",
            """
            select as_of_date, method, p10, p50, p90
            from {batch}
            where p10 > p50 or p50 > p90 or p10 > p90 or (p10 is null) <> (p90 is null)
            order by all
            """,
            "The range of a forecast runs from low to high, and has both ends or none.",
            expected="p10 <= p50 <= p90 where present",
        ),
        no_rows(
            "backtest_headline_present",
            """
            select as_of_date, count(*) as methods
            from {batch}
            group by as_of_date
            having count(*) filter (where method = 'headline') <> 1
            order by all
            """,
            "The forecast that we stand by is tested on every day.",
            expected="one headline for each as_of_date",
        ),
    ),
)
