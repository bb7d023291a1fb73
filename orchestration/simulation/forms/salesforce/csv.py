"""Rows as the Data Export Service writes them."""

from typing import Final

import polars as pl
import polars.selectors as cs

NULL_ID: Final = "000000000000000AAA"  # stands where a record refers to none
MOMENT: Final = "%Y-%m-%d %H:%M:%S"


def written(rows: pl.DataFrame) -> str:
    """The rows as CSV: every field quoted, flags 0 and 1, days at midnight, no blank reference."""
    return rows.with_columns(
        cs.boolean().cast(pl.Int8),
        cs.date().cast(pl.Datetime("us")).dt.strftime(MOMENT),
        cs.datetime().dt.strftime(MOMENT),
        cs.ends_with("Id").fill_null(NULL_ID),
    ).write_csv(quote_style="always")
