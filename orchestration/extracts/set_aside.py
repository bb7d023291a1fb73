"""Lines that are set aside, as files to correct: each as it was, beside its file, its line and the reason."""

import csv
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import polars as pl

from orchestration.extracts.corrections import (
    FILE_COLUMN,
    LINE_COLUMN,
    Correction,
    Corrections,
    NameOf,
    as_line,
)
from orchestration.extracts.tables import LINE, Table, position_name

TEXT_COLUMN: Final = "as_it_was"
REASON_COLUMN: Final = "reason"
ENDING: Final = ".corrections.csv"


@dataclass(frozen=True)
class SetAside:
    """The lines of one file that are set aside; `rows` are texts in the order of `header`."""

    file: str
    header: tuple[str, ...]
    rows: pl.DataFrame


def lines_set_aside(
    tables: Sequence[Table],
    name_of: NameOf,
    quarantined: pl.DataFrame,
    before: pl.DataFrame,
    corrections: Corrections,
) -> list[SetAside]:
    """The lines of each file that has any, with those that were corrected before and their corrections.

    So the newest of these files always holds all that is to correct. `before` is what was set aside
    without the corrections.
    """
    reasons = _reasons(quarantined)
    lines = {file: set(of_line) for file, of_line in reasons.items()}
    for file, of_line in _reasons(before).items():
        if file in lines:
            lines[file] |= set(of_line)
    return [
        _set_aside(table, file, lines[file], reasons[file], corrections.of_file.get(file, {}))
        for table in tables
        if (file := name_of(Path(table.name))) in lines
    ]


def keep_set_aside(folder: Path, files: Iterable[SetAside]) -> None:
    """Replace what the folder of an extract holds by these files."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    written = False
    for each in files:
        parts = [part for part in PurePosixPath(each.file).parts if part not in ("..", "/")]
        path = partial.joinpath(*parts[:-1], parts[-1] + ENDING)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(each.header)
            each.rows.write_csv(file, include_header=False)
        written = True
    shutil.rmtree(folder, ignore_errors=True)
    if written:
        os.replace(partial, folder)


def _reasons(quarantined: pl.DataFrame) -> dict[str, dict[int, str]]:
    """Why each line of each file is set aside."""
    reasons: dict[str, dict[int, str]] = {}
    for file, line, column, reason in quarantined.select("file", "line", "column", "reason").iter_rows():
        told = f"{column} {reason}" if column else reason
        of_line = reasons.setdefault(file, {})
        of_line[line] = f"{of_line[line]}; {told}" if line in of_line else told
    return reasons


def _set_aside(
    table: Table,
    file: str,
    lines: set[int],
    reasons: Mapping[int, str],
    corrections: Mapping[int, Correction],
) -> SetAside:
    width = len(table.header)
    names = [position_name(position) for position in range(width)]
    found: dict[int, tuple[list[str | None], str]] = {}
    for block in table.lines(lines) if table.lines else table.blocks(range(width)):
        rows = block.rows.filter(pl.col(LINE).is_in(lines)).select(LINE, *names)
        found |= {line: (cells, as_line(cells)) for line, *cells in rows.iter_rows()}
        for broken in block.broken:
            if broken.line in lines:
                fields: list[str | None] = [*table.split(broken.text)[:width]]
                found[broken.line] = (fields + [None] * (width - len(fields)), broken.text)
    header = (FILE_COLUMN, LINE_COLUMN, *table.header, TEXT_COLUMN, REASON_COLUMN)
    content = [
        (
            file,
            str(line),
            *(corrections[line].cells if line in corrections else cells),
            text,
            reasons.get(line, "corrected"),
        )
        for line, (cells, text) in sorted(found.items())
    ]
    schema = [f"column_{number}" for number in range(len(header))]
    return SetAside(
        file, header, pl.DataFrame(content, schema=dict.fromkeys(schema, pl.String), orient="row")
    )
