"""How a delimited text is written: its delimiter, header and number of fields, from its beginning."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from orchestration.extracts.csv_records import Records, scan
from orchestration.extracts.errors import ExtractError

DELIMITERS: Final = (",", ";", "\t", "|", "^", "~", "\x01", "\x1f")
SAMPLE_LINES: Final = 50
HEAD_BYTES: Final = 1 << 20  # in which the header ends
SEPARATOR_LINE: Final = re.compile(r'"?sep=([\x01-\x7e])"?[\x01-\x7e]*', re.IGNORECASE)  # as Excel reads it


@dataclass(frozen=True)
class CsvShape:
    """How a delimited text is written.

    `fields` may be one more than the header's, where every row ends with a delimiter.
    """

    delimiter: str
    header: tuple[str, ...]
    header_line: int
    header_record: bytes
    fields: int


def shape_of(name: str, first: bytes) -> CsvShape:
    """The shape of the text that begins so.

    Raises:
        ExtractError: it is empty, or its header is broken.
    """
    if not first.strip(b"\0 \t\r\n"):
        what = "holds NUL bytes alone" if first.strip() else "is empty"
        raise ExtractError(f"{name}: {what}; accepted is a header line, then a line for each row")
    head = first[:HEAD_BYTES]
    named = _named_delimiter(head)
    delimiter = named or _delimiter(head[: 1 << 16].decode("utf-8", "replace"))
    found = scan(head, delimiter, 1, is_last=len(head) == len(first))
    filled = [row for row in range(len(found.starts)) if _text(head, found, row).strip()][: SAMPLE_LINES + 2]
    filled = filled[1:] if named else filled
    if not filled or any(broken.line < found.lines[filled[0]] for broken in found.broken):
        raise ExtractError(
            f"{name}: line 1: the header is no sound line of names, divided by one of , ; tab |"
        )
    line = int(found.lines[filled[0]])
    record = _text(head, found, filled[0])
    header = tuple(field.strip() for field in split_fields(record.decode("utf-8", "replace"), delimiter))
    if not any(header):
        raise ExtractError(f"{name}: line {line}: the header names no column")
    rows = [(_text(head, found, row), int(found.fields[row])) for row in filled[1:]]
    end = delimiter.encode()
    if rows and not header[-1] and all(fields == len(header) - 1 for _, fields in rows):
        header = header[:-1]
    is_longer = rows and all(fields == len(header) + 1 and text.endswith(end) for text, fields in rows)
    return CsvShape(delimiter, header, line, record, len(header) + 1 if is_longer else len(header))


def _text(buffer: bytes, records: Records, row: int) -> bytes:
    return buffer[records.starts[row] : records.ends[row]].strip(b"\r\n")


def _named_delimiter(head: bytes) -> str | None:
    first = head.lstrip(b"\r\n").split(b"\n", 1)[0].strip(b"\r").decode("utf-8", "replace")
    found = SEPARATOR_LINE.fullmatch(first)
    return found[1] if found else None


def _delimiter(sample: str) -> str:
    """The candidate that divides most lines as often as the first one; of those the most frequent."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in sample.split("\n") if line.strip()][:SAMPLE_LINES]

    def fitness(candidate: str) -> tuple[float, int]:
        counts = Counter(line.count(candidate) for line in lines)
        first = lines[0].count(candidate) if lines else 0
        return (counts[first] / len(lines) if first else 0.0, first)

    return max(DELIMITERS, key=fitness)


def split_fields(line: str, delimiter: str) -> list[str]:
    """The fields of a line; none where it is too broken to tell."""
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []
