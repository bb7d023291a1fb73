"""dbt in this process: its project parsed once, its models built in a warehouse file."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from dagster_dbt import DbtProject
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from orchestration.settings import PROJECT

DBT_PROJECT: Final = DbtProject(project_dir=PROJECT / "dbt_project")
WAREHOUSE: Final = "FUNNELCAST_WAREHOUSE"  # read by profiles.yml
BUILD_OPTIONS: Final = (
    "--no-write-json", "--exclude-resource-type", "unit_test", "--indirect-selection", "buildable",
)  # fmt: skip


def ensure_parsed() -> None:
    """Parse the dbt project where that has not been done since it last changed."""
    folder = DBT_PROJECT.project_dir
    manifest = DBT_PROJECT.manifest_path
    sources = [
        *folder.glob("*.yml"),
        *folder.glob("models/**/*"),
        *folder.glob("macros/**/*"),
        *folder.glob("tests/**/*"),
    ]
    newest = max(path.stat().st_mtime for path in sources)
    if not manifest.exists() or manifest.stat().st_mtime <= newest:
        _parsed(folder / "target", "--write-json")


def build(warehouse: Path, nodes: Sequence[str]) -> Sequence[RunResult]:
    """Build these models with their tests, or these tests alone; afterwards the warehouse is closed.

    Args:
        warehouse: DuckDB file. Beside it, in `dbt/`, are the log and the SQL that was run.
        nodes: dbt's unique ids.

    Returns:
        What became of each model and test.
    """
    target = warehouse.parent / "dbt"
    manifest = _parsed(target)
    os.environ[WAREHOUSE] = str(warehouse)
    names = [manifest.nodes[node].name for node in nodes]
    try:
        done = _dbt(target, "build", [*BUILD_OPTIONS, "--select", *names], manifest)
    finally:
        if DuckDBConnectionManager._ENV is not None:  # else the file stays open as long as this process runs
            DuckDBConnectionManager.env().close()
            DuckDBConnectionManager.close_all_connections()
    if not isinstance(done.result, RunExecutionResult):
        raise done.exception or RuntimeError("dbt built nothing")
    results: Sequence[RunResult] = done.result.results
    return results


@cache
def _parsed(target: Path, written: str = "--no-write-json") -> Manifest:
    """The parsed project; what has not changed since `prepare` is not parsed again.

    Without the variable, since another value of it than at `prepare` would have dbt parse everything anew.
    """
    os.environ.pop(WAREHOUSE, None)
    kept = DBT_PROJECT.project_dir / "target" / "partial_parse.msgpack"
    known = ["--partial-parse-file-path", str(kept)] if kept.exists() else []
    done = _dbt(target, "parse", [written, *known])
    if not isinstance(done.result, Manifest):
        raise done.exception or RuntimeError("dbt could not parse its project")
    return done.result


def _dbt(
    target: Path, command: str, options: Sequence[str], manifest: Manifest | None = None
) -> dbtRunnerResult:
    """Run one command of dbt."""
    project = str(DBT_PROJECT.project_dir)
    quiet = ["--log-level", "none", "--log-level-file", "info", "--log-path", str(target)]
    folders = ["--project-dir", project, "--profiles-dir", project, "--target-path", str(target)]
    return dbtRunner(manifest).invoke([*quiet, command, *folders, *options])
