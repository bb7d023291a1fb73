"""One simulated company in both engines: DuckDB's warehouse after a refresh, and the same models on Spark."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from dbt.cli.main import dbtRunner
from pyspark.sql import SparkSession

from orchestration.data_folder import DataFolder
from orchestration.extracts import commit_extracts, stage_extracts
from orchestration.warehouse import connected, default_as_of, prepare, query
from tests.refreshes import PROJECT
from tests.spark.company import COMPANY, write_company

Table = Callable[[str], pl.DataFrame]

# What the models need.
SPARK = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
}

# What keeps a few hundred rows quick on one core: one partition, no compilation of queries, little memory
# per operator, and neither a UI nor its records.
QUICK = {
    "spark.master": "local[1]",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.parquet.compression.codec": "uncompressed",
    "spark.shuffle.compress": "false",
    "spark.broadcast.compress": "false",
    "spark.buffer.pageSize": "512k",
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",  # writes no checksums
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": (
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m -XX:MetaspaceSize=256m"
    ),
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
    "spark.sql.ui.retainedExecutions": "10",
    "spark.sql.ui.explainMode": "simple",
}


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of a company with three extracts, with all models built in DuckDB."""
    root = tmp_path_factory.mktemp("simulated")
    folder, database = DataFolder(root / "data"), root / "warehouse.duckdb"
    write_company(folder.root / "raw" / "sales")
    folder.claim(COMPANY.company)
    manifest = commit_extracts(folder, stage_extracts(COMPANY, root, folder))
    with connected(database) as connection:
        prepare(connection, COMPANY, manifest, default_as_of(COMPANY, manifest))
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
    for name, value in (SPARK | QUICK).items():
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


def schema_of(warehouse: duckdb.DuckDBPyConnection, model: str) -> str:
    """The schema of the warehouse that holds this model (a table of `raw` may have its name)."""
    tables = query(warehouse, "select table_schema, table_name from information_schema.tables order by all")
    (schema,) = tables.filter(pl.col("table_name") == model, pl.col("table_schema") != "raw")["table_schema"]
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
