"""The company's fiscal year, where a file of the CRM holds its periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from orchestration.extracts.dates import fast_day
from orchestration.extracts.header_names import plain
from orchestration.extracts.tables import Table, position_name
from orchestration.inspection.profile import clear_columns

COLUMNS: Final = {  # of a file of periods, as CRMs call them
    "start": ["StartDate", "Period Start"],
    "end": ["EndDate", "Period End"],
    "kind": ["Type", "Period Type"],
    "label": ["FullyQualifiedLabel", "PeriodLabel", "Label"],
}
NEEDED: Final = {"start", "end", "kind"}
PATTERNS: Final = {(4, 4, 5): "445", (4, 5, 4): "454", (5, 4, 4): "544"}
HALF_A_WEEK: Final = timedelta(days=3)


@dataclass(frozen=True)
class FiscalYears:
    """What the company file says of fiscal years, as YAML's flow, and why."""

    setting: dict[str, int | str]
    reason: str


def fiscal_years(tables: Sequence[Table]) -> FiscalYears | None:
    """The fiscal year that the first file of periods among the tables shows."""
    for table in tables:
        periods = _periods(table)
        years = periods.filter(pl.col("kind") == "year").sort("start")
        if years.height:
            return FiscalYears(_setting(years, periods), f"{years.height} years of {table.path.name}")
    return None


def _periods(table: Table) -> pl.DataFrame:
    """Start, end, kind and label of each period that the table holds; none where it holds no periods."""
    clear = {plain(table.header[at]): at for at in clear_columns(table.header)}
    at = {
        name: next((clear[plain(each)] for each in spellings if plain(each) in clear), None)
        for name, spellings in COLUMNS.items()
    }
    empty = pl.DataFrame(schema={"start": pl.Date, "end": pl.Date, "kind": pl.String, "label": pl.String})
    found = {name: position for name, position in at.items() if position is not None}
    if not set(found) >= NEEDED:
        return empty
    parts = [
        block.rows.select(
            pl.col(position_name(position)).cast(pl.String).alias(name) for name, position in found.items()
        )
        for block in table.blocks(list(found.values()))
    ]
    if not parts:
        return empty
    rows = pl.concat(parts)
    if "label" not in found:
        rows = rows.with_columns(label=pl.lit(None, dtype=pl.String))
    days = (fast_day(pl.col(name).str.slice(0, 10)).alias(name) for name in ("start", "end"))
    return rows.with_columns(*days, kind=pl.col("kind").str.to_lowercase()).drop_nulls(["start", "end"])


def _setting(years: pl.DataFrame, periods: pl.DataFrame) -> dict[str, int | str]:
    starts, ends = years["start"].to_list(), years["end"].to_list()
    named = _named_by(years)
    if all(start.day == 1 for start in starts):
        return {"start_month": starts[0].month, **named}
    # Years of whole weeks end near the end of one month: the last such weekday of it, or the nearest to it.
    months = [(end - HALF_A_WEEK).month for end in ends]
    is_last = all(end.month == month for end, month in zip(ends, months, strict=True))
    return {
        "start_month": months[0] % 12 + 1,
        "pattern": _pattern(starts[0], periods),
        "week_starts": starts[0].strftime("%A").lower(),
        "ends": "last" if is_last else "nearest",
        **named,
    }


def _named_by(years: pl.DataFrame) -> dict[str, int | str]:
    """Which end a year is named by, where it begins and ends in two calendar years and its label has one."""
    told = years.with_columns(year=pl.col("label").str.extract(r"(\d{4})\D*$").cast(pl.Int32, strict=False))
    told = told.filter(pl.col("start").dt.year() != pl.col("end").dt.year()).drop_nulls("year")
    if not told.height:
        return {}
    by_start = (told["year"] == told["start"].dt.year()).all()
    return {"named_by": "start_year" if by_start else "end_year"}


def _pattern(start: date, periods: pl.DataFrame) -> str:
    """How the first quarter's weeks are cut into months; 445, the most usual, where no months are there."""
    months = periods.filter(pl.col("kind").is_in(["month", "period"]) & (pl.col("start") >= start)).sort(
        "start"
    )
    days = [(end - begin).days + 1 for begin, end in months.select("start", "end").head(3).iter_rows()]
    return PATTERNS.get(tuple(count // 7 for count in days), "445")
