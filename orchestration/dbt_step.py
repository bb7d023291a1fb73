"""The models of dbt as Dagster assets, and one step of them built and tested."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, build_dbt_asset_specs
from dbt.artifacts.schemas.run import RunResult

from orchestration.check_results import CheckResult
from orchestration.dbt_command import DBT_PROJECT, build
from orchestration.settings import RunSettings
from orchestration.shown_checks import shown_check
from orchestration.warehouse import connected

LAST_STEP: Final = "metrics_step"
RULES: Final = "rules"
STATUS: Final[dict[str, Literal["passed", "failed"]]] = {"pass": "passed", "warn": "failed", "fail": "failed"}


Builder = Callable[[Path, Sequence[str]], Sequence[RunResult]]


class ModelsFailed(RuntimeError):
    """Models that dbt could not build, or whose rows break a rule; the message names them."""


class AnalystTranslator(DagsterDbtTranslator):
    """Models described in the words of their yml, without their SQL below."""

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What one row is and how to read it."""
        return str(dbt_resource_props.get("description") or "")


def dbt_step(name: str) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """The models tagged `<name>_step` as the assets that a function makes, the tests of each as its check."""
    specs = build_dbt_asset_specs(
        manifest=DBT_PROJECT.manifest_path,
        select=f"tag:{name}_step",
        project=DBT_PROJECT,
        dagster_dbt_translator=AnalystTranslator(),
    )
    tests: dict[str, list[str]] = {}
    for test, model in _tested_models().items():
        tests.setdefault(model, []).append(test.split(".")[2])
    checks = [
        dg.AssetCheckSpec(
            RULES, asset=spec.key, description="\n".join(f"- {test}" for test in tests[_model(spec)])
        )
        for spec in specs
        if _model(spec) in tests
    ]
    return dg.multi_asset(name=name, specs=specs, check_specs=checks, can_subset=True)


def build_models(
    context: dg.AssetExecutionContext, settings: RunSettings, gate: str, builder: Builder = build
) -> Iterator[Any]:
    """Build and test the chosen models of one step.

    The results are kept as those of `gate` if they are of the whole step: what was built in part by hand
    must not be published on the strength of the tests of that part.

    Raises:
        ModelsFailed: a model could not be built, or a test failed.
    """
    models = {_model(spec): spec.key for spec in context.assets_def.specs}
    checked = {key.asset_key for key in context.selected_asset_check_keys}
    tested = _tested_models()
    outcomes = builder(
        settings.warehouse,
        [model for model, key in models.items() if key in context.selected_asset_keys]
        or [test for test, model in tested.items() if models.get(model) in checked],
    )
    results = {outcome.node.unique_id: model_result(gate, outcome, tested) for outcome in outcomes}
    if {*models, *(test for test, model in tested.items() if model in models)} <= results.keys():
        settings.build.keep(gate, [result for result in results.values() if result is not None])
    with connected(settings.warehouse, read_only=True) as connection:
        known = describe_tables(connection)
    for outcome in outcomes:
        if outcome.node.unique_id in models and outcome.status == "success":
            yield dg.MaterializeResult(
                asset_key=models[outcome.node.unique_id],
                metadata={"seconds": outcome.execution_time, **known.get(outcome.node.name, {})},
            )
    for model, key in models.items():
        own = [result for test, result in results.items() if result and tested.get(test) == model]
        if key in checked and own:
            yield shown_check(key, RULES, own)
    if failures := _failures(outcomes):
        raise ModelsFailed(failures)


def _failures(outcomes: Sequence[RunResult]) -> str:
    """Each model or test that failed, and what it said; not those that were then left out."""
    lines = [
        f"{outcome.node.name}: {str(outcome.message).strip()}"
        for outcome in outcomes
        if outcome.status in ("error", "fail")
    ]
    return "\n".join(lines)


@cache
def _tested_models() -> Mapping[str, str]:
    """The model that each test is about: the one whose yml it stands in, else the first that it reads.

    A test that reads models of both steps is about the first one of the last step: only then can it run.
    """
    nodes = json.loads(DBT_PROJECT.manifest_path.read_text())["nodes"]
    tested = {}
    for name, node in nodes.items():
        if node["resource_type"] == "test":
            read = [other for other in node["depends_on"]["nodes"] if other in nodes]
            late = [other for other in read if LAST_STEP in nodes[other]["tags"]]
            tested[name] = node.get("attached_node") or (late or read)[0]
    return tested


def _model(spec: dg.AssetSpec) -> str:
    return str(spec.metadata["dagster_dbt/unique_id"])


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
        " union all select schema_name, view_name from duckdb_views() where schema_name = 'core'"
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


def model_result(gate: str, outcome: RunResult, tested: Mapping[str, str]) -> CheckResult | None:
    """The outcome of a dbt node that can fail: a test, or a model that was not built; else none."""
    node = outcome.node
    if node.unique_id not in tested and outcome.status in ("success", "skipped"):
        return None
    failing = int(outcome.failures or 0)
    return CheckResult(
        gate=gate,
        dataset=tested.get(node.unique_id, node.unique_id).split(".")[2],
        check=node.name if node.unique_id in tested else "built",
        description=str(outcome.message or "holds for every row"),
        severity="warning" if outcome.status == "warn" else "critical",
        status=STATUS.get(outcome.status, "error"),
        observed=str(failing),
        expected="0",
        failing_rows=failing,
        sample=[],
        remedy="Run the SQL of the test, under warehouse/dbt/compiled, to see the rows.",
    )
