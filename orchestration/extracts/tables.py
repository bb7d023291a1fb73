"""Any file of an extract as one kind of table: a header, and blocks of text columns with line numbers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.errors import ExtractError

LINE: Final = "_line"  # the line (or, in Parquet, the row) of the file on which a record begins, from 1
COMPRESSED: Final = (".gz", ".zst")
DELIMITED: Final = (".csv", ".tsv")
JSON_LINES: Final = (".jsonl", ".ndjson")
FORMATS: Final = (*DELIMITED, *JSON_LINES, ".parquet", ".xlsx")


@dataclass(frozen=True)
class Block:
    """Some records of a file.

    `rows` has the column LINE and one String column per wanted position of the header, named by
    `position_name`; `broken` are the lines between them that are no records.
    """

    rows: pl.DataFrame
    broken: Sequence[BrokenLine] = ()


@dataclass(frozen=True)
class Table:
    """One file: its header, and its blocks when asked for the columns at some positions."""

    path: Path
    header: tuple[str, ...]
    blocks: Callable[[Sequence[int]], Iterator[Block]]
    split: Callable[[str], list[str]] = lambda line: [line]  # fields of a broken line, as far as they go


def position_name(position: int) -> str:
    """The name that the column at this position of the header has in blocks."""
    return f"c{position}"


def file_format(path: Path) -> str | None:
    """The file's format by its name, such as .csv for deals.csv.gz; None for what is no data file."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in FORMATS else None


def file_stem(path: Path) -> str:
    """The file's name without format and compression."""
    name = path.name
    for ending in (*COMPRESSED, *FORMATS):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name


def open_table(path: Path) -> Table:
    """The table in a file.

    Raises:
        ExtractError: the file cannot be read as what its name says it is.
    """
    from orchestration.extracts.csv_tables import open_csv
    from orchestration.extracts.typed_files import open_json_lines, open_parquet, open_xlsx

    match file_format(path):
        case ".csv" | ".tsv":
            return open_csv(path)
        case ".jsonl" | ".ndjson":
            return open_json_lines(path)
        case ".parquet":
            return open_parquet(path)
        case ".xlsx":
            return open_xlsx(path)
    raise ExtractError(f"{path}: is no data file; accepted are {', '.join(FORMATS)}, plain or .gz or .zst")


def table_of_frame(path: Path, frame: pl.DataFrame, broken: Sequence[BrokenLine] = ()) -> Table:
    """A table whose records are all in memory, as text columns and LINE."""
    header = tuple(name for name in frame.columns if name != LINE)

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        columns = {position_name(position): frame[header[position]] for position in positions}
        yield Block(pl.DataFrame({LINE: frame[LINE], **columns}), broken)

    return Table(path, header, blocks)
