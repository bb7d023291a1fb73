"""Dates written as counts: milliseconds or seconds since 1970, or the days of a spreadsheet."""

from dataclasses import dataclass
from typing import Final

import polars as pl

MILLISECONDS_OF_DAY: Final = 86_400_000
EPOCH_SERIAL: Final = 25_569  # 1970-01-01 in the count of days that spreadsheets keep since 1900


@dataclass(frozen=True)
class Count:
    """A way to count time: texts that may be such a count, and how many milliseconds one of it is."""

    pattern: str
    milliseconds: int
    start: int  # in its own unit, of 1970-01-01
    is_local: bool  # no instant but what a clock on the wall showed


COUNTS: Final = (
    Count(r"^\d{12,13}(\.0+)?$", 1, 0, is_local=False),
    Count(r"^\d{9,10}(\.\d+)?$", 1000, 0, is_local=False),
    Count(r"^\d{5}(\.\d+)?$", MILLISECONDS_OF_DAY, EPOCH_SERIAL, is_local=True),
)


def shown_count(unread: pl.Series, read: int) -> Count | None:
    """The count that most values of a column are written in: those `unread` yet and `read` many others."""
    for count in COUNTS:
        if 2 * int(unread.str.contains(count.pattern).sum()) > len(unread) + read:
            return count
    return None


def counted(text: pl.Expr, count: Count) -> pl.Expr:
    """The moment at which each count ends, null for what is none; local or UTC as the count is."""
    number = pl.when(text.str.contains(count.pattern)).then(text).cast(pl.Float64, strict=False)
    milliseconds = ((number - count.start) * count.milliseconds).round().cast(pl.Int64)
    return milliseconds.cast(pl.Datetime("ms")).cast(pl.Datetime("us"))
