"""Tables of files that have no header line: the mapping names their columns, and the first line is a row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

import polars as pl

from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.csv_tables import REPEATED_HEADER
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.file_names import JSON, file_format
from orchestration.extracts.header_names import plain
from orchestration.extracts.tables import LINE, Block, Table, position_name

NAMED: Final = (*JSON, ".parquet")  # formats in which every value has a name


def with_columns(table: Table, columns: Sequence[str]) -> Table:
    """The table with these columns, and what was taken for its header as its first row.

    Raises:
        ExtractError: the file has another number of columns, or names them itself.
    """
    if file_format(PurePath(table.name.split("#")[0])) in NAMED:
        raise ExtractError(
            f"{table.name}: names its columns; `columns` is accepted for a file without a header"
        )
    if len(columns) != len(table.header):
        raise ExtractError(
            f"{table.name}: line 1: {len(table.header)} values ({listed(table.header, 12)}); accepted are"
            f" {len(columns)}, as the mapping names {listed(columns)}"
        )
    if list(map(plain, table.header)) == list(map(plain, columns)):
        return replace(table, header=tuple(columns))

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        lines = [1]
        for block in table.blocks(positions):
            lines += [line.line for line in block.broken if line.reason == REPEATED_HEADER]
            yield _with_first_row(block, table.header, lines, positions)
            lines = []
        if lines:
            yield _with_first_row(
                Block(pl.DataFrame(schema=_schema(positions))), table.header, lines, positions
            )

    return replace(table, header=tuple(columns), blocks=blocks)


def _schema(positions: Sequence[int]) -> dict[str, pl.DataType | type[pl.DataType]]:
    return {LINE: pl.Int64, **dict.fromkeys(map(position_name, positions), pl.String)}


def _with_first_row(
    block: Block, first: Sequence[str], lines: Sequence[int], positions: Sequence[int]
) -> Block:
    """The block with the file's first row, which stands on each of these lines."""
    if not lines:
        return block
    values = {position_name(at): first[at] or None for at in positions}
    rows = pl.DataFrame([{LINE: line, **values} for line in lines], schema=_schema(positions))
    broken: list[BrokenLine] = [each for each in block.broken if each.reason != REPEATED_HEADER]
    return Block(pl.concat([rows, block.rows.select(rows.columns)]).sort(LINE), broken)
