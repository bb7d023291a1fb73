"""The file of each entity of an extract: its rows as the lake takes them."""

from datetime import date
from pathlib import Path

import polars as pl

from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS
from orchestration.extracts.parquet_files import write_rows


class EntityFiles:
    """Writes `<entity>.parquet` into a folder; `files` are those that it wrote."""

    def __init__(self, folder: Path, source_name: str, extract_date: date) -> None:
        self.files: dict[str, Path] = {}
        self._folder = folder
        self._columns = {
            "source_name": pl.lit(source_name),
            "extract_date": pl.lit(extract_date),
            "is_tombstone": pl.lit(False),
        }

    def write(self, entity: str, rows: pl.DataFrame) -> None:
        """Write all rows of an entity."""
        lake_rows = rows.with_columns(**self._columns).select(*ENTITIES[entity].columns, *LAKE_COLUMNS)
        self.files[entity] = self._folder / f"{entity}.parquet"
        write_rows(lake_rows, self.files[entity])
