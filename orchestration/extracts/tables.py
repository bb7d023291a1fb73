"""Any file of an extract as tables of one kind: a header, and blocks of text columns with line numbers."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Final

import polars as pl

from orchestration.extracts.byte_streams import ByteSource
from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.csv_shapes import CsvShape
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.file_names import (
    DELIMITED,
    FORMATS,
    JSON,
    WORKBOOKS,
    ZIP,
    file_format,
    file_stem,
)
from orchestration.extracts.zip_members import zip_members

LINE: Final = "_line"  # the line of the file on which a record begins, from 1; in Parquet and JSON its number
COLUMNS: Final = 5_000  # of a table at most


@dataclass(frozen=True)
class Block:
    """Some records of a table.

    `rows` has the column LINE and one String column per wanted position of the header, named by
    `position_name`; `broken` are the lines between them that are no records.
    """

    rows: pl.DataFrame
    broken: Sequence[BrokenLine] = ()


@dataclass(frozen=True)
class Table:
    """A table in a file: its header, and its blocks when asked for the columns at some positions.

    `name` is how people are told of it: the path of the file, for one in a zip export.zip/deals.csv, for a
    sheet or a nested list book.xlsx#deals. `stems` are the words by which a mapping may know it. `texts`
    gives the records that begin on some lines as they stand there, where that takes no reading of the others.
    `shape` is that of delimited text which lies in its file as it is: in UTF-8, and not packed.
    """

    path: Path
    name: str
    header: tuple[str, ...]
    blocks: Callable[[Sequence[int]], Iterator[Block]]
    split: Callable[[str], list[str]] = lambda line: [line]  # fields of a broken line, as far as they go
    stems: tuple[str, ...] = field(default=())
    texts: Callable[[Collection[int]], Iterator[tuple[int, str]]] | None = None
    shape: CsvShape | None = None

    def __post_init__(self) -> None:
        if len(self.header) > COLUMNS:
            raise ExtractError(f"{self.name}: has {len(self.header):,} columns; accepted are {COLUMNS:,}")
        if not self.stems:
            object.__setattr__(self, "stems", (file_stem(PurePath(self.name)),))


def position_name(position: int) -> str:
    """The name that the column at this position of the header has in blocks."""
    return f"c{position}"


def open_tables(path: Path) -> list[Table]:
    """The tables in a file: one for most, several for a zip, a workbook or nested JSON.

    Raises:
        ExtractError: the file cannot be read as what its name says it is.
    """
    sources = zip_members(path) if file_format(path) == ZIP else [ByteSource(path, str(path))]
    return [table for source in sources for table in _opened(source)]


def _opened(source: ByteSource) -> list[Table]:
    from orchestration.extracts.csv_tables import open_csv
    from orchestration.extracts.json_tables import open_json
    from orchestration.extracts.parquet_tables import open_parquet
    from orchestration.extracts.workbooks import open_workbook

    kind = file_format(PurePath(source.name))
    if kind in DELIMITED:
        return [open_csv(source)]
    if kind in JSON:
        return open_json(source)
    if kind == ".parquet":
        return [open_parquet(source)]
    if kind in WORKBOOKS:
        return open_workbook(source)
    raise ExtractError(
        f"{source.name}: is no data file; accepted are {', '.join(FORMATS)}, plain or .gz or .zst"
    )


def table_of_frame(
    source: ByteSource,
    header: Sequence[str],
    frame: pl.DataFrame,
    broken: Sequence[BrokenLine] = (),
    sheet: str = "",
    is_first: bool = True,
) -> Table:
    """A table whose records are all in memory: LINE and the columns by position.

    `sheet` is given where the file has several tables; the first of them may go by the file's name too.
    """

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        yield Block(frame.select(LINE, *map(position_name, positions)), broken)

    stem = file_stem(PurePath(source.name))
    if not sheet:
        return Table(source.path, source.name, tuple(header), blocks)
    stems = (f"{stem}#{sheet}", sheet, *([stem] if is_first else []))
    return Table(source.path, f"{source.name}#{sheet}", tuple(header), blocks, stems=stems)
