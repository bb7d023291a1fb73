"""Rows that cannot be landed: which, why, and what would be accepted."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.plan import Cell, Plan
from orchestration.extracts.row_slices import filtered, row_hashes
from orchestration.extracts.typing_rows import AT, BadValue
from orchestration.shown_values import shortened, shown_length

QUARANTINED: Final = {
    "file": pl.String, "line": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String,
}  # fmt: skip


def no_problems() -> pl.DataFrame:
    """An empty frame of problems: AT, column, value, reason."""
    return pl.DataFrame(schema={AT: pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String})


def _problems(at: pl.Series, cell: Cell, values: pl.Series | None, reason: str) -> pl.DataFrame:
    text = pl.Series([None] * len(at), dtype=pl.String) if values is None else values
    value = pl.col("value")
    is_long = value.str.len_chars() > shown_length()
    return pl.DataFrame({AT: at, "value": text}).select(
        AT,
        pl.lit(cell.label).alias("column"),
        pl.when(is_long).then(value.str.slice(0, shown_length() - 3) + "...").otherwise(value).alias("value"),
        pl.lit(reason).alias("reason"),
    )


def bad_values(bad: BadValue) -> pl.DataFrame:
    """The problems of a cell's values that cannot be read."""
    return _problems(bad.rows[AT], bad.cell, bad.rows["text"], bad.reason)


def missing(rows: pl.DataFrame, bad: Sequence[BadValue], cell: Cell) -> pl.DataFrame:
    """The problems of rows in which a required cell is blank."""
    if not rows[cell.name].null_count():
        return no_problems()
    known = [each.rows[AT] for each in bad if each.cell.name == cell.name]
    at = rows.filter(pl.col(cell.name).is_null())[AT]
    at = at.filter(~at.is_in(pl.concat(known).implode())) if known else at
    return _problems(
        at, cell, None, f"is blank; accepted is a value in every row, as {cell.name.split('.')[1]} is needed"
    )


def repeated(
    rows: pl.DataFrame, is_set_aside: pl.Series, plan: Plan, cells: Sequence[Cell]
) -> tuple[pl.Series, pl.DataFrame]:
    """Rows that are exact copies of an earlier one, and all rows of a key that has different ones.

    Rows that are set aside are no copies of any. A row without any key makes nothing, and is neither.
    """
    names = [cell.name for cell in cells]
    key = [name for name in plan.row_key if name in names]
    nothing = pl.Series(AT, [], dtype=pl.Int64)
    if not key:
        return nothing, no_problems()
    hashes = row_hashes(rows, key)
    known = hashes.filter(~is_set_aside).sort()
    several = known.filter(known == known.shift())
    if not len(several):
        return nothing, no_problems()
    suspects = filtered(rows, hashes.is_in(several.implode()) & ~is_set_aside)
    suspects = suspects.filter(~pl.all_horizontal(pl.col(key).is_null()))
    groups = suspects.with_columns(
        pl.struct(names).n_unique().over(key).alias("_kinds"),
        pl.col(AT).min().over(key).alias("_first"),
    )
    copies = groups.filter((pl.col("_kinds") == 1) & (pl.col(AT) != pl.col("_first")))[AT]
    conflicting = groups.filter(pl.col("_kinds") > 1)
    shown = next(cell for cell in cells if cell.name == key[0])
    reason = "several different rows have this key; accepted is one, or exact copies"
    return copies, _problems(conflicting[AT], shown, conflicting[key[0]].cast(pl.String), reason)


def quarantined(
    in_quarantine: pl.DataFrame,
    lines: pl.Series,
    bounds: Sequence[int],
    broken: Sequence[tuple[int, BrokenLine]],
    names: Sequence[str],
) -> pl.DataFrame:
    """Problems and broken lines as they are kept: a row per value or line, named by file and line.

    `lines` are the rows' line numbers; the rows of file i are those from bounds[i] up to bounds[i + 1].
    """
    at = in_quarantine[AT]
    file = np.searchsorted(bounds, at.to_numpy(), side="right") - 1
    values = in_quarantine.with_columns(
        pl.Series(names, dtype=pl.String).gather(file).alias("file"), lines.gather(at).alias("line")
    ).select(*QUARANTINED)
    broken_lines = pl.DataFrame(
        [
            {
                "file": names[number],
                "line": line.line,
                "column": None,
                "value": shortened(line.text),
                "reason": line.reason,
            }
            for number, line in broken
        ],
        schema=QUARANTINED,
    )
    return pl.concat([values, broken_lines]).sort(
        "file", "line", "column", "reason", nulls_last=True, maintain_order=True
    )
