"""Dates with the month as a word, or without dividers, as ISO 8601 begins them."""

from typing import Final

import polars as pl

NAMES: Final = (
    "jan january januar janvier janv enero ene",
    "feb february februar février févr fév febrero",
    "mar march märz mär mrz mars marzo",
    "apr april avril avr abril abr",
    "may mai mayo",
    "jun june juni juin junio",
    "jul july juli juillet juil julio",
    "aug august août agosto ago",
    "sep sept september septembre septiembre",
    "oct october oktober okt octobre octubre",
    "nov november novembre noviembre",
    "dec december dezember dez décembre déc diciembre dic",
)
NUMBERS: Final = {name: f"{at:02}" for at, names in enumerate(NAMES, start=1) for name in names.split()}
WEEKDAY: Final = r"^\s*(?:\p{L}{2,10}\.?,?\s+)?"
REST: Final = r"(?:,?\s+(?:at\s+)?(?P<rest>\d.*)|\s*)$"
DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
MONTH: Final = r"(?P<month>\p{L}{3,10})\.?"
YEAR: Final = r"(?P<year>\d{4}|\d{2})"
SPELLINGS: Final = (
    rf"{WEEKDAY}{DAY}[\s/-]+(?:de\s+)?{MONTH}[\s/,-]+(?:de\s+)?{YEAR}{REST}",
    rf"{WEEKDAY}{MONTH}[\s-]+{DAY}[\s,-]+{YEAR}{REST}",
    rf"^\s*(?P<year>\d{{4}})[\s-]+{MONTH}[\s-]+{DAY}{REST}",
)
UNUSUAL: Final = r"\p{L}{3}|^\s*\d{8}(?:T|\s*$)"  # may be such a date
# Day-first dates without dividers never fit: where the month stands here, they have the century.
UNDIVIDED: Final = r"^\s*((?:19|20)\d\d)(0[1-9]|1[0-2])(\d\d)(?:T(.*))?\s*$"


def with_numbered_month(text: pl.Expr) -> pl.Expr:
    """The text with such a date at its beginning as 2026-03-31; any other text as it is."""
    return pl.coalesce(*(_iso(text.str.extract_groups(spelling)) for spelling in SPELLINGS), _divided(text))


def _iso(parts: pl.Expr) -> pl.Expr:
    year, day, rest = (parts.struct.field(name) for name in ("year", "day", "rest"))
    month = parts.struct.field("month").str.to_lowercase()
    is_short = year.str.len_chars() == 2
    century = pl.when(~is_short).then(pl.lit("")).when(year < "70").then(pl.lit("20")).otherwise(pl.lit("19"))
    number = month.replace_strict(NUMBERS, default=None, return_dtype=pl.String)
    time = pl.when(rest.is_not_null()).then(" " + rest).otherwise(pl.lit(""))
    return pl.concat_str(century, year, pl.lit("-"), number, pl.lit("-"), day.str.zfill(2), time)


def _divided(text: pl.Expr) -> pl.Expr:
    return text.str.replace(UNDIVIDED, "$1-$2-$3 $4").str.strip_chars()
