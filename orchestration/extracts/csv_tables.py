"""Delimited text as a table: polars parses the sound records, and the broken ones are named by line."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from orchestration.extracts.byte_streams import ByteSource, broken_positions, encoding_of, text_blocks
from orchestration.extracts.csv_lines import records_at
from orchestration.extracts.csv_records import LINE_FEED, BrokenLine, Positions, Records, scan
from orchestration.extracts.csv_shapes import CsvShape, shape_of, split_fields
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import LINE, Block, Table, position_name

NOT_UTF_8: Final = "bytes that are not UTF-8; accepted is one encoding all through"
SHOWN_NUL: Final = "\u2400".encode()
NULS: Final = "a run of NUL bytes, where text was lost when it was written; accepted is the whole line"
REPEATED_HEADER: Final = "repeats the header, as where files were joined; accepted is one, on the first line"


def open_csv(source: ByteSource) -> Table:
    """The table in a delimited text file; its first line that is not blank is the header.

    Raises:
        ExtractError: the file is empty, or its header is broken.
    """
    encoding = encoding_of(source)
    shape = shape_of(source.name, next(text_blocks(source, encoding), b""))

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        return _blocks(source.name, text_blocks(source, encoding), shape, positions)

    def split(line: str) -> list[str]:
        return split_fields(line.rstrip("\r\n"), shape.delimiter)

    def texts(lines: Collection[int]) -> Iterator[tuple[int, str]]:
        return records_at(text_blocks(source, encoding), shape.delimiter, lines)

    lies_as_it_is = encoding == "utf-8" and not (source.compression or source.member)
    own_shape = shape if lies_as_it_is else None
    return Table(source.path, source.name, shape.header, blocks, split, texts=texts, shape=own_shape)


def table_of_lines(table: Table, shape: CsvShape, text: bytes, lines: Positions) -> Table:
    """The table with some of its lines alone: `text` holds those at `lines` (from 0), the header's first."""

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        for block in _blocks(table.name, iter([text]), shape, positions):
            numbers = pl.Series(LINE, lines[block.rows[LINE].to_numpy() - 1] + 1, dtype=pl.Int64)
            broken = [replace(each, line=int(lines[each.line - 1]) + 1) for each in block.broken]
            yield Block(block.rows.with_columns(numbers), broken)

    def texts(wanted: Collection[int]) -> Iterator[tuple[int, str]]:
        found = scan(text, shape.delimiter, 1, is_last=True)
        feeds = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == LINE_FEED) + 1
        ends = dict(zip(found.lines.tolist(), found.ends.tolist(), strict=True))
        for place in np.searchsorted(lines, np.array(sorted(wanted), dtype=np.int64) - 1).tolist():
            start = int(feeds[place - 1]) if place else 0
            end = ends.get(place + 1, int(feeds[place]) if place < len(feeds) else len(text))
            yield int(lines[place]) + 1, text[start:end].decode("utf-8", "replace").rstrip("\r\n")

    return replace(table, blocks=blocks, texts=texts)


def _blocks(name: str, text: Iterator[bytes], shape: CsvShape, positions: Sequence[int]) -> Iterator[Block]:
    pending, line, follows_blank = b"", 1, False
    block = next(text, b"")
    while block or pending:
        following = next(text, b"")
        buffer = pending + block if pending else block
        records = scan(buffer, shape.delimiter, line, is_last=not following)
        sound, broken, follows_blank = _sound(buffer, records, shape, follows_blank)
        broken.extend(records.broken)
        rows = _parsed(name, buffer, records, sound, shape.delimiter, positions)
        yield Block(rows, sorted(broken, key=lambda each: each.line))
        pending, line, block = buffer[records.consumed :], records.next_line, following
        if not following:
            break


