"""Large tables slice by slice: polars copies a table of many chunks to select, filter or hash it whole."""

from collections.abc import Sequence
from typing import Final

import polars as pl

SLICE_ROWS: Final = 1 << 18


def row_hashes(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """A 64-bit hash of these columns of each row; the same for the same values in one version of polars."""
    parts = (part.select(columns).hash_rows(seed=0) for part in rows.iter_slices(SLICE_ROWS))
    return pl.concat([pl.Series([], dtype=pl.UInt64), *parts])


def filtered(rows: pl.DataFrame, mask: pl.Series) -> pl.DataFrame:
    """The rows where the mask is true; slices in which it is true all through stay where they are."""
    kept = [rows.clear()]
    for number, part in enumerate(rows.iter_slices(SLICE_ROWS)):
        wanted = mask.slice(number * SLICE_ROWS, part.height)
        kept.append(part if wanted.all() else part.filter(wanted))
    return pl.concat(kept)
