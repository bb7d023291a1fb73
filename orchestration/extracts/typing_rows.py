"""Texts of a file's rows to declared types: all at once where written plainly, the rest by distinct value.

Values that no plain reading takes are kept aside with their row until the whole column is known; then
they are read by the order of dates and the decimal sign that the column shows, or are bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from orchestration.extracts import dates, numbers
from orchestration.extracts.counted_dates import Count, shown_count
from orchestration.extracts.entities import COUNT, DAY, FLAG, MOMENT, MONEY, NUMBER, TEXT
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.mapping import DateOrder
from orchestration.extracts.open_values import open_values
from orchestration.extracts.plan import Cell, Plan
from orchestration.shown_values import shortened

AT: Final = "_at"  # index of a row among the rows of its table, all files together
EXAMPLE_ROWS: Final = 1000  # looked at for how a column is written
DATES: Final = (MOMENT, DAY)


@dataclass(frozen=True)
class BadValue:
    """Values of one cell that cannot be read, by row, and what would be accepted."""

    cell: Cell
    rows: pl.DataFrame  # AT, text
    reason: str


@dataclass
class TypedColumns:
    """The typed rows of a table, block by block, and the values kept aside."""

    blocks: list[pl.DataFrame] = field(default_factory=list)
    aside: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    height: int = 0
    has_open_values: bool = False  # whether the rest of a column decides what some value means
    leans_on_others: bool = False  # whether such a value was read

    def add(self, rows: pl.DataFrame, plan: Plan) -> None:
        """Take the rows of a block: those columns of a file that `plan` names."""
        texts = (
            rows.select(cell.text.alias(cell.name) for cell in plan.cells) if plan.cells else pl.DataFrame()
        )
        typed = texts.select(_fast(cell, texts[cell.name], plan).alias(cell.name) for cell in plan.cells)
        for cell in plan.cells:
            self.cells[cell.name] = cell
            is_free_text = cell.dtype == TEXT and not cell.accepted
            if is_free_text or texts[cell.name].null_count() == typed[cell.name].null_count():
                continue
            unread = typed[cell.name].is_null() & texts[cell.name].is_not_null()
            at = unread.arg_true().cast(pl.Int64)
            kept = pl.DataFrame({AT: at + self.height, "text": texts[cell.name].filter(unread)})
            self.aside.setdefault(cell.name, []).append(kept)
        self.blocks.append(typed)
        self.height += typed.height

    def finished(self, plan: Plan, file: str, table: str) -> tuple[pl.DataFrame, list[BadValue]]:
        """All rows, given up here, with every value read that can be, and those that cannot.

        Raises:
            ExtractError: nothing decides a column's date order or decimal sign.
        """
        rows = pl.concat(self.blocks, how="diagonal") if self.blocks else pl.DataFrame()
        self.blocks.clear()  # a large table is in memory once
        aside = {name: pl.concat(parts) for name, parts in self.aside.items()}
        is_date = [name for name in aside if self.cells[name].dtype in DATES]
        orders = _date_orders({name: aside[name] for name in is_date}, self.cells, plan, file, table)
        bad = []
        for name, kept in aside.items():
            cell = self.cells[name]
            distinct = kept["text"].unique()
            count = shown_count(kept["text"], rows[name].count()) if name in orders else None
            parsed = _parsed(cell, distinct, plan, orders.get(name, "ymd"), rows[name], file, table, count)
            is_open = open_values(cell, distinct, plan)
            self.has_open_values |= bool(is_open.any())
            self.leans_on_others |= bool((is_open & parsed.is_not_null()).any())
            known = pl.DataFrame({"text": distinct, "value": parsed})
            kept = kept.join(known, on="text", how="left", maintain_order="left")
            read = kept.filter(pl.col("value").is_not_null())
            if read.height:
                rows = rows.with_columns(rows[name].scatter(read[AT], read["value"]))
            unread = kept.filter(pl.col("value").is_null())
            if unread.height:
                bad.extend(_bad(cell, unread.select(AT, "text"), orders.get(name)))
        columns = rows.columns
        return (
            rows.with_columns(_finish(cell, columns) for cell in self.cells.values() if _is_reckoned(cell)),
            bad,
        )


def _fast(cell: Cell, text: pl.Series, plan: Plan) -> pl.Expr:
    column = pl.col(cell.name)
    if cell.dtype == DAY:
        return dates.fast_day(column)
    if cell.dtype == MOMENT:
        example = text.head(EXAMPLE_ROWS).drop_nulls()
        whole_day = cell.whole_day and len(example) and not dates.ISO_DAY.fullmatch(example[0])
        return dates.fast_moment(column, example[0] if len(example) and not whole_day else None, plan.zones)
    if cell.dtype == MONEY:
        return numbers.fast_amount(column, plan.decimal)
    if cell.dtype == NUMBER:
        return numbers.fast_number(column)
    if cell.dtype == COUNT:
        return numbers.fast_count(column)
    if cell.dtype == FLAG:
        return numbers.fast_flag(column)
    return pl.when(column.is_in(cell.accepted)).then(column) if cell.accepted else column


def _is_reckoned(cell: Cell) -> bool:
    return cell.inverse or cell.scale is not None or cell.only_if is not None


def _finish(cell: Cell, known: Sequence[str]) -> pl.Expr:
    value = pl.col(cell.name)
    if cell.inverse:
        value = pl.when(value != 0).then(1 / value).alias(cell.name)
    if cell.scale is not None:
        value = (
            (value * cell.scale).round(9) if cell.dtype == NUMBER else (value * cell.scale).cast(cell.dtype)
        )
    if cell.only_if is None:
        return value
    flag = pl.col(cell.only_if) if cell.only_if in known else pl.lit(False)
    return pl.when(flag).then(value).alias(cell.name)


def _bad(cell: Cell, unread: pl.DataFrame, order: DateOrder | None) -> list[BadValue]:
    """Values that cannot be read, by what would be accepted instead."""
    is_zoned = unread["text"].str.contains(dates.NAMED_ZONE) & (cell.dtype in DATES)
    parts = {dates.NO_NAMED_ZONE: unread.filter(is_zoned), _accepted(cell, order): unread.filter(~is_zoned)}
    return [BadValue(cell, rows, reason) for reason, rows in parts.items() if rows.height]


def _parsed(
    cell: Cell,
    texts: pl.Series,
    plan: Plan,
    order: DateOrder,
    read: pl.Series,
    file: str,
    table: str,
    count: Count | None,
) -> pl.Series:
    if cell.dtype == MOMENT:
        return dates.parsed_moments(texts, order, plan.zones, cell.whole_day, count)
    if cell.dtype == DAY:
        return dates.parsed_days(texts, order, plan.zones, count)
    if cell.dtype in (MONEY, NUMBER):
        has_decimals = bool((read.cast(pl.Float64).fill_null(0) % 1 != 0).any())
        try:
            decimal = plan.decimal or numbers.decided_decimal(texts, has_decimals)
        except numbers.UndecidedDecimalError as error:
            what = (
                "some values have a decimal point, some a comma, and it is open"
                if error.is_mixed
                else "nothing in the column tells"
            )
            raise ExtractError(
                f"{file}: column {cell.label}: {shortened(error.example)!r}: {what} which sign is decimal;"
                f" add `decimal: point` or `decimal: comma` to tables.{table} of the mapping"
            ) from None
        return numbers.parsed_numbers(texts, decimal, cell.dtype, percent=0.01 / (cell.scale or 1))
    return pl.Series([None] * len(texts), dtype=cell.dtype)


def _accepted(cell: Cell, order: DateOrder | None) -> str:
    if cell.accepted:
        return f"accepted are {listed(cell.accepted)}"
    if cell.dtype in DATES:
        shown = {"dmy": ", or 31/03/2026 with the day first", "mdy": ", or 03/31/2026 with the month first"}
        return (dates.ACCEPTED_MOMENT if cell.dtype == MOMENT else dates.ACCEPTED_DAY) + shown.get(
            order or "", ""
        )
    if cell.dtype == MONEY:
        return numbers.ACCEPTED_AMOUNT
    if cell.dtype == NUMBER:
        return numbers.ACCEPTED_NUMBER
    return numbers.ACCEPTED_FLAG if cell.dtype == FLAG else numbers.ACCEPTED_COUNT


def _date_orders(
    aside: dict[str, pl.DataFrame], cells: dict[str, Cell], plan: Plan, file: str, table: str
) -> dict[str, DateOrder]:
    """Each column's date order: the mapping's, else what its values or the file's other dates show."""
    if plan.date_order:
        return dict.fromkeys(aside, plan.date_order)
    orders: dict[str, DateOrder] = {}
    undecided: dict[str, str] = {}
    for name, kept in aside.items():
        day_first, month_first, both = dates.order_votes(kept["text"].unique(maintain_order=True))
        try:
            order = dates.decided_order(day_first, month_first, both)
        except dates.UndecidedOrderError as error:
            if error.is_mixed:
                raise _order_error(
                    cells[name], error.example, table, file, "some values are day first, some month first"
                ) from None
            undecided[name] = error.example
        else:
            if day_first or month_first:
                orders[name] = order
    shown: set[DateOrder] = set(orders.values())
    for name, example in undecided.items():
        if len(shown) != 1:
            raise _order_error(
                cells[name], example, table, file, "nothing in the column tells day from month"
            )
    common: Sequence[DateOrder] = list(shown) or ["dmy"]
    return {name: orders.get(name, common[0]) for name in aside}


def _order_error(cell: Cell, example: str, table: str, file: str, what: str) -> ExtractError:
    return ExtractError(
        f"{file}: column {cell.label}: {shortened(example)!r}: {what};"
        f" add `date_order: dmy` or `date_order: mdy` to tables.{table} of the mapping"
    )
