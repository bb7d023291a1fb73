"""The core step's SQL as dbt compiled it, run without dbt: to time SQL alone."""

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

from tests.refreshes import PROJECT


@dataclass(frozen=True)
class CompiledModel:
    """One model: where it is written and how, its select, and the models that it reads."""

    name: str
    relation: str
    materialized: str
    is_by_deal: bool
    unique_key: str | None
    reads: tuple[str, ...]
    sql: str


def compile_core(database: Path, target: Path) -> list[CompiledModel]:
    """The models of the core step in an order in which they can be built, for this warehouse."""
    os.environ["FUNNELCAST_WAREHOUSE"] = str(database)
    folder = str(PROJECT / "dbt_project")
    done = dbtRunner().invoke(
        [
            "--quiet", "--log-path", str(target), "compile",
            "--project-dir", folder, "--profiles-dir", folder, "--target-path", str(target),
            "--select", "tag:core_step,resource_type:model",
        ]
    )  # fmt: skip
    if not done.success:
        raise RuntimeError(f"dbt compile failed: {done.exception or done.result}")
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    models = {
        key: node
        for key, node in nodes.items()
        if node["resource_type"] == "model" and "core_step" in node["tags"]
    }
    graph = {key: [each for each in _reads(node) if each in models] for key, node in models.items()}
    return [_model(models[key]) for key in TopologicalSorter(graph).static_order()]


def compile_night(database: Path, target: Path) -> list[CompiledModel]:
    """The same for a build that adds to the last one, compiled in a warehouse file of its own."""
    models = compile_core(database, target)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema night")
        for name in ["touched", *(model.name for model in models if model.is_by_deal)]:
            connection.execute(f"create table night.{name} (deal_id text)")
    return compile_core(database, target)


def write_models(models: Iterable[CompiledModel], file: Path) -> None:
    """Keep compiled models for another process."""
    file.write_text(json.dumps([asdict(model) for model in models]))


def read_models(file: Path) -> list[CompiledModel]:
    """The compiled models that another process kept."""
    return [CompiledModel(**model) for model in json.loads(file.read_text())]


def needed_by(models: Sequence[CompiledModel], names: Iterable[str]) -> set[str]:
    """The names of these models and of all that they read, directly or not."""
    needed = set(names)
    for model in reversed(models):
        if model.name in needed:
            needed.update(model.reads)
    return needed


def build(
    connection: duckdb.DuckDBPyConnection, models: Sequence[CompiledModel], is_night: bool = False
) -> dict[str, float]:
    """Build all of them, or add to them with what was compiled for a night; CPU seconds of each."""
    for schema in sorted({model.relation.split(".")[0] for model in models}):
        connection.execute(f"create schema if not exists {schema}")
    seconds = {}
    for model in models:
        started = time.process_time()
        if is_night and model.is_by_deal:
            _add(connection, model)
        else:
            kind = "view" if model.materialized == "view" else "table"
            connection.execute(f"create or replace {kind} {model.relation} as {model.sql}")
        seconds[model.name] = time.process_time() - started
    return seconds


def _add(connection: duckdb.DuckDBPyConnection, model: CompiledModel) -> None:
    """What dbt does on a night (dbt_project/macros/nights.sql)."""
    computed, touched = f"night.{model.name}", "deal_id in (select deal_id from night.touched)"
    if model.materialized == "view":
        connection.execute(f"create table {computed} as select * from ({model.sql}) where {touched}")
        return
    connection.execute(f"create table {computed} as {model.sql}")
    connection.execute(f"delete from {model.relation} where {touched}")
    if model.unique_key:
        key = model.unique_key
        connection.execute(f"delete from {model.relation} where {key} in (select {key} from {computed})")
    connection.execute(f"insert into {model.relation} by name from {computed}")


def _reads(node: dict[str, Any]) -> list[str]:
    return sorted(node["depends_on"]["nodes"])


def _model(node: dict[str, Any]) -> CompiledModel:
    return CompiledModel(
        name=node["name"],
        relation=f"{node['schema']}.{node['name']}",
        materialized=node["config"]["materialized"],
        is_by_deal=node["config"]["materialized"] == "incremental" or "by_deal" in node["config"]["meta"],
        unique_key=node["config"].get("unique_key"),
        reads=tuple(key.rsplit(".", 1)[-1] for key in _reads(node)),
        sql=node["compiled_code"].replace(f'"{node["database"]}".', ""),
    )
