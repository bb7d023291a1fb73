"""Where the records of a delimited text begin and end: what makes line numbers true and ragged rows seen.

polars fills a short row with nulls and fails on a long one without its line, so the structure is scanned
first and polars parses only what is sound.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

QUOTE: Final = ord('"')
LINE_FEED: Final = ord("\n")
CARRIAGE_RETURN: Final = ord("\r")
WINDOW_BYTES: Final = 1 << 20  # scanned at once: fits the cache, and a broken quote costs one rescan of it
LONGEST_RECORD_BYTES: Final = 8 << 20  # beyond this a quote counts as never closed

SHOWN_BYTES: Final = 1 << 16  # of a broken line: enough for the fields that tell which row it is

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BrokenLine:
    """A line that is no sound record: its number in the file, its text and what is wrong with it."""

    line: int
    text: str
    reason: str
    fields: int = 1
    is_after_blank: bool = False


@dataclass
class Records:
    """The records found in a buffer: byte ranges, line numbers and counts of fields, in order."""

    starts: Positions
    ends: Positions  # after the line feed
    lines: Positions
    fields: Positions
    broken: list[BrokenLine] = field(default_factory=list)
    consumed: int = 0  # bytes; what follows is the beginning of a record
    next_line: int = 1


def scan(buffer: bytes, delimiter: str, first_line: int, is_last: bool) -> Records:
    """The records of `buffer`, which starts at a record's start in line `first_line`.

    A line with a quote that nothing closes, or that stands inside a field without quotes, is broken;
    the scan goes on at the next line.
    """
    found: list[tuple[Positions, Positions, Positions, Positions]] = []
    broken: list[BrokenLine] = []
    position, line, window = 0, first_line, WINDOW_BYTES
    while position < len(buffer):
        end = min(position + window, len(buffer))
        at_end = end == len(buffer)
        structure = _structure(buffer, position, end, delimiter, line, closes=at_end and is_last)
        found.append(structure.ranges)
        position, line = structure.next_start, structure.next_line
        if structure.problem or (not structure.count and window >= LONGEST_RECORD_BYTES):
            stop = buffer.find(b"\n", position) + 1 or len(buffer)
            is_long = stop - position > LONGEST_RECORD_BYTES
            reason = structure.problem or (TOO_LONG if is_long else NEVER_CLOSED)
            broken.append(
                BrokenLine(line, _text(buffer[position : min(stop, position + SHOWN_BYTES)]), reason)
            )
            position, line, window = stop, line + 1, WINDOW_BYTES
        elif at_end:
            break
        else:
            window = WINDOW_BYTES if structure.count else window * 2
    starts, stops, lines, fields = (
        np.concatenate([EMPTY, *(ranges[part] for ranges in found)]) for part in range(4)
    )
    return Records(starts, stops, lines, fields, broken, position, line)


EMPTY: Final[Positions] = np.empty(0, dtype=np.int64)
NEVER_CLOSED: Final = (
    "a quote opens a field and nothing closes it; accepted is a field in quotes, inner quotes doubled"
)
TOO_LONG: Final = "a line of over 8 MB; accepted are 8 MB"
STRAY_QUOTE: Final = (
    "a quote stands where no field begins or ends;"
    " accepted is the whole field in quotes, inner quotes doubled"
)


@dataclass(frozen=True)
class _Structure:
    ranges: tuple[Positions, Positions, Positions, Positions]
    next_start: int
    next_line: int
    problem: str | None

    @property
    def count(self) -> int:
        return len(self.ranges[0])


def _structure(buffer: bytes, start: int, end: int, delimiter: str, line: int, closes: bool) -> _Structure:
    window = np.frombuffer(buffer, dtype=np.uint8, count=end - start, offset=start)
    separator = ord(delimiter)
    marks = np.flatnonzero((window == QUOTE) | (window == separator) | (window == LINE_FEED))
    kinds = window[marks]
    feeds = marks[kinds == LINE_FEED]
    is_quote = kinds == QUOTE
    problem = None
    if is_quote.any():
        inside = np.cumsum(is_quote) & 1
        stray = _stray_quotes(window, marks[is_quote], inside[is_quote], separator)
        limit = int(stray[0]) if len(stray) else len(window)
        problem = STRAY_QUOTE if len(stray) else None
        outside = (inside == 0) & (marks < limit)
        marks, kinds = marks[outside], kinds[outside]
        is_open = bool(inside[-1]) and problem is None
    else:
        is_open = False
    breaks = marks[kinds == LINE_FEED]
    separators = marks[kinds == separator]
    stops = breaks + 1
    if closes and problem is None and not is_open and (not len(stops) or stops[-1] < len(window)):
        stops = np.append(stops, len(window))  # the last line has no line feed
    if closes and is_open:
        problem = NEVER_CLOSED
    starts = np.concatenate([[0], stops[:-1]]).astype(np.int64) if len(stops) else EMPTY
    counts = np.searchsorted(separators, stops)
    fields = np.diff(counts, prepend=0) + 1
    lines = line + np.searchsorted(feeds, starts)
    next_start = int(stops[-1]) if len(stops) else 0
    next_line = line + int(np.searchsorted(feeds, next_start))
    ranges = (starts + start, stops.astype(np.int64) + start, lines, fields)
    return _Structure(ranges, start + next_start, next_line, problem)


def _stray_quotes(
    window: npt.NDArray[np.uint8], quotes: Positions, inside: Positions, separator: int
) -> Positions:
    """Quotes that open where no field begins, or close where none ends."""
    before = np.where(quotes > 0, window[quotes - 1], LINE_FEED)
    after = np.where(quotes + 1 < len(window), window[np.minimum(quotes + 1, len(window) - 1)], LINE_FEED)
    opens = (inside == 1) & ~np.isin(before, (separator, LINE_FEED, QUOTE))
    closes = (inside == 0) & ~np.isin(after, (separator, LINE_FEED, CARRIAGE_RETURN, QUOTE))
    stray: Positions = quotes[opens | closes]
    return stray


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")
