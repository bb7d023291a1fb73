"""Gates: the suites that data has to pass on its way, validated inside DuckDB."""

import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from expectations import (
    deal_records,
    deals,
    forecast_backtest,
    forecast_calibration,
    forecast_call_scores,
    forecast_deals,
    forecast_quarters,
    forecast_scenarios,
    forecast_scores,
    landed_deal_changes,
    landed_deals,
    landed_files,
    scenario_problems,
    snapshots,
    stage_facts,
)
from expectations.suite import Suite
from orchestration.check_results import CheckResult, results_frame
from orchestration.validation import validate

__all__ = ["GATES", "CheckResult", "default_thresholds", "results_frame", "run_gate"]

GATES: Final[dict[str, tuple[Suite, ...]]] = {
    "raw": (landed_files.SUITE, landed_deals.SUITE, landed_deal_changes.SUITE),
    "core": (deal_records.SUITE, deals.SUITE, stage_facts.SUITE, snapshots.SUITE),
    "forecast": (
        forecast_quarters.SUITE,
        forecast_deals.SUITE,
        forecast_backtest.SUITE,
        forecast_scores.SUITE,
        forecast_calibration.SUITE,
        forecast_scenarios.SUITE,
        scenario_problems.SUITE,
        forecast_call_scores.SUITE,
    ),
}


def run_gate(
    gate: str,
    database: Path | None,
    views: Mapping[str, str | pl.DataFrame],
    thresholds: Mapping[str, float] | None = None,
) -> list[CheckResult]:
    """The result of every check of a gate, in the order in which the suites list them.

    `database` is a warehouse file, read only, whose tables stand under their own schemas (core.fct_deals),
    the lake under raw.
    `views` are further relations, name (with schema, if any) -> SQL select or frame. The raw gate needs
    landed_deals and landed_deal_changes, with the canonical columns, source_name and extract_date; and
    landed_files, with source_name, extract_date, delivery, file, entity, rows_in, rows_landed,
    rows_quarantined and rows_duplicate. `thresholds` replace those of checks by name; others are ignored.
    """
    with _checking_database(database, views) as (name, connection):
        refused = {suite.name: reason for suite in GATES[gate] if (reason := _offer(connection, suite))}
        return validate(gate, name, GATES[gate], thresholds or {}, refused)


def default_thresholds() -> dict[str, float]:
    """The threshold of each check that has one, by the check's name."""
    return {
        check.name: check.threshold
        for suites in GATES.values()
        for suite in suites
        for check in suite.checks
        if check.threshold is not None
    }


@contextmanager
def _checking_database(
    database: Path | None, views: Mapping[str, str | pl.DataFrame]
) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """The name of an in-memory DuckDB that shows the warehouse's tables and `views`, and a connection to it.

    The warehouse stays readable for others, and is let go at the end: DuckDB lets no process write a file
    that another holds open.
    """
    name = f":memory:gate-{uuid.uuid4()}"
    folder = database.parent if database else None
    with tempfile.TemporaryDirectory(prefix="gate-", dir=folder) as spill, duckdb.connect(name) as connection:
        connection.execute(f"set temp_directory = {_quoted(spill)}")
        # A missing table must not turn out to be a Python variable of the same name.
        connection.execute("set global python_enable_replacements = false")
        if database is not None:
            connection.execute(f"attach {_quoted(str(database))} as warehouse (read_only)")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse'"
                " union all select schema_name, view_name from duckdb_views()"
                " where database_name = 'warehouse' and schema_name in ('raw', 'core') order by all"
            ).fetchall()
            for schema, table in tables:
                _create_view(connection, f'"{schema}"."{table}"', f'from warehouse."{schema}"."{table}"')
        for view, content in views.items():
            _create_view(connection, view, content)
        yield name, connection
        if database is not None:
            connection.execute("detach warehouse")


def _offer(connection: duckdb.DuckDBPyConnection, suite: Suite) -> str | None:
    """Make the suite's dataset a view of the suite's name; if that cannot be, the reason."""
    try:
        if suite.source == suite.name:
            connection.execute(f"describe {suite.name}")
        else:
            source = suite.source if " " in suite.source else f"from {suite.source}"
            connection.execute(f"create view {suite.name} as {source}")
    except duckdb.Error as error:
        return str(error)
    return None


def _create_view(connection: duckdb.DuckDBPyConnection, name: str, content: str | pl.DataFrame) -> None:
    if "." in name:
        connection.execute(f"create schema if not exists {name.split('.')[0]}")
    if isinstance(content, str):
        connection.execute(f"create view {name} as {content}")
    else:  # copied: what is registered shows in this connection only
        connection.register("_content", content.to_arrow())
        connection.execute(f"create table {name} as from _content")
        connection.unregister("_content")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
