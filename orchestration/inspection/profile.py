"""The profile of each file: its rows and what every column holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from orchestration.extracts.byte_streams import encoding_of, text_blocks
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import LINE, Table, file_format, position_name
from orchestration.inspection.column_values import ColumnValues
from orchestration.inspection.kinds import Kind, Reading, reading

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
PIECE: Final = 200_000  # rows of a block looked at together


@dataclass(frozen=True)
class ColumnProfile:
    """One column: its values and what they are."""

    name: str
    position: int
    values: ColumnValues
    reading: Reading
    is_unique: bool

    @property
    def kind(self) -> Kind:
        """What kind of values the column holds."""
        return self.reading.kind

    @property
    def distinct(self) -> int:
        """How many distinct values the sample holds; all of them where it is whole."""
        return self.values.rows if self.is_unique else self.values.sample.height

    @property
    def texts(self) -> list[str]:
        """The distinct values of the sample, the most frequent first."""
        counted = self.values.sample.sort("len", descending=True, maintain_order=True)
        return counted["text"].to_list()


@dataclass(frozen=True)
class FileProfile:
    """One table of the folder."""

    table: Table
    name: str
    rows: int
    broken: int
    written: str  # format, encoding and delimiter
    columns: tuple[ColumnProfile, ...]

    def column(self, name: str) -> ColumnProfile:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def keys(self) -> list[ColumnProfile]:
        """Columns in which every row has a value of its own."""
        return [column for column in self.columns if column.is_unique]


def profile(table: Table, name: str) -> FileProfile:
    """What a file holds, read once from beginning to end.

    Raises:
        ExtractError: the file cannot be read.
    """
    positions = range(len(table.header))
    columns = [ColumnValues(table.header[position]) for position in positions]
    rows = broken = 0
    for block in table.blocks(list(positions)):
        rows += block.rows.height
        broken += len(block.broken)
        for piece in block.rows.iter_slices(PIECE):
            for position, values in enumerate(columns):
                values.add(piece[position_name(position)].cast(pl.String), piece[LINE])
    return FileProfile(
        table=table,
        name=name,
        rows=rows,
        broken=broken,
        written=_written(table),
        columns=tuple(
            ColumnProfile(values.name, position, values, reading(values), values.is_unique)
            for position, values in enumerate(columns)
        ),
    )


def clear_columns(header: Sequence[str]) -> set[int]:
    """Positions of columns that a mapping can name: not empty, no constant, and no other of that name."""
    from orchestration.extracts.recognition import plain

    spelt = [plain(name) for name in header]
    return {
        at
        for at, name in enumerate(header)
        if spelt[at] and not name.startswith("=") and spelt.count(spelt[at]) == 1
    }


def _written(table: Table) -> str:
    ending = (file_format(table.path) or "").removeprefix(".").upper()
    if ending not in ("CSV", "TSV", "TXT"):
        return ending
    try:
        encoding = encoding_of(table.path)
        first = next(text_blocks(table.path), b"")[: 1 << 16].decode("utf-8", "replace")
    except (ExtractError, OSError, UnicodeError):
        return ending
    line = next((line for line in first.split("\n") if line.strip()), "")
    divider = max(DELIMITERS, key=lambda sign: line.count(sign) >= len(table.header) - 1 and line.count(sign))
    shown = f", divided by {DELIMITERS[divider]}" if len(table.header) > 1 else ""
    return f"{ending}, {encoding.upper().replace('CP1252', 'Windows-1252')}{shown}"
