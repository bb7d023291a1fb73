"""The warehouse file: what dbt reads from it, and how Python reads and writes its tables."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from orchestration.company import Company
from orchestration.data_folder import DataFolder
from orchestration.exclusions import excluded_deals, exclusions_table
from orchestration.extracts import LakeManifest, read_manifest
from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS
from orchestration.fiscal import calendar_days


class WarehouseError(RuntimeError):
    """The warehouse does not hold what is asked of it; the message says what to run."""


@contextmanager
def connected(database: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a warehouse file, closed at the end: one process writes, or many read."""
    if read_only and not database.exists():
        raise WarehouseError(f"There is no warehouse at {database} yet; run the job refresh")
    database.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(database), read_only=read_only)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def all_or_nothing(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What is written within it is written whole, or, after an error or a kill, not at all."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def company_lake(folder: DataFolder, company: Company) -> LakeManifest:
    """The extracts of the sources that the company file names; a source taken out of it counts no more."""
    manifest = read_manifest(folder)
    names = {source.name for source in company.sources}
    return replace(
        manifest, extracts=tuple(extract for extract in manifest.extracts if extract.source_name in names)
    )


def prepare(
    connection: duckdb.DuckDBPyConnection, company: Company, manifest: LakeManifest, as_of: date
) -> None:
    """Write schema `raw`: views on the lake, and the run's settings and calendar as tables."""
    connection.execute("create schema if not exists raw")
    for entity in ENTITIES.values():
        _create_lake_view(connection, entity.name, manifest.files(entity.name))
    tables = _settings_tables(company, manifest, as_of)
    known = tables["extracts"].select(
        "source_name",
        "extract_date",
        (pl.col("known_at") <= as_of_start(as_of, company.time_zone)).alias("is_known"),
    )
    files = manifest.files("deals"), manifest.files("deal_dimensions")
    tables["excluded_deals"] = excluded_deals(company, *files, known)
    for name, frame in tables.items():
        write_table(connection, f"raw.{name}", frame)


def as_of_start(as_of: date, time_zone: str) -> datetime:
    """The UTC moment (without zone) at which day `as_of` starts in the company's time zone."""
    local = datetime.combine(as_of, time(), tzinfo=ZoneInfo(time_zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def default_as_of(company: Company, manifest: LakeManifest) -> date:
    """The day after the newest extract, or that day for an extract taken at its start."""
    taken = {source.name: source.taken for source in company.sources}
    days = [
        extract.extract_date + timedelta(days=taken[extract.source_name] == "end_of_day")
        for extract in manifest.extracts
    ]
    if not days:
        raise WarehouseError("No extract has been landed yet, so there is nothing to compute")
    return max(days)


def read_table(connection: duckdb.DuckDBPyConnection, table: str, order_by: str = "all") -> pl.DataFrame:
    """A whole table in a total order, so that what is computed from it is always the same."""
    return query(connection, f"select * from {table} order by {order_by}")


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is a table of this name, with its schema."""
    found = connection.execute(
        "from duckdb_tables() where schema_name || '.' || table_name = ?", [table]
    ).fetchone()
    return found is not None


def query(connection: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    """The rows of a query; it orders them itself where the order matters."""
    with connection.cursor() as cursor:  # the connection itself may have a result that is not read to its end
        frame = pl.from_arrow(cursor.sql(sql).to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def query_value(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The one number that a query asks for."""
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def write_table(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Replace a table by the rows of a frame, in their order."""
    connection.execute(f"create schema if not exists {table.split('.')[0]}")
    connection.register("_frame", frame.to_arrow())
    connection.execute(f"create or replace table {table} as select * from _frame")
    connection.unregister("_frame")


def _create_lake_view(connection: duckdb.DuckDBPyConnection, entity: str, files: Sequence[Path]) -> None:
    connection.execute(f"drop view if exists raw.{entity}")
    if files:
        listed = ", ".join(_quoted(os.fspath(path)) for path in files)
        connection.execute(f"create view raw.{entity} as select * from read_parquet([{listed}])")
    else:
        empty = pl.DataFrame(schema={**ENTITIES[entity].columns, **LAKE_COLUMNS})
        columns = _typed_nulls(connection, empty)
        connection.execute(f"create view raw.{entity} as select {columns} where false")


def _typed_nulls(connection: duckdb.DuckDBPyConnection, empty: pl.DataFrame) -> str:
    relation = connection.from_arrow(empty.to_arrow())
    return ", ".join(
        f"cast(null as {type_}) as {name}"
        for name, type_ in zip(relation.columns, relation.types, strict=True)
    )


def _settings_tables(company: Company, manifest: LakeManifest, as_of: date) -> dict[str, pl.DataFrame]:
    sources = {source.name: source for source in company.sources}
    return {
        "run_settings": pl.DataFrame(
            {
                "as_of_date": [as_of],
                "as_of_at": [as_of_start(as_of, company.time_zone)],
                "time_zone": [company.time_zone],
                "reporting_currency": [company.reporting_currency],
                "amount_meaning": pl.Series([company.amount_meaning], dtype=pl.String),
                "forecast_period": [company.forecast.period],
                "horizon": [company.forecast.horizon],
                "settlement_days": [company.settlement_days],
                "company": [company.company],
                "holidays": pl.Series([company.holidays], dtype=pl.String),
            }
        ),
        "calendar_days": calendar_days(company, date(as_of.year + 6, 12, 31)),
        "segment_names": pl.DataFrame(
            [
                {"segment_name": name, "is_configured": name in company.segments}
                for name in company.segment_names
            ]
        ),
        "exclusions": exclusions_table(company.exclusions),
        "process_steps": pl.DataFrame(
            [
                {"source_name": None, "pipeline": pipeline, "stage": stage, "process_step": step}
                for pipeline, stages in company.process.items()
                for stage, step in stages.items()
            ],
            schema=dict.fromkeys(("source_name", "pipeline", "stage", "process_step"), pl.String),
        ),
        "sources": pl.DataFrame(
            [
                {
                    "source_name": source.name,
                    "deal_url": source.deal_url,
                    "taken": source.taken,
                    "delivery": source.delivery,
                }
                for source in company.sources
            ],
            schema=dict.fromkeys(("source_name", "deal_url", "taken", "delivery"), pl.String),
        ),
        "extracts": pl.DataFrame(
            [
                {
                    "source_name": extract.source_name,
                    "extract_date": extract.extract_date,
                    "known_at": as_of_start(
                        extract.extract_date
                        + timedelta(days=sources[extract.source_name].taken == "end_of_day"),
                        company.time_zone,
                    ),
                }
                for extract in manifest.extracts
            ],
            schema={
                "source_name": pl.String,
                "extract_date": pl.Date,
                "known_at": pl.Datetime("us"),
            },
        ),
    }


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
