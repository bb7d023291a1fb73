"""One simulated company in both engines: DuckDB's warehouse after a refresh, and the same models on Spark."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from dbt.cli.main import dbtRunner
from pyspark.sql import SparkSession

from orchestration.company import Company
from orchestration.data_folder import DataFolder
from orchestration.extracts import commit_extracts, stage_extracts
from orchestration.simulation import SimulationSettings, simulate, write_extracts
from orchestration.warehouse import connected, default_as_of, prepare, query
from tests.refreshes import PROJECT, SIMULATED

Table = Callable[[str], pl.DataFrame]

NIGHTS = [date(2026, 8, 31), date(2026, 9, 29), date(2026, 9, 30)]
SETTINGS = SimulationSettings(deals=300, seed=11, until=NIGHTS[-1], years=2.0)

# What the models need, then what keeps a small company quick and within this machine.
SPARK = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.master": "local[2]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of a company with three extracts, with all models built in DuckDB."""
    root = tmp_path_factory.mktemp("simulated")
    folder, company = DataFolder(root / "data"), Company.model_validate(SIMULATED)
    write_extracts(simulate(SETTINGS), folder.root / "raw" / "sales", NIGHTS)
    folder.claim(company.company)
    manifest = commit_extracts(folder, stage_extracts(company, root, folder))
    database = root / "warehouse.duckdb"
    prepare(database, company, manifest, default_as_of(company, manifest))
    # in a process of its own: dbt keeps the file open for as long as its process lives
    subprocess.run(
        [Path(sys.executable).with_name("dbt"), *run_of_all_models("warehouse", root)],
        env={**os.environ, "FUNNELCAST_WAREHOUSE": str(database)},
        check=True,
    )
    with connected(database, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def spark(
    warehouse: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SparkSession]:
    """A Spark session with the same `raw` schema, and all models built from it."""
    folder = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.config("spark.sql.warehouse.dir", str(folder / "warehouse"))
    for name, value in SPARK.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    copy_raw(warehouse, session, folder)
    build_on_spark(folder)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def duckdb_table(warehouse: duckdb.DuckDBPyConnection) -> Table:
    """The rows of a model in DuckDB."""
    return lambda model: query(warehouse, f"select * from {schema_of(warehouse, model)}.{model}")


@pytest.fixture(scope="session")
def spark_table(warehouse: duckdb.DuckDBPyConnection, spark: SparkSession) -> Table:
    """The rows of a model in Spark."""

    def rows(model: str) -> pl.DataFrame:
        frame = pl.from_arrow(spark.table(f"{schema_of(warehouse, model)}.{model}").toArrow())
        assert isinstance(frame, pl.DataFrame)
        return frame

    return rows


def schema_of(warehouse: duckdb.DuckDBPyConnection, table: str) -> str:
    """The schema of the warehouse that holds this table or view."""
    found = query(warehouse, "select table_schema, table_name from information_schema.tables order by all")
    (schema,) = found.filter(pl.col("table_name") == table)["table_schema"]
    return str(schema)


def copy_raw(warehouse: duckdb.DuckDBPyConnection, session: SparkSession, folder: Path) -> None:
    """Register every table of schema `raw` in Spark, as the Parquet file that DuckDB writes of it."""
    session.sql("create database raw")
    tables = query(
        warehouse,
        "select table_name from information_schema.tables where table_schema = 'raw' order by all",
    )["table_name"]
    for table in tables:
        target = folder / "raw" / table
        target.mkdir(parents=True)
        warehouse.execute(f"copy raw.{table} to '{target / 'rows.parquet'}' (format parquet)")
        session.sql(f"create table raw.{table} using parquet location '{target}'")


def build_on_spark(folder: Path) -> None:
    """Build all models in the Spark session of this process."""
    done = dbtRunner().invoke(run_of_all_models("spark", folder))
    if done.exception is not None:
        raise done.exception
    failed = {result.node.name: result.message for result in done.result if result.status != "success"}
    assert not failed, "\n\n".join(f"{name}: {message}" for name, message in failed.items())


def run_of_all_models(target: str, folder: Path) -> list[str]:
    """What dbt is told, so that a full refresh leaves its logs and artifacts in `folder`."""
    project = str(PROJECT / "dbt_project")
    return [
        "--quiet", "--log-path", str(folder), "run", "--target", target, "--full-refresh",
        "--project-dir", project, "--profiles-dir", project, "--target-path", str(folder / "target"),
    ]  # fmt: skip
