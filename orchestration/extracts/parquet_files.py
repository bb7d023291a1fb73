"""Parquet as the lake keeps it: the same rows give the same bytes."""

import os
from pathlib import Path
from typing import Final

import polars as pl

# zstd's quickest level: of 5.8 M changes 2 % more bytes than polars' usual one, in 80 % of its time
COMPRESSION_LEVEL: Final = 1
GROUP_ROWS: Final = 1 << 18  # written at once


def write_rows(rows: pl.DataFrame, path: Path) -> None:
    """Write rows into a file that appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    rows.lazy().sink_parquet(  # group by group; write_parquet copies a table of many chunks
        partial, compression="zstd", compression_level=COMPRESSION_LEVEL, row_group_size=GROUP_ROWS
    )
    os.replace(partial, path)
