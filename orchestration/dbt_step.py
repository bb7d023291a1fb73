"""One dbt step of a refresh: run it in the right warehouse, keep its test results."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtCliRuntimeError, DagsterDbtTranslator, DbtCliResource, DbtProject

from orchestration.check_results import CheckResult
from orchestration.settings import PROJECT, RunSettings
from orchestration.warehouse import connected, forget_child, record_child

DBT: Final = Path(sys.executable).with_name("dbt")
DBT_PROJECT: Final = DbtProject(project_dir=PROJECT / "dbt_project")
STATUS: Final[dict[str, Literal["passed", "failed"]]] = {"pass": "passed", "warn": "failed", "fail": "failed"}


class AnalystTranslator(DagsterDbtTranslator):
    """Models described in the words of their yml, without their SQL below."""

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What one row is and how to read it."""
        return str(dbt_resource_props.get("description") or "")


def ensure_parsed() -> None:
    """Parse the dbt project where that has not been done since it last changed."""
    folder = PROJECT / "dbt_project"
    manifest = folder / "target" / "manifest.json"
    sources = [
        *folder.glob("*.yml"),
        *folder.glob("models/**/*"),
        *folder.glob("macros/**/*"),
        *folder.glob("tests/**/*"),
    ]
    if manifest.exists() and manifest.stat().st_mtime > max(path.stat().st_mtime for path in sources):
        return
    subprocess.run(
        [
            DBT,
            "--quiet",
            "parse",
            "--project-dir",
            folder,
            "--profiles-dir",
            folder,
        ],
        check=True,
    )


def build_models(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, settings: RunSettings, gate: str
) -> Iterator[Any]:
    """Build and test the models of one step; its test results are kept as those of `gate`."""
    os.environ["FUNNELCAST_WAREHOUSE"] = str(
        settings.warehouse
    )  # read by profiles.yml, here and in the child
    invocation = dbt.cli(
        ["build", "--exclude-resource-type", "unit_test", "--indirect-selection", "buildable"],
        context=context,
        target_path=settings.warehouse.parent / "dbt",
    )
    record_child(settings.folder, invocation.process.pid)
    try:
        # dagster-dbt's own fetch_row_counts() polls without a pause while dbt works: a whole core.
        events: list[Any] = []
        failure = None
        try:
            events.extend(invocation.stream())
        except DagsterDbtCliRuntimeError as error:
            failure = error
        yield from _with_table_metadata(events, settings)
        if failure is not None:
            raise failure
    finally:
        forget_child(settings.folder)
        settings.build.keep(gate, model_results(gate, invocation.get_artifact("run_results.json")))


def _with_table_metadata(events: Sequence[Any], settings: RunSettings) -> Iterator[Any]:
    """The events of dbt, those of a table with its row count and columns."""
    with connected(settings.warehouse, read_only=True) as connection:
        known = describe_tables(connection)
    for event in events:
        table = str((event.metadata or {}).get("unique_id", "")).rsplit(".", 1)[-1]
        if isinstance(event, dg.Output | dg.AssetMaterialization) and table in known:
            event = event.with_metadata({**event.metadata, **known[table]})
        yield event


def describe_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Row count and columns of every table and view of the models, as Dagster shows them."""
    columns: dict[str, list[dg.TableColumn]] = {}
    for table, column, type_, comment in connection.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns()"
        " where schema_name in ('staging', 'intermediate', 'core', 'metrics', 'quality')"
        " order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(dg.TableColumn(column, type_, comment))
    counted = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where schema_name in ('staging', 'intermediate', 'core', 'metrics', 'quality')"
    ).fetchall()
    rows = {
        table: (connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone() or (0,))[0]
        for schema, table in counted
    }
    return {
        table: {
            "dagster/column_schema": dg.TableSchema(shown),
            **({"dagster/row_count": rows[table]} if table in rows else {}),
        }
        for table, shown in columns.items()
    }


def model_results(gate: str, run_results: Mapping[str, Any]) -> list[CheckResult]:
    """The outcome of every dbt node that can fail: each test, and each model that did not build."""
    results = []
    for result in run_results["results"]:
        kind, _, name = str(result["unique_id"]).split(".", 2)
        if kind != "test" and result["status"] in ("success", "skipped"):
            continue
        failing = int(result.get("failures") or 0)
        results.append(
            CheckResult(
                gate=gate,
                dataset=kind,
                check=name,
                description=str(result.get("message") or "holds for every row"),
                severity="warning" if result["status"] == "warn" else "critical",
                status=STATUS.get(result["status"], "error"),
                observed=str(failing),
                expected="0",
                failing_rows=failing,
                sample=[],
                remedy="Run the model's SQL and the test's under dbt_project/target to see the rows.",
            )
        )
    return results
