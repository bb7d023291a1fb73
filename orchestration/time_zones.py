"""Local times and UTC by the rules of the pinned package tzdata, which are those of DuckDB's own copy.

polars brings older rules of its own, by which Vancouver's clocks still go back in November 2026.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

FIRST: Final = datetime(1969, 12, 1)
LAST: Final = datetime(2201, 2, 1)
WEEK: Final = timedelta(days=7)
MINUTE: Final = timedelta(minutes=1)


def to_utc(local: pl.Expr, zone: str) -> pl.Expr:
    """UTC moments of local times; the earlier of two where clocks go back, the later where they skip one."""
    return local - _offset(local, zone, [at + max(before, after) for at, before, after in _changes(zone)])


def to_local(moment: pl.Expr, zone: str) -> pl.Expr:
    """What the clocks of a time zone show at UTC moments."""
    return moment + _offset(moment, zone, [at for at, _, _ in _changes(zone)])


def _offset(moment: pl.Expr, zone: str, changes: list[datetime]) -> pl.Expr:
    """The offset from UTC, where the zone's changes of it lie at these moments."""
    offsets = [_offset_at(FIRST, zone), *(after for _, _, after in _changes(zone))]
    breaks = pl.lit(pl.Series(changes, dtype=pl.Datetime("us")))
    number = breaks.search_sorted(moment.cast(pl.Datetime("us")), side="right")
    return pl.lit(pl.Series(offsets, dtype=pl.Duration("us"))).gather(number)


@cache
def _changes(zone: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """Each change of a zone's offset: its UTC moment, to the minute, and the offsets before and after it.

    Two changes within a week count as one.
    """
    weeks = [FIRST + number * WEEK for number in range((LAST - FIRST) // WEEK)]
    return [
        (_first_minute(week, before, zone), before, after)
        for week, following in pairwise(weeks)
        if (before := _offset_at(week, zone)) != (after := _offset_at(following, zone))
    ]


def _first_minute(week: datetime, before: timedelta, zone: str) -> datetime:
    """The first minute of a week whose offset is another."""
    minutes = range(WEEK // MINUTE)
    found = bisect_left(minutes, True, key=lambda minute: _offset_at(week + minute * MINUTE, zone) != before)
    return week + found * MINUTE


def _offset_at(moment: datetime, zone: str) -> timedelta:
    offset = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset
