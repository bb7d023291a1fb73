from datetime import date

import duckdb
import polars as pl
import pytest

from orchestration.company_file import load_company
from orchestration.data_folder import DataFolder
from orchestration.extracts.manifest import LandedExtract, write_manifest
from orchestration.warehouse import (
    all_or_nothing,
    company_lake,
    connected,
    default_as_of,
    read_table,
    write_table,
)
from tests.unit.test_company import written


def test_a_source_taken_out_of_the_company_file_counts_no_more(tmp_path):
    folder = DataFolder(tmp_path / "data")
    write_manifest(
        folder,
        [
            LandedExtract(source, day, "fingerprint", "lineage", "full", "end_of_day")
            for source, day in (("sales", date(2026, 1, 1)), ("old_crm", date(2026, 5, 1)))
        ],
    )
    company = load_company(written(tmp_path))
    lake = company_lake(folder, company)
    assert [extract.source_name for extract in lake.extracts] == ["sales"]
    assert default_as_of(company, lake) == date(2026, 1, 2)


def test_what_is_written_together_is_written_whole_or_not_at_all(tmp_path):
    """A landing that stops between two tables leaves both as they were."""
    warehouse = tmp_path / "warehouse.duckdb"
    old, new = pl.DataFrame({"day": [1]}), pl.DataFrame({"day": [2]})
    with connected(warehouse) as connection, all_or_nothing(connection):
        write_table(connection, "raw.settings", old)
    with pytest.raises(KeyboardInterrupt), connected(warehouse) as connection:
        write_and_stop(connection, new)
    with connected(warehouse, read_only=True) as connection:
        assert read_table(connection, "raw.settings").equals(old)
        assert len(connection.sql("show all tables").fetchall()) == 1


def write_and_stop(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> None:
    with all_or_nothing(connection):
        write_table(connection, "raw.settings", frame)
        write_table(connection, "raw.rules", frame)
        raise KeyboardInterrupt
