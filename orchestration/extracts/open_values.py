"""Texts whose meaning the rest of their column decides: order of dates, decimal sign, count of days."""

from typing import Final

import polars as pl

from orchestration.extracts import dates, numbers
from orchestration.extracts.counted_dates import COUNTS
from orchestration.extracts.entities import DAY, MOMENT, MONEY, NUMBER
from orchestration.extracts.mapping import DateOrder
from orchestration.extracts.plan import Cell, Plan

SAMPLE: Final = 1000  # where one of so many is open, all count as open
BOTH_ORDERS: Final[tuple[DateOrder, ...]] = ("dmy", "mdy")


def open_values(cell: Cell, texts: pl.Series, plan: Plan) -> pl.Series:
    """Which texts of a column would mean something else beside other rows."""
    if len(texts) > SAMPLE and _open(cell, texts.head(SAMPLE), plan).any():
        return pl.repeat(True, len(texts), eager=True)
    return _open(cell, texts, plan)


def _open(cell: Cell, texts: pl.Series, plan: Plan) -> pl.Series:
    never = pl.repeat(False, len(texts), eager=True)
    if cell.dtype in (MONEY, NUMBER):
        if plan.decimal:
            return never
        percent = 0.01 / (cell.scale or 1)
        return numbers.parsed_numbers(texts, "point", cell.dtype, percent).ne_missing(
            numbers.parsed_numbers(texts, "comma", cell.dtype, percent)
        )
    if cell.dtype not in (MOMENT, DAY):
        return never
    is_count = texts.str.contains("|".join(count.pattern for count in COUNTS))
    if plan.date_order:
        return is_count
    day_first, month_first = (_dated(cell, texts, plan, order) for order in BOTH_ORDERS)
    return is_count | day_first.ne_missing(month_first)


def _dated(cell: Cell, texts: pl.Series, plan: Plan, order: DateOrder) -> pl.Series:
    if cell.dtype == MOMENT:
        return dates.parsed_moments(texts, order, plan.zones, cell.whole_day)
    return dates.parsed_days(texts, order, plan.zones)
