"""The numbers that were asked for: forecast, coverage, blocked stages."""

from collections.abc import Iterator
from typing import Any

import duckdb

from orchestration.summary.lines import LENGTH, amount, count, line, number, wrapped
from orchestration.warehouse import query, query_value

BLOCKED_SHOWN = 5
SCENARIOS_SHOWN = 5
HALFWAY = 4 / 9  # the phase of the back-test that stands for the middle of a period
TO_BEAT = {"crm_weighted": "the CRM's own number", "mean_of_3": "mean of the last three"}


def forecast_lines(connection: duckdb.DuckDBPyConnection, money: str) -> Iterator[str]:
    """The running period: what is won, what open deals and new ones should bring; then the later ones."""
    rows = _rows(
        connection,
        "select * from forecast.forecast_quarters"
        " where segment_name = 'all' and as_of_date = (select as_of_date from raw.run_settings)"
        " order by period_start, method",
    )
    if not rows:
        yield line("Forecast", "there is nothing to forecast from yet")
        return
    first = min(row["period_start"] for row in rows)
    by_method = {row["method"]: row for row in rows if row["period_start"] == first}
    headline = by_method["headline"]
    yield line(
        "Forecast",
        f"{headline['fiscal_period']}, {headline['period_start']} to {headline['period_end']}, in {money}",
    )
    yield amount("won so far", headline["won_to_date"])
    yield amount(
        "open deals",
        headline["open_expected"],
        f"expected of {headline['open_amount']:,.0f} in {headline['n_open']:,} deals",
    )
    yield amount("not yet created", headline["new_expected"])
    yield amount("expected", headline["expected"], _range(headline))
    if "crm_weighted" in by_method:
        yield amount("the CRM's own", by_method["crm_weighted"]["expected"], "amounts x stage probabilities")
    if "mean_of_3" in by_method:
        yield amount("mean of last 3", by_method["mean_of_3"]["expected"])
    if headline["reliability"] != "good":
        yield line(
            "", f"Reliability {headline['reliability'].replace('_', ' ')}: {headline['reliability_reason']}"
        )
    yield from wrapped(_accuracy(connection))
    later = [row for row in rows if row["method"] == "headline" and row["period_start"] > first]
    for row in later:
        yield amount(row["fiscal_period"], row["expected"], _range(row))


def _accuracy(connection: duckdb.DuckDBPyConnection) -> str:
    """How far the headline would have missed in past periods, and what it must beat over the same ones."""
    [settings] = _rows(
        connection,
        "select forecast_period, (select count(*) from forecast.forecast_backtest) as tested"
        " from raw.run_settings",
    )
    period = settings["forecast_period"]
    wape = {
        row["method"]: row
        for row in _rows(
            connection,
            "select method, n_forecasts, wape from forecast.forecast_scores where basis = 'backtest'"
            f" and abs(phase - {HALFWAY}) < 0.01 and wape is not null",
        )
    }
    if "headline" not in wape:
        why = (
            f"no {period} that ended had enough wins before it"
            if settings["tested"]
            else f"the history holds no whole {period} that has ended"
        )
        return f"How right this forecast is cannot be measured yet: {why}"
    periods = wape["headline"]["n_forecasts"]
    past = f"the last {periods} {period}s" if periods > 1 else f"the last {period}"
    others = ", ".join(
        f"{words}: {wape[method]['wape']:.0%}"
        for method, words in TO_BEAT.items()
        if method in wape and wape[method]["n_forecasts"] == periods
    )
    missed = f"{wape['headline']['wape']:.0%}"
    return f"Over {past} this forecast missed by {missed} on average at mid-{period} ({others})"


def _range(row: dict[str, Any]) -> str:
    if row["p10"] is None or row["p90"] is None:
        return "no range"
    return f"8 in 10: {row['p10']:,.0f} to {row['p90']:,.0f}"


def coverage_lines(connection: duckdb.DuckDBPyConnection, currency: str) -> Iterator[str]:
    """How far the running period's quota is booked and covered; nothing where the company has no quotas."""
    rows = _rows(
        connection,
        "select fiscal_period, quota_amount, attainment, coverage, usual_coverage, needed_amount"
        " from metrics.pipeline_coverage cross join raw.run_settings"
        " where segment_name = 'all' and snapshot_date = as_of_date - 1"
        " and as_of_date between period_start and period_end and quota_amount > 0",
    )
    for row in rows:
        booked = f"{row['attainment']:.0%} of the quota of {row['quota_amount']:,.0f} {currency} is booked"
        yield line("Coverage", f"{row['fiscal_period']}: {booked}")
        if row["coverage"] is not None:
            usual = row["usual_coverage"]
            beside = "" if usual is None else f", usually {usual:.1f} times at this time"
            yield line("", f"deals due in it are {row['coverage']:.1f} times what is left to book{beside}")
        if row["needed_amount"]:
            yield line("", f"at the usual win rate {row['needed_amount']:,.0f} more are needed in open deals")


def scenario_lines(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What each scenario expects of the running period, and how much more or less that is."""
    rows = _rows(
        connection,
        "select scenario, description, fiscal_period, expected, delta_expected"
        " from forecast.forecast_scenarios"
        " where method = 'headline' and segment_name = 'all' and scenario <> 'base'"
        " qualify row_number() over (partition by scenario order by period_start) = 1"
        " order by abs(delta_expected) desc, scenario",
    )
    for place, row in enumerate(rows[:SCENARIOS_SHOWN]):
        change = f"{row['delta_expected']:+,.0f}: {row['description']}"
        text = amount(row["scenario"], row["expected"], change)
        if place == 0:
            text = line("Scenarios", text.lstrip())
        yield text if len(text) <= LENGTH else f"{text[: LENGTH - 3]}..."
    if len(rows) > SCENARIOS_SHOWN:
        yield line("", f"and {len(rows) - SCENARIOS_SHOWN:,} more in forecast.forecast_scenarios")


def blocked_lines(connection: duckdb.DuckDBPyConnection, currency: str) -> Iterator[str]:
    """Where money is stuck, the largest sums first."""
    rows = _rows(
        connection,
        "select pipeline, stage, verdict, open_deals, stalled_deals, stalled_amount, median_open_days,"
        " won_median_days from metrics.blocked_stages where segment_name = 'all'"
        " order by stalled_amount desc nulls last, pipeline, stage",
    )
    yield line(
        "Blocked", f"stages by the money that is stuck in them, in {currency}; stuck is a deal that has been"
    )
    yield line(
        "", "in its stage for longer than 9 in 10 won deals were; days are medians, of open and of won deals"
    )
    if not rows:
        open_deals = query_value(
            connection, "select count(*) from core.fct_deals where not is_closed and removed_date is null"
        )
        yield line(
            "", f"{count(open_deals, 'open deal')}, and no stage is known" if open_deals else "no open deals"
        )
        return
    yield line(
        "", f"{'stage':<36}{'open':>7}{'stuck':>7}{'stuck money':>15}{'days':>7}{'won in':>9}  verdict"
    )
    several_pipelines = len({row["pipeline"] for row in rows}) > 1
    for row in rows[:BLOCKED_SHOWN]:
        name = f"{row['pipeline']}: {row['stage']}" if several_pipelines else row["stage"]
        yield line(
            "",
            f"{name[:35]:<36}{row['open_deals']:>7,}{number(row['stalled_deals']):>7}"
            f"{number(row['stalled_amount']):>15}{number(row['median_open_days']):>7}"
            f"{number(row['won_median_days']):>9}  {row['verdict'].replace('_', ' ')}",
        )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    return query(connection, sql).to_dicts()
