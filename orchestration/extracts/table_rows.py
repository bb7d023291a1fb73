"""The rows of one table of an extract, all its files together: sound ones typed, the others named."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.plan import Plan
from orchestration.extracts.quarantine import bad_values, missing, no_problems, quarantined, repeated
from orchestration.extracts.row_slices import filtered
from orchestration.extracts.tables import LINE, Table, position_name
from orchestration.extracts.typing_rows import AT, TypedColumns


@dataclass(frozen=True)
class FileAccount:
    """What became of the rows of a file: rows in = landed + quarantined + duplicate.

    Its landed rows have the numbers `first_row` up to, but without, `next_row` in the extract.
    """

    file: str
    entity: str
    rows_in: int
    rows_landed: int
    rows_quarantined: int
    rows_duplicate: int
    first_row: int = 0
    next_row: int = 0

    def __post_init__(self) -> None:
        accounted = self.rows_landed + self.rows_quarantined + self.rows_duplicate
        if self.rows_in != accounted:
            raise AssertionError(
                f"{self.file}: {self.rows_in} rows came in and {accounted} are accounted for"
            )


@dataclass(frozen=True)
class TableRows:
    """Sound rows as typed cells with AT, quarantined values, and what is readable of quarantined rows."""

    rows: pl.DataFrame
    quarantined: pl.DataFrame
    unlanded: pl.DataFrame
    accounts: list[FileAccount]
    height: int
    has_open_values: bool = False  # whether the rest of a column decides what some value means
    leans_on_others: bool = False  # whether such a value was read


def read_rows(
    tables: Sequence[Table],
    plans: Sequence[Plan],
    names: Sequence[str],
    table: str,
    entity: str,
    first_row: int,
) -> TableRows:
    """The rows of the files that are one table of a mapping; `names` stand for them in the quarantine."""
    typed = TypedColumns()
    lines = [pl.Series(LINE, [], dtype=pl.Int64)]
    broken: list[tuple[int, BrokenLine]] = []
    unreadable = TypedColumns()
    bounds = [0]
    for number, (each, plan) in enumerate(zip(tables, plans, strict=True)):
        for block in each.blocks(plan.positions):
            typed.add(block.rows, plan)
            lines.append(block.rows[LINE])
            broken.extend((number, line) for line in block.broken)
            if block.broken:
                unreadable.add(_as_far_as_readable(block.broken, each, plan), plan)
        bounds.append(typed.height)
    rows, unread = typed.finished(plans[0], names[0], table)
    bad = [each for each in unread if not each.cell.is_lenient]
    cells = [cell for cell in typed.cells.values() if not cell.is_lenient]
    rows = rows.with_columns(pl.int_range(typed.height, dtype=pl.Int64).alias(AT))
    problems = [
        *(bad_values(each) for each in bad),
        *(missing(rows, bad, cell) for cell in cells if cell.is_required),
    ]
    problems = [problem for problem in problems if problem.height]
    in_quarantine = pl.concat([no_problems(), *problems]).unique(
        [AT, "column", "value"], keep="first", maintain_order=True
    )  # one value may be read as several cells
    copies, conflicts = repeated(rows, _is_one_of(rows.height, in_quarantine[AT]), plans[0], cells)
    in_quarantine = pl.concat([in_quarantine, conflicts])
    is_held = _is_one_of(rows.height, in_quarantine[AT])
    unlanded = filtered(rows, is_held) if in_quarantine.height else rows.clear()
    if unreadable.height:
        unlanded = pl.concat([unlanded, pl.concat(unreadable.blocks, how="diagonal")], how="diagonal")
    is_sound = ~(is_held | _is_one_of(rows.height, copies))
    columns = rows.with_columns((rows[AT] + first_row).alias(AT)).get_columns()
    del rows  # becomes the sound rows column by column: a large table is in memory once
    sound = pl.DataFrame([columns.pop(0).filter(is_sound) for _ in range(len(columns))])
    return TableRows(
        rows=sound,
        quarantined=quarantined(in_quarantine, pl.concat(lines), bounds, broken, names),
        unlanded=unlanded,
        accounts=_accounts(names, entity, bounds, first_row, broken, in_quarantine, copies),
        height=typed.height,
        has_open_values=typed.has_open_values,
        leans_on_others=typed.leans_on_others,
    )


def _is_one_of(height: int, numbers: pl.Series) -> pl.Series:
    """Which of the rows from 0 have one of these numbers."""
    mask = np.zeros(height, dtype=np.bool_)
    mask[numbers.to_numpy()] = True
    return pl.Series(mask)


def _as_far_as_readable(broken: Sequence[BrokenLine], table: Table, plan: Plan) -> pl.DataFrame:
    """The fields of broken lines by position: their key may tell which row is unreadable, not absent."""
    fields = [table.split(line.text) for line in broken]
    return pl.DataFrame(
        {
            position_name(position): [row[position] if position < len(row) else None for row in fields]
            for position in plan.positions
        },
        schema=dict.fromkeys(map(position_name, plan.positions), pl.String),
    )


def _accounts(
    names: Sequence[str],
    entity: str,
    bounds: Sequence[int],
    first_row: int,
    broken: Sequence[tuple[int, BrokenLine]],
    in_quarantine: pl.DataFrame,
    copies: pl.Series,
) -> list[FileAccount]:
    set_aside = in_quarantine[AT].unique()
    accounts = []
    for number, name in enumerate(names):
        start, stop = bounds[number], bounds[number + 1]
        lines = sum(file == number for file, _ in broken)
        held = int(set_aside.is_between(start, stop, closed="left").sum()) + lines
        duplicate = int(copies.is_between(start, stop, closed="left").sum())
        rows_in = stop - start + lines
        accounts.append(
            FileAccount(
                name,
                entity,
                rows_in,
                rows_in - held - duplicate,
                held,
                duplicate,
                first_row + start,
                first_row + stop,
            )
        )
    return accounts
