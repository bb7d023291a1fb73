"""What a refresh found, in one screen of plain words."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from orchestration.builds import Build
from orchestration.check_results import blocking, no_results
from orchestration.company import AMOUNT_MEANINGS, Company
from orchestration.extracts.held_extracts import read_held
from orchestration.publication import current_version, version_folder
from orchestration.raw_gate import extract_of
from orchestration.settings import PROJECT, RunSettings
from orchestration.shown_values import shortened
from orchestration.warehouse import company_lake, connected, query

BLOCKED_SHOWN = 5
WIDTH = 12
LINE = 118
EXPLAINED_LINES = 6
SAMPLES_SHOWN = 2


@dataclass(frozen=True)
class Summary:
    """The screen, and whether every gate let everything through."""

    text: str
    every_gate_passed: bool


def summarise(settings: RunSettings) -> Summary:
    """The state of the company after a refresh, as far as the refresh came."""
    build = settings.build
    results = build.results() if build.record.exists() else no_results()
    held = list(_held(settings, results))
    if not build.exists:
        lines = [
            f"{settings.company.company}: nothing new was computed",
            *held,
            *_published(settings, None, ["no extract was landed"]),
        ]
        return Summary("\n".join(["", *lines]), False)
    refusals = build.refusals()
    lines = [f"{settings.company.company}, as of {build.as_of}: what was known before that day"]
    lines += [*_landed(settings), *held]
    if not refusals:
        with connected(settings.warehouse, read_only=True) as connection:
            currency = settings.company.reporting_currency
            money = _money(settings.company)
            lines += ["", *_forecast(connection, money), *_coverage(connection, currency)]
            lines += ["", *_blocked(connection, currency)]
    lines += ["", *_checks(results, refusals), *_published(settings, build, refusals), *_not_done(settings)]
    return Summary("\n".join(["", *lines]), not refusals and not held)


def _landed(settings: RunSettings) -> Iterator[str]:
    files = company_lake(settings.folder, settings.company).landed_files()
    newest = files.filter(pl.col("extract_date") == pl.col("extract_date").max().over("source_name"))
    rows = newest.group_by("entity").agg(_landed_rows()).sort("entity")
    with connected(settings.warehouse, read_only=True) as connection:
        deals = _value(connection, "select count(distinct deal_id) from raw.deals")
        excluded = _value(connection, "select count(distinct deal_id) from raw.excluded_deals")
    quarantined = _count(int(newest["rows_quarantined"].sum() or 0), "row")
    yield _line("Landed", f"{_count(deals, 'deal')}; {quarantined} quarantined in the newest extract")
    if not settings.is_preview and newest["rows_quarantined"].sum():
        yield _line("", f"to correct, with the reason: {settings.folder.quarantine}")
    others = [
        f"{count:,} {entity.replace('_', ' ')}"
        for entity, count in rows.iter_rows()
        if entity != "deals" and count and not entity.startswith("(")
    ]
    if others:
        yield _line("", f"beside them {', '.join(others)}")
    if settings.company.exclusions:
        yield _line(
            "Excluded",
            f"{_count(excluded, 'deal')}, as the company file says: see quality.exclusions_applied",
        )


def _landed_rows() -> pl.Expr:
    return (pl.col("rows_in") - pl.col("rows_quarantined") - pl.col("rows_duplicate")).sum()


def _money(company: Company) -> str:
    """What amounts are: the reporting currency, and what the company says they mean."""
    meaning = AMOUNT_MEANINGS.get(company.amount_meaning or "")
    return f"{company.reporting_currency} of {meaning}" if meaning else company.reporting_currency


def _forecast(connection: duckdb.DuckDBPyConnection, money: str) -> Iterator[str]:
    rows = _rows(
        connection,
        "select * from forecast.forecast_quarters"
        " where segment_name = 'all' and as_of_date = (select as_of_date from raw.run_settings)"
        " order by period_start, method",
    )
    if not rows:
        yield _line("Forecast", "there is nothing to forecast from yet")
        return
    first = min(row["period_start"] for row in rows)
    by_method = {row["method"]: row for row in rows if row["period_start"] == first}
    headline = by_method["headline"]
    yield _line(
        "Forecast",
        f"{headline['fiscal_period']}, {headline['period_start']} to {headline['period_end']}, in {money}",
    )
    yield _amount("won so far", headline["won_to_date"])
    yield _amount(
        "open deals",
        headline["open_expected"],
        f"expected of {headline['open_amount']:,.0f} in {headline['n_open']:,} deals",
    )
    yield _amount("not yet created", headline["new_expected"])
    yield _amount("expected", headline["expected"], _range(headline))
    if "crm_weighted" in by_method:
        yield _amount("the CRM's own", by_method["crm_weighted"]["expected"], "amounts x stage probabilities")
    if "mean_of_3" in by_method:
        yield _amount("mean of last 3", by_method["mean_of_3"]["expected"])
    if headline["reliability"] != "good":
        yield _line(
            "", f"Reliability {headline['reliability'].replace('_', ' ')}: {headline['reliability_reason']}"
        )
    later = [row for row in rows if row["method"] == "headline" and row["period_start"] > first]
    for row in later:
        yield _amount(row["fiscal_period"], row["expected"], _range(row))


def _range(row: dict[str, Any]) -> str:
    if row["p10"] is None or row["p90"] is None:
        return "no range"
    return f"8 in 10: {row['p10']:,.0f} to {row['p90']:,.0f}"


def _coverage(connection: duckdb.DuckDBPyConnection, currency: str) -> Iterator[str]:
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
        yield _line("Coverage", f"{row['fiscal_period']}: {booked}")
        if row["coverage"] is not None:
            usual = row["usual_coverage"]
            beside = "" if usual is None else f", usually {usual:.1f} times at this time"
            yield _line("", f"deals due in it are {row['coverage']:.1f} times what is left to book{beside}")
        if row["needed_amount"]:
            yield _line(
                "", f"at the usual win rate {row['needed_amount']:,.0f} more are needed in open deals"
            )


def _blocked(connection: duckdb.DuckDBPyConnection, currency: str) -> Iterator[str]:
    rows = _rows(
        connection,
        "select pipeline, stage, verdict, open_deals, stalled_deals, stalled_amount, median_open_days,"
        " won_median_days from metrics.blocked_stages where segment_name = 'all'"
        " order by stalled_amount desc nulls last, pipeline, stage",
    )
    yield _line(
        "Blocked", f"stages by the money that is stuck in them, in {currency}; stuck is a deal that has been"
    )
    yield _line(
        "", "in its stage for longer than 9 in 10 won deals were; days are medians, of open and of won deals"
    )
    if not rows:
        open_deals = _value(
            connection, "select count(*) from core.fct_deals where not is_closed and removed_date is null"
        )
        yield _line(
            "", f"{_count(open_deals, 'open deal')}, and no stage is known" if open_deals else "no open deals"
        )
        return
    yield _line(
        "", f"{'stage':<36}{'open':>7}{'stuck':>7}{'stuck money':>15}{'days':>7}{'won in':>9}  verdict"
    )
    several_pipelines = len({row["pipeline"] for row in rows}) > 1
    for row in rows[:BLOCKED_SHOWN]:
        name = f"{row['pipeline']}: {row['stage']}" if several_pipelines else row["stage"]
        yield _line(
            "",
            f"{name[:35]:<36}{row['open_deals']:>7,}{_number(row['stalled_deals']):>7}"
            f"{_number(row['stalled_amount']):>15}{_number(row['median_open_days']):>7}"
            f"{_number(row['won_median_days']):>9}  {row['verdict'].replace('_', ' ')}",
        )


def _checks(results: pl.DataFrame, refusals: list[str]) -> Iterator[str]:
    passed = results.filter(pl.col("status") == "passed").height
    warnings = results.filter((pl.col("status") == "failed") & (pl.col("severity") == "warning"))
    failed = results.height - passed - warnings.height
    yield _line("Checks", f"{passed:,} passed, {_count(warnings.height, 'warning')}, {failed:,} failed")
    for row in warnings.iter_rows(named=True):
        yield from _explained("warning", row)
    for row in blocking(results.filter(pl.col("gate") != "raw")).iter_rows(named=True):
        yield from _explained("failed", row)
    for reason in refusals:
        yield _line("", reason)


def _explained(word: str, row: dict[str, Any]) -> Iterator[str]:
    """A check in the words of its suite: what should hold, what was seen, what to do."""
    text = f"{word}: {row['check']}: {row['observed']}. Expected: {row['description']} {row['remedy']}"
    text += _samples(json.loads(row.get("sample") or "[]"))
    for line in textwrap.wrap(text.replace("\n", " "), LINE - WIDTH, subsequent_indent="  ")[
        :EXPLAINED_LINES
    ]:
        yield _line("", line)


def _samples(rows: list[dict[str, Any]]) -> str:
    """The first rows that a check found; of their values, which are text of extracts, what can be printed."""
    shown = "; ".join(
        ", ".join(f"{name} {shortened(value)}" for name, value in row.items() if value is not None)
        for row in rows[:SAMPLES_SHOWN]
    )
    printable = "".join(letter if letter.isprintable() else " " for letter in shown)
    return f" Such as: {printable}" if printable else ""


def _published(settings: RunSettings, build: Build | None, refusals: list[str]) -> Iterator[str]:
    current = current_version(settings.folder)
    if settings.is_preview:
        yield _line("Published", "nothing: this was a preview")
    elif build is None or refusals:
        kept = f"readers still see {current}" if current else "nothing has been published yet"
        yield _line("Published", f"nothing new, for the reasons above; {kept}")
    elif not version_folder(settings.folder, build.version).exists():
        yield _line("Published", "nothing new: publishing itself failed, as said above")
    elif current == build.version:
        yield _line("Published", str(settings.folder.published / "current"))
    else:
        yield _line("Published", str(version_folder(settings.folder, build.version)))
        yield _line("", f"readers of `current` still see the newer {current}")


def _not_done(settings: RunSettings) -> Iterator[str]:
    """What the company file asks for and this version does not do."""
    if settings.company.alerts:
        yield _line("Not done", "no alert was sent: `alerts` of the company file have no effect yet")
    if settings.company.publish.postgres:
        yield _line("Not done", "nothing went to Postgres: `publish.postgres` has no effect yet")


def _held(settings: RunSettings, results: pl.DataFrame) -> Iterator[str]:
    """The extracts that the raw gate holds, each with the reasons and how to decide."""
    names = {extract_of(name) for name in blocking(results.filter(pl.col("gate") == "raw"))["dataset"]}
    for held in read_held(settings.folder):
        if held.name not in names:
            continue
        rest = (
            "the lake keeps what it had of that date" if held.is_correction else "the rest goes on without it"
        )
        yield _line("Held", f"the extract {held.name} did not pass its gate and waits; {rest}")
        for reason in held.reasons:
            yield from _explained("because", asdict(reason))
        if held.is_readable:
            where = "" if settings.folder.root == PROJECT / "data" else f" --data {settings.folder.root}"
            yield _line("", f"decide: funnelcast accept {held.name}{where}, or reject instead of accept")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _line(head: str, text: str) -> str:
    return f"{head:<{WIDTH}}{text}".rstrip()


def _amount(name: str, amount: Decimal | None, note: str = "") -> str:
    shown = f"{amount:,.0f}" if amount is not None else "unknown"
    return _line("", f"{name:<16}{shown:>16}  {note}")


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    return query(connection, sql).to_dicts()


def _value(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
