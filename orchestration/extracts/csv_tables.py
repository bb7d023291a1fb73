"""Delimited text as a table: polars parses the sound records, and the broken ones are named by line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from orchestration.extracts.byte_streams import ByteSource, broken_positions, encoding_of, text_blocks
from orchestration.extracts.csv_records import BrokenLine, Positions, Records, scan
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import LINE, Block, Table, position_name

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE_LINES: Final = 50
NOT_UTF_8: Final = "bytes that are not UTF-8; accepted is one encoding all through"
HEAD_BYTES: Final = 1 << 20  # in which the header ends


def open_csv(source: ByteSource) -> Table:
    """The table in a delimited text file; its first line that is not blank is the header.

    Raises:
        ExtractError: the file is empty, or its header is broken.
    """
    encoding = encoding_of(source)
    first = next(text_blocks(source, encoding), b"")
    if not first.strip():
        raise ExtractError(f"{source.name}: is empty; accepted is a header line, then a line for each row")
    delimiter = _delimiter(first[: 1 << 16].decode("utf-8", "replace"))
    head = first[:HEAD_BYTES]
    found = scan(head, delimiter, 1, is_last=len(head) == len(first))
    row = next((row for row in range(len(found.starts)) if _is_filled(head, found, row)), None)
    if row is None or any(broken.line < found.lines[row] for broken in found.broken):
        raise ExtractError(
            f"{source.name}: line 1: the header is no sound line of names, divided by one of , ; tab |"
        )
    record = head[found.starts[row] : found.ends[row]].decode("utf-8", "replace")
    header = tuple(name.strip() for name in _split(record, delimiter))
    if not any(header):
        raise ExtractError(f"{source.name}: line 1: the header names no column")

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        return _blocks(source, encoding, delimiter, len(header), positions)

    return Table(source.path, source.name, header, blocks, lambda line: _split(line, delimiter))


def _delimiter(sample: str) -> str:
    """The candidate that divides most lines as often as the first one; of those the most frequent."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in sample.split("\n") if line.strip()][:SAMPLE_LINES]

    def fitness(candidate: str) -> tuple[float, int]:
        counts = Counter(line.count(candidate) for line in lines)
        first = lines[0].count(candidate)
        return (counts[first] / len(lines) if first else 0.0, first)

    return max(DELIMITERS, key=fitness)


def _split(line: str, delimiter: str) -> list[str]:
    """The fields of a line; none where it is too broken to tell."""
    try:
        return next(csv.reader(io.StringIO(line.rstrip("\r\n")), delimiter=delimiter), [])
    except csv.Error:
        return []


def _is_filled(buffer: bytes, records: Records, row: int) -> bool:
    return bool(buffer[records.starts[row] : records.ends[row]].strip())


def _blocks(
    source: ByteSource, encoding: str, delimiter: str, field_count: int, positions: Sequence[int]
) -> Iterator[Block]:
    pending, line, header_seen = b"", 1, False
    text = text_blocks(source, encoding)
    block = next(text, b"")
    while block or pending:
        following = next(text, b"")
        buffer = pending + block if pending else block
        records = scan(buffer, delimiter, line, is_last=not following)
        sound, broken = _sound(buffer, records, field_count, skip_header=not header_seen)
        header_seen = header_seen or len(records.starts) > 0
        broken.extend(records.broken)
        rows = _parsed(source.name, buffer, records, sound, delimiter, positions)
        yield Block(rows, sorted(broken, key=lambda each: each.line))
        pending, line, block = buffer[records.consumed :], records.next_line, following
        if not following:
            break


def _sound(
    buffer: bytes, records: Records, field_count: int, skip_header: bool
) -> tuple[Positions, list[BrokenLine]]:
    """Indexes of the records to parse, and those that are broken; blank lines are neither."""
    is_sound = records.fields == field_count
    suspicious = np.flatnonzero(~is_sound | (records.ends - records.starts <= 2))
    broken = []
    for row in suspicious:
        text = buffer[records.starts[row] : records.ends[row]]
        if not text.strip(b"\r\n"):
            is_sound[row] = False
        elif not is_sound[row]:
            reason = f"{records.fields[row]} fields; accepted are {field_count}, as in the header"
            broken.append(_broken(records, row, text, reason))
    positions = np.array(broken_positions(buffer[: records.consumed]), dtype=np.int64)
    rows = np.searchsorted(records.starts, positions, side="right") - 1
    for row in np.unique(
        rows[(rows >= 0) & (positions < records.ends[rows])] if len(records.ends) else rows[:0]
    ):
        if is_sound[row]:
            text = buffer[records.starts[row] : records.ends[row]]
            broken.append(_broken(records, row, text, NOT_UTF_8))
            is_sound[row] = False
    sound = np.flatnonzero(is_sound)
    if skip_header and len(records.starts):
        header = next(row for row in range(len(records.starts)) if _is_filled(buffer, records, row))
        sound = sound[sound != header]
        broken = [each for each in broken if each.line != records.lines[header]]
    return sound, broken


def _broken(records: Records, row: np.signedinteger[Any], text: bytes, reason: str) -> BrokenLine:
    return BrokenLine(int(records.lines[row]), text.decode("utf-8", "replace").rstrip("\r\n"), reason)


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
