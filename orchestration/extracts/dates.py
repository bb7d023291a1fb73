"""Dates and moments from text: ISO 8601 at full speed, other spellings once per distinct value."""

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Final

import polars as pl

from orchestration.extracts.counted_dates import Count, counted
from orchestration.extracts.mapping import DateOrder
from orchestration.extracts.month_names import UNUSUAL, with_numbered_month
from orchestration.time_zones import to_local, to_utc

FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2200, 12, 31)
MINORITY_LIMIT: Final = (
    20  # one contradicting value in so many is a slip; more, and the column has two orders
)
ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
ISO_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?P<divider>[T ])\d\d:\d\d:\d\d(?P<fraction>\.\d{1,6})?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
SPELLING: Final = (
    r"^\s*(?P<first>\d{1,4})\s?[-/.]\s?(?P<second>\d{1,2})\s?[-/.]\s?(?P<third>\d{1,4})"
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second_of_minute>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?\s*$"
)
NAMED_ZONE: Final = r":\d{2}.*\s\(?(?:[A-Z]{3,5}|[A-Z][a-z]+/[A-Z]\w+)\)?\s*$"
ACCEPTED_DAY: Final = "a date from 1970 to 2200 is accepted, such as 2026-03-31"
ACCEPTED_MOMENT: Final = (
    "a date with or without time from 1970 to 2200 is accepted, such as 2026-03-31T14:05:00Z"
)
NO_NAMED_ZONE: Final = (
    "names its time zone; accepted are UTC, an offset such as +01:00, or none and `time_zone` in the mapping"
)


@dataclass(frozen=True)
class Zones:
    """Time zones: of a date with time and without offset, and of the company, whose days are meant."""

    written: str
    company: str


class UndecidedOrderError(Exception):
    """Nothing in a column tells days from months; `example` is one such value."""

    def __init__(self, example: str, is_mixed: bool) -> None:
        super().__init__(example)
        self.example = example
        self.is_mixed = is_mixed


def fast_day(text: pl.Expr) -> pl.Expr:
    """Days written as 2026-03-31, null for any other text."""
    return in_range(text.str.to_date("%Y-%m-%d", strict=False))


def fast_moment(text: pl.Expr, example: str | None, zones: Zones) -> pl.Expr:
    """UTC moments of ISO 8601 text written like the example, null for any other text."""
    example = example or ""
    if ISO_DAY.fullmatch(example):
        return start_of_day(fast_day(text), zones.company)
    found = ISO_MOMENT.fullmatch(example)
    if not found:
        return pl.lit(None, dtype=pl.Datetime("us"))
    fraction = found["fraction"]
    pattern = f"%Y-%m-%d{found['divider']}%H:%M:%S" + (f"%.{len(fraction) - 1}f" if fraction else "")
    if found["zone"] in (None, "Z"):
        # without polars' cache of repeated texts, which moments hardly have: 35 instead of 75 ns a row
        moment = text.str.to_datetime(
            pattern + (found["zone"] or ""), time_unit="us", strict=False, cache=False
        )
        return in_range(moment if found["zone"] else to_utc(moment, zones.written))
    moment = text.str.to_datetime(pattern + "%z", time_unit="us", time_zone="UTC", strict=False)
    return in_range(moment.dt.replace_time_zone(None))


def in_range(moment: pl.Expr) -> pl.Expr:
    """The day or moment where it lies between 1970 and 2200, else null."""
    return pl.when(moment.dt.date().is_between(FIRST_DAY, LAST_DAY)).then(moment)


def start_of_day(day: pl.Expr, zone: str) -> pl.Expr:
    """The UTC moment at which a day starts in a time zone."""
    return to_utc(day.cast(pl.Datetime("us")), zone)


def order_votes(values: pl.Series) -> tuple[int, int, list[str]]:
    """How many values can only be day first, how many only month first, and those that may be both."""
    parts = _parts(values).filter(pl.col("first").is_not_null() & ~pl.col("is_year_first"))
    first, second = pl.col("first"), pl.col("second")
    day_first = parts.filter((first > 12) & (second <= 12)).height
    month_first = parts.filter((first <= 12) & (second > 12)).height
    both = parts.filter((first <= 12) & (second <= 12) & (first != second))
    return day_first, month_first, both["text"].to_list()


def decided_order(day_first: int, month_first: int, both: list[str]) -> DateOrder:
    """The order that the values show.

    Raises:
        UndecidedOrderError: they show none, or both often.
    """
    if min(day_first, month_first) * MINORITY_LIMIT > max(day_first, month_first):
        raise UndecidedOrderError(both[0] if both else "", is_mixed=True)
    if day_first == month_first == 0 and both:
        raise UndecidedOrderError(both[0], is_mixed=False)
    return "dmy" if day_first >= month_first else "mdy"


