"""The profile of each file: its rows and what every column holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import polars as pl

from orchestration.extracts.byte_streams import ByteSource, encoding_of, text_blocks
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.file_names import DELIMITED, ZIP, file_format
from orchestration.extracts.header_names import plain
from orchestration.extracts.tables import LINE, Table, position_name
from orchestration.inspection.column_values import ColumnValues
from orchestration.inspection.kinds import Kind, Reading, reading, settled
from orchestration.inspection.names import is_personal

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
NO_NAMES: Final = ("date", "moment", "amount", "share", "flag")  # kinds of values that name nobody
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
    def is_named_like_a_value(self) -> bool:
        """Whether its name is one of its values, or a date or number as they are."""
        is_measured = self.kind in ("date", "moment", "number", "amount")
        seen = self.values.sample["text"].head(500)
        return self.name in seen or (is_measured and not re.search("[a-zA-Z]", self.name))

    def is_personal(self, file: str) -> bool:
        """Whether its values, in a file of this name, are names or addresses of people."""
        return self.kind not in NO_NAMES and is_personal(self.name, file)

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

    @property
    def is_headerless(self) -> bool:
        """Whether the names of columns look like the values below: then the file has no header line."""
        alike = sum(column.is_named_like_a_value for column in self.columns)
        return alike * 2 >= len(self.columns)


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
    readings = settled([reading(values) for values in columns])
    return FileProfile(
        table=table,
        name=name,
        rows=rows,
        broken=broken,
        written=_written(table),
        columns=tuple(
            ColumnProfile(values.name, position, values, found, values.is_unique)
            for position, (values, found) in enumerate(zip(columns, readings, strict=True))
        ),
    )


def clear_columns(header: Sequence[str]) -> set[int]:
    """Positions of columns that a mapping can name: not empty, no constant, and no other of that name."""
    spelt = [plain(name) for name in header]
    return {
        at
        for at, name in enumerate(header)
        if spelt[at] and not name.startswith("=") and spelt.count(spelt[at]) == 1
    }


def _written(table: Table) -> str:
    """How a file is written: its format, and of text its encoding and delimiter."""
    ending = file_format(PurePath(table.name.partition("#")[0])) or ""
    told = ending.removeprefix(".").upper()
    if ending not in DELIMITED or file_format(table.path) == ZIP:
        return told
    source = ByteSource(table.path, table.name)
    try:
        encoding = encoding_of(source)
        first = next(text_blocks(source, encoding), b"")[: 1 << 16].decode("utf-8", "replace")
    except (ExtractError, OSError, UnicodeError):
        return told
    line = next((line for line in first.split("\n") if line.strip()), "")
    divider = max(DELIMITERS, key=line.count)
    shown = f", divided by {DELIMITERS[divider]}" if len(table.header) > 1 else ""
    return f"{told}, {encoding.upper().replace('CP1252', 'Windows-1252')}{shown}"
