"""Corrections of single lines: files that a person drops beside an extract's own, laid over them by line."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.table_rows import FileAccount
from orchestration.extracts.tables import LINE, Block, Table, position_name
from orchestration.shown_values import shortened

FILE_COLUMN: Final = "corrects_file"
LINE_COLUMN: Final = "corrects_line"
CORRECTIONS: Final = "(corrections)"  # entity of such a file: its rows are counted in the file they correct
LEFT_OUT: Final = "left out by a correction"

NameOf = Callable[[Path], str]


@dataclass(frozen=True)
class Correction:
    """The cells that replace those of one line; none of them filled means that the line is left out."""

    place: str  # where it is written, for people
    cells: tuple[str | None, ...]

    @property
    def leaves_out(self) -> bool:
        """Whether the line is to be left out."""
        return not any(self.cells)


@dataclass(frozen=True)
class Corrections:
    """All corrections of an extract, by file and line."""

    of_file: Mapping[str, Mapping[int, Correction]] = field(default_factory=dict)
    accounts: tuple[FileAccount, ...] = ()

    def laid_over(self, tables: Sequence[Table], name_of: NameOf) -> list[Table]:
        """The tables with corrected lines in the place of those that they correct."""
        return [
            _laid_over(table, corrections)
            if (corrections := self.of_file.get(name_of(Path(table.name))))
            else table
            for table in tables
        ]

    def refuse_sound(self, quarantined: pl.DataFrame) -> None:
        """Make sure that each corrected line is set aside without its correction.

        Raises:
            ExtractError: one is not, or does not exist.
        """
        for file, corrections in self.of_file.items():
            lines = sorted(set(quarantined.filter(pl.col("file") == file)["line"]))
            for line, correction in corrections.items():
                if line not in lines:
                    accepted = f"set aside are {listed(lines)}" if lines else "nothing of it is set aside"
                    raise ExtractError(
                        f"{correction.place}: line {line} of {file} is not set aside, so nothing is to"
                        f" correct; {accepted}"
                    )


def taken_out(opened: Sequence[Table], name_of: NameOf) -> tuple[list[Table], Corrections]:
    """The tables that hold data, and what the others correct in them.

    Raises:
        ExtractError: a correction does not say plainly what it corrects.
    """
    data = [table for table in opened if not _is_corrections(table)]
    files = {name_of(Path(table.name)): table for table in data}
    of_file: dict[str, dict[int, Correction]] = defaultdict(dict)
    accounts = []
    for table in opened:
        if not _is_corrections(table):
            continue
        for file, line, correction in _corrections(table, files):
            if other := of_file[file].get(line):
                raise ExtractError(
                    f"{correction.place}: line {line} of {file} is corrected a second time, after"
                    f" {other.place}; once is accepted"
                )
            of_file[file][line] = correction
        accounts.append(FileAccount(name_of(Path(table.name)), CORRECTIONS, 0, 0, 0, 0))
    return data, Corrections(of_file, tuple(accounts))


def _is_corrections(table: Table) -> bool:
    return tuple(name.strip().lower() for name in table.header[:2]) == (FILE_COLUMN, LINE_COLUMN)


def _corrections(table: Table, files: Mapping[str, Table]) -> Iterator[tuple[str, int, Correction]]:
    """File, line and correction of each row."""
    for block in table.blocks(range(len(table.header))):
        for broken in block.broken:
            raise ExtractError(f"{table.name}: line {broken.line}: {broken.reason}")
        for number, file, line, *cells in block.rows.select(
            LINE, *map(position_name, range(len(table.header)))
        ).iter_rows():
            place = f"{table.name}: line {number}"
            if file not in files:
                raise ExtractError(
                    f"{place}: column {FILE_COLUMN}: there is no file {shortened(file)};"
                    f" accepted are {listed(sorted(files))}"
                )
            header = files[file].header
            if table.header[2 : 2 + len(header)] != header:
                raise ExtractError(
                    f"{table.name}: line 1: the columns are {listed(table.header[2:])};"
                    f" accepted are those of {file}: {listed(header)}"
                )
            if not str(line).strip().isdecimal():
                raise ExtractError(
                    f"{place}: column {LINE_COLUMN}: {shortened(line)} is no number of a line;"
                    " accepted is one such as 12"
                )
            own = tuple(cell or None for cell in cells[: len(header)])
            yield file, int(line), Correction(place, own)


def _laid_over(table: Table, corrections: Mapping[int, Correction]) -> Table:
    left_out: dict[
        str, list[str]
    ] = {}  # fields of the lines that are left out, by the text that stands for them

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        return (
            _corrected(block, table, positions, corrections, left_out) for block in table.blocks(positions)
        )

    def split(text: str) -> list[str]:
        return left_out[text] if text in left_out else table.split(text)

    return replace(table, blocks=blocks, split=split)


def _corrected(
    block: Block,
    table: Table,
    positions: Sequence[int],
    corrections: Mapping[int, Correction],
    left_out: dict[str, list[str]],
) -> Block:
    """The block with the corrections of its lines."""
    is_corrected = pl.col(LINE).is_in(list(corrections))
    sound = block.rows.filter(is_corrected)
    texts = {broken.line: broken.text for broken in block.broken if broken.line in corrections}
    names = [position_name(position) for position in sorted(set(positions))]
    for line, *cells in sound.select(LINE, *names).iter_rows():
        fields = [""] * len(table.header)
        for position, cell in zip(sorted(set(positions)), cells, strict=True):
            fields[position] = cell or ""
        texts[line] = as_line(fields)
        left_out[texts[line]] = fields
    if not texts:
        return block
    added = [
        {LINE: line} | {name: corrections[line].cells[int(name[1:])] for name in names}
        for line in texts
        if not corrections[line].leaves_out
    ]
    schema = {LINE: pl.Int64, **dict.fromkeys(names, pl.String)}
    rows = pl.concat([block.rows.filter(~is_corrected).select(*schema), pl.DataFrame(added, schema=schema)])
    broken = [each for each in block.broken if each.line not in corrections]
    broken += [BrokenLine(line, texts[line], LEFT_OUT) for line in texts if corrections[line].leaves_out]
    return Block(rows.sort(LINE, maintain_order=True), tuple(sorted(broken, key=lambda each: each.line)))


def as_line(fields: Sequence[str | None]) -> str:
    """The fields as a line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow([field or "" for field in fields])
    return text.getvalue()