def parsed_moments(
    values: pl.Series, order: DateOrder, zones: Zones, whole_day: bool, count: Count | None = None
) -> pl.Series:
    """UTC moments of texts in any known spelling, and in the count of their column; null for what is none."""
    written = _written(values, order)
    day = pl.col("day")
    if whole_day:
        moment = start_of_day(day, zones.company)
    else:
        moment = (
            pl.when(pl.col("hour").is_null())
            .then(start_of_day(day, zones.company))
            .otherwise(_instant(zones))
        )
    if count:
        moment = pl.coalesce(_counted_moment(pl.lit(values), count, zones, whole_day), moment)
    return written.select(in_range(moment).alias(values.name))[values.name]


def parsed_days(values: pl.Series, order: DateOrder, zones: Zones, count: Count | None = None) -> pl.Series:
    """Days of texts in any known spelling or count; with a time of day, the company's day at that moment."""
    instant = to_local(_instant(zones), zones.company).dt.date()
    has_time = pl.col("clock").fill_null(pl.duration()) != pl.duration()
    day = pl.when(has_time).then(instant).otherwise(pl.col("day"))
    if count:
        day = pl.coalesce(_counted_day(pl.lit(values), count, zones), day)
    return _written(values, order).select(in_range(day).alias(values.name))[values.name]


def _counted_moment(text: pl.Expr, count: Count, zones: Zones, whole_day: bool) -> pl.Expr:
    """What is counted in days and has no time of day is the company's day, as where a date is written."""
    moment = counted(text, count)
    if whole_day:
        return start_of_day(_counted_day(text, count, zones), zones.company)
    if not count.is_local:
        return moment
    is_day = moment.dt.time() == time()
    return pl.when(is_day).then(to_utc(moment, zones.company)).otherwise(to_utc(moment, zones.written))


def _counted_day(text: pl.Expr, count: Count, zones: Zones) -> pl.Expr:
    """The day counted, for midnight is how days are counted; else the company's day at that moment."""
    moment = counted(text, count)
    instant = to_utc(moment, zones.written) if count.is_local else moment
    local = to_local(instant, zones.company).dt.date()
    return pl.when(moment.dt.time() == time()).then(moment.dt.date()).otherwise(local)


def _parts(values: pl.Series) -> pl.DataFrame:
    written = pl.col("text")
    if values.str.contains(UNUSUAL).any():
        written = with_numbered_month(written)
    groups = (
        values.to_frame("text")
        .select("text", written.str.extract_groups(SPELLING).alias("parts"))
        .unnest("parts")
    )
    numbers = ("first", "second", "third", "hour", "minute", "second_of_minute")
    return groups.with_columns(
        (pl.col("first").str.len_chars() == 4).alias("is_year_first"),
        *(pl.col(name).cast(pl.Int32, strict=False) for name in numbers),
    )


def _written(values: pl.Series, order: DateOrder) -> pl.DataFrame:
    """The day, hour, clock (a duration since midnight) and offset that each text says."""
    first, second, third = (pl.col(name) for name in ("first", "second", "third"))
    year_first = pl.col("is_year_first")
    year = pl.when(third < 70).then(third + 2000).when(third < 100).then(third + 1900).otherwise(third)
    day_of_month, month = (first, second) if order == "dmy" else (second, first)
    is_known = year_first if order == "ymd" else pl.lit(True)
    year, month, day_of_month = (
        pl.when(year_first).then(iso).otherwise(other)
        for iso, other in ((first, year), (second, month), (third, day_of_month))
    )
    iso_text = pl.format(
        "{}-{}-{}", year, month.cast(pl.String).str.zfill(2), day_of_month.cast(pl.String).str.zfill(2)
    )
    half = pl.col("half").str.to_lowercase().str.replace_all(".", "", literal=True)
    hour = (
        pl.when(half.is_null())
        .then(pl.col("hour"))
        .otherwise(pl.col("hour") % 12 + 12 * (half == "pm").cast(pl.Int32))
    )
    fraction = pl.col("fraction").fill_null("0").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    zone = pl.col("zone").str.replace("Z|UTC|GMT", "+0000").str.replace(":", "").str.pad_end(5, "0")
    minutes = zone.str.slice(1, 2).cast(pl.Int64) * 60 + zone.str.slice(3, 2).cast(pl.Int64)
    sane = (hour < 24) & (pl.col("minute") < 60) & (pl.col("second_of_minute").fill_null(0) < 60)
    sane &= half.is_null() | pl.col("hour").is_between(1, 12)
    return _parts(values).select(
        pl.when(is_known & sane.fill_null(True))
        .then(iso_text.str.to_date("%Y-%m-%d", strict=False))
        .alias("day"),
        hour.alias("hour"),
        pl.duration(
            hours=hour,
            minutes="minute",
            seconds=pl.col("second_of_minute").fill_null(0),
            microseconds=fraction,
        ).alias("clock"),
        pl.duration(minutes=pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes)).alias(
            "offset"
        ),
    )


def _instant(zones: Zones) -> pl.Expr:
    local = pl.col("day").cast(pl.Datetime("us")) + pl.col("clock")
    offset = pl.col("offset")
    return pl.when(offset.is_null()).then(to_utc(local, zones.written)).otherwise(local - offset)