def _sound(
    buffer: bytes, records: Records, shape: CsvShape, follows_blank: bool
) -> tuple[Positions, list[BrokenLine], bool]:
    """Indexes of the records to parse, those that are broken, and whether the last is a blank line."""
    is_sound = records.fields == shape.fields
    is_row = records.lines > shape.header_line
    broken = []

    def set_aside(row: int, reason: str, is_after_blank: bool = False) -> None:
        line = buffer[records.starts[row] : records.ends[row]].replace(b"\0", SHOWN_NUL)
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        fields = int(records.fields[row])
        broken.append(BrokenLine(int(records.lines[row]), text, reason, fields, is_after_blank))
        is_sound[row] = False

    blank = -1 if follows_blank else -2  # the last record that is none
    for row in np.flatnonzero(is_row & (~is_sound | (records.ends - records.starts <= 2))).tolist():
        if not buffer[records.starts[row] : records.ends[row]].strip(b"\r\n"):
            is_sound[row] = False
            blank = row
        elif not is_sound[row]:
            reason = f"{records.fields[row]} fields; accepted are {shape.fields}, as in the header"
            set_aside(row, reason, is_after_blank=blank == row - 1)
    for reason, positions in ((NULS, _nul_positions(buffer)), (NOT_UTF_8, broken_positions(buffer))):
        for row in _rows_at(records, positions):
            if is_sound[row] and is_row[row]:
                set_aside(row, reason)
    for row in _repeated_headers(buffer, records, shape):
        if is_sound[row] and is_row[row]:
            set_aside(row, REPEATED_HEADER)
    return np.flatnonzero(is_sound & is_row), broken, blank == len(records.starts) - 1


def _nul_positions(buffer: bytes) -> list[int]:
    return np.flatnonzero(np.frombuffer(buffer, dtype=np.uint8) == 0).tolist() if b"\0" in buffer else []


def _rows_at(records: Records, positions: list[int]) -> list[int]:
    """The records in which these bytes stand."""
    if not positions or not len(records.starts):
        return []
    at = np.array(positions, dtype=np.int64)
    rows = np.searchsorted(records.starts, at, side="right") - 1
    found: list[int] = np.unique(rows[(rows >= 0) & (at < records.ends[rows])]).tolist()
    return found


def _repeated_headers(buffer: bytes, records: Records, shape: CsvShape) -> list[int]:
    """Records that are the header once more; few others have its length and the same three bytes of it."""
    header = shape.header_record
    surplus = records.ends - records.starts - len(header)  # the line's end
    alike = np.flatnonzero((surplus >= 0) & (surplus <= 2))
    if len(alike):
        content = np.frombuffer(buffer, dtype=np.uint8)
        for at in (0, len(header) // 2, len(header) - 1):
            alike = alike[content[records.starts[alike] + at] == header[at]]
    starts, ends = records.starts, records.ends
    return [row for row in alike.tolist() if buffer[starts[row] : ends[row]].rstrip(b"\r\n") == header]


def _parsed(
    name: str, buffer: bytes, records: Records, sound: Positions, delimiter: str, positions: Sequence[int]
) -> pl.DataFrame:
    schema = {position_name(position): pl.String for position in positions}
    if not len(sound):
        return pl.DataFrame(schema={LINE: pl.Int64, **schema})
    if not positions:
        return pl.DataFrame({LINE: records.lines[sound]})
    starts, ends = records.starts[sound], records.ends[sound]
    breaks = np.flatnonzero(starts[1:] != ends[:-1])
    runs = zip([starts[0], *starts[breaks + 1]], [*ends[breaks], ends[-1]], strict=True)
    text = b"".join(buffer[start:end] for start, end in runs)
    wanted = sorted(set(positions))
    try:
        rows = pl.read_csv(
            text,
            has_header=False,
            separator=delimiter,
            infer_schema=False,
            columns=wanted,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError as error:
        raise ExtractError(
            f"{name}: near line {records.lines[sound[0]]}: cannot be parsed: {error}"
        ) from error
    if rows.height != len(sound):
        raise ExtractError(
            f"{name}: near line {records.lines[sound[0]]}: of {len(sound)} records {rows.height} are parsed"
        )
    rows.columns = [position_name(position) for position in wanted]
    return rows.select(pl.Series(LINE, records.lines[sound], dtype=pl.Int64), pl.all())
