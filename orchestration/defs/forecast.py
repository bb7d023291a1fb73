"""The forecast: numpy on the aggregates that dbt has counted."""

import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import dagster as dg
import duckdb
import polars as pl

from orchestration.forecast import (
    AGGREGATES,
    PAST_DAYS,
    PAST_OPEN_DEALS,
    Aggregates,
    Backtest,
    backtest,
    calibration,
    call_scores,
    forecast,
    forecast_scenarios,
    published,
    scores,
)
from orchestration.inputs import program_fingerprint
from orchestration.ledger import earlier_forecasts
from orchestration.progress import say
from orchestration.run_resource import Refresh, ScenarioChoice
from orchestration.scenario_files import read_scenarios
from orchestration.warehouse import connected, has_table, query, read_table, write_table

TABLES: Final = {
    "forecast_quarters": "Each period's revenue by method and segment: won so far + open deals + not yet"
    " created = expected, with p10, p50 and p90. One row per as-of date, fiscal period, segment and method.",
    "forecast_current": "The newest headline forecast only, so that nobody sums over methods.",
    "forecast_deals": "Each open deal's probability of being won, ever and in the current period.",
    "forecast_hazards": "The daily rates that the forecast has learnt, per stage, age and outcome.",
    "forecast_backtest": "What each method would have said of the last twelve ended periods, beside the"
    " actual: of the whole company, from what was known on each period's first day and on eight more. phase"
    " is the part of the period that was over. One row per as-of date and method.",
    "forecast_scores": "How right each method was in the back-test, by the part of the period that was over"
    " (phase): average error (wape), bias, what the range was worth (pinball), how often it held (coverage),"
    " error of deals' chances (brier), and skill against the mean of the last three periods. One row per"
    " basis (backtest, or ledger: what was published), method and phase.",
    "forecast_call_scores": "How right each person's calls of the last twelve ended periods were, by the part"
    " of the period that was over (phase): called and brought in all, average error (wape) and bias (above 0"
    " hopes too much). A manager's are for everyone below. One row per person and phase.",
    "forecast_calibration": "Of deals that were given some chance to be won within the period, how many were,"
    " in the back-test. One row per basis (backtest), method and band of chances.",
    "forecast_scenarios": "What-if scenarios beside the forecast itself (scenario base), by methods headline"
    " and hazard; delta_expected is what each changes. One row per scenario, fiscal period, segment and"
    " method; none without scenarios. Scenarios are files of data/scenarios/, or written in the run config.",
    "scenario_problems": "What of the scenarios could not be used: a file that cannot be read, a deal that is"
    " not open any more. One row per problem.",
}
ACTUALS: Final = "int_forecast_actuals"
SAID: Final = "kept.past_forecasts"  # of the last run: what equal inputs would make the same again
READ: Final = (*AGGREGATES, PAST_DAYS, PAST_OPEN_DEALS, ACTUALS)
CURRENT: Final = """
    create or replace view forecast.forecast_current as
    select * from forecast.forecast_quarters
    where method = 'headline' and as_of_date = (select max(as_of_date) from forecast.forecast_quarters)
"""


@dg.multi_asset(
    name="forecast",
    specs=[
        dg.AssetSpec(
            ["forecast", name],
            description=description,
            group_name="forecast",
            kinds={"numpy", "duckdb"},
            owners=["team:forecasting"],
            deps=[dg.AssetKey(["intermediate", table]) for table in READ],
        )
        for name, description in TABLES.items()
    ],
)
def forecast_tables(
    context: dg.AssetExecutionContext, config: ScenarioChoice, refresh: Refresh
) -> Iterator[dg.MaterializeResult[None]]:
    """Forecast every period of the horizon, and the ended ones from what was known on their days."""
    settings = refresh.settings
    build = settings.current_build()
    build.forget("forecast")
    read = read_scenarios(
        settings.folder.scenarios, settings.company.segment_names, config.names, config.another
    )
    build.note_scenarios(read.fingerprint)
    with connected(settings.warehouse) as connection:
        aggregates = {
            table: read_table(connection, f"intermediate.{table}", order_by)
            for table, order_by in AGGREGATES.items()
        }
        actuals = read_table(connection, f"intermediate.{ACTUALS}")
        began = time.monotonic()
        tested = _backtest(connection, aggregates, actuals)
        seconds = time.monotonic() - began
        tables = forecast(aggregates, build.as_of, tested.past)
        scenarios = forecast_scenarios(tables, read.scenarios)
        problems = read.problem_table(scenarios.problems)
        earlier = earlier_forecasts(settings.folder.ledger, build.as_of)
        quarters = _with_actuals(tables.quarters, earlier, actuals)
        frames = {
            "forecast_quarters": quarters,
            "forecast_deals": tables.deals,
            "forecast_hazards": tables.hazards,
            "forecast_backtest": tested.rows,
            "forecast_scores": pl.concat([scores(tested.rows), scores(published(quarters), "ledger")]),
            "forecast_calibration": calibration(tested.said),
            "forecast_scenarios": scenarios.rows,
            "scenario_problems": problems,
            "forecast_call_scores": _call_scores(connection, aggregates, actuals),
        }
        write_table(connection, SAID, tested.said)
        for name, frame in frames.items():
            write_table(connection, f"forecast.{name}", frame)
        connection.execute(CURRENT)
        rows = {name: read_table(connection, f"forecast.{name}").height for name in TABLES}
    say(
        context,
        f"Forecast {quarters['fiscal_period'].n_unique()} periods from {rows['forecast_deals']:,} open deals",
    )
    say(
        context,
        f"Forecast ended periods as of {len(tested.past)} past days, {tested.days_anew} of them anew,"
        f" in {seconds:.0f} s",
    )
    if read.scenarios:
        say(context, f"Forecast {len(read.scenarios)} scenario(s): {', '.join(scenarios.problems)}")
    for file, _, problem in problems.iter_rows():
        say(context, f"Left out of scenarios: {file}: {problem}")
    for name, count in rows.items():
        yield dg.MaterializeResult(asset_key=["forecast", name], metadata={"dagster/row_count": count})


def _backtest(
    connection: duckdb.DuckDBPyConnection, aggregates: Mapping[str, pl.DataFrame], actuals: pl.DataFrame
) -> Backtest:
    """The back-test, made anew of the days of which what was known then is not what it was at the last run.

    Open deals are read for one past day at a time: all at once would be many.
    """

    def open_deals(as_of: date) -> pl.DataFrame:
        table = f"intermediate.{PAST_OPEN_DEALS}"
        return query(connection, f"select * from {table} where as_of_date = '{as_of}' order by deal_id")

    days = read_table(connection, f"intermediate.{PAST_DAYS}")
    said_before = read_table(connection, SAID) if has_table(connection, SAID) else None
    return backtest(aggregates, days, open_deals, actuals, program_fingerprint(), said_before)


def _call_scores(
    connection: duckdb.DuckDBPyConnection, aggregates: Mapping[str, pl.DataFrame], actuals: pl.DataFrame
) -> pl.DataFrame:
    """How right each person's calls of the settled periods were."""
    days = read_table(connection, f"intermediate.{PAST_DAYS}")
    return call_scores(Aggregates.of(aggregates), days, actuals["fiscal_period"].unique())


def _with_actuals(
    quarters: pl.DataFrame, earlier: pl.DataFrame | None, actuals: pl.DataFrame
) -> pl.DataFrame:
    """The forecasts of all as-of dates, each beside what its period brought once that is settled."""
    columns = quarters.columns
    forecasts = quarters.drop("actual")
    if earlier is not None:
        forecasts = pl.concat([earlier.select(forecasts.columns), forecasts])
    keys = ["fiscal_period", "segment_name", "segment_value"]
    order = ["as_of_date", "period_start", "segment_name", "segment_value", "method"]
    return forecasts.join(actuals, on=keys, how="left").select(columns).sort(order)
