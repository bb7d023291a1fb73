"""Single records of a delimited text by the numbers of their lines, without parsing the others."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import numpy as np

from orchestration.extracts.csv_records import LONGEST_RECORD_BYTES, scan

FIRST_TRY_BYTES: Final = 1 << 12


def records_at(blocks: Iterable[bytes], delimiter: str, lines: Collection[int]) -> Iterator[tuple[int, str]]:
    """Line and text of each record that begins on one of these lines; counting line feeds finds them."""
    wanted = np.array(sorted(lines), dtype=np.int64)
    source = _larger(blocks)
    block, first_line = next(source, b""), 1
    while block and len(wanted):
        following = next(source, b"")
        feeds = block.count(b"\n")
        # The line that begins after the last line feed of a block goes on in the next one.
        here = wanted[wanted <= first_line + feeds - (1 if following else 0)]
        if len(here):
            starts = np.concatenate([[0], np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == 10) + 1])
            for line in here.tolist():
                yield line, _record(block, following, int(starts[line - first_line]), delimiter, line)
        wanted = wanted[len(here) :]
        if following:
            cut = block.rfind(b"\n") + 1
            block, first_line = block[cut:] + following, first_line + feeds
        else:
            break


def _larger(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, so that a record never goes on beyond the next one."""
    parts: list[bytes] = []
    for block in blocks:
        parts.append(block)
        if sum(map(len, parts)) >= LONGEST_RECORD_BYTES:
            yield b"".join(parts)
            parts = []
    if parts:
        yield b"".join(parts)


def _record(block: bytes, following: bytes, start: int, delimiter: str, line: int) -> str:
    """The text of the record that begins at `start`; of a broken one the line."""
    size = FIRST_TRY_BYTES
    while True:
        piece = block[start : start + size]
        piece += following[: max(0, size - len(piece))] if start + size > len(block) else b""
        is_last = len(piece) < size or size >= LONGEST_RECORD_BYTES
        found = scan(piece, delimiter, line, is_last)
        if found.broken and found.broken[0].line == line:
            text = piece.split(b"\n", 1)[0]
        elif len(found.starts):
            text = piece[found.starts[0] : found.ends[0]]
        elif is_last:
            text = piece
        else:
            size *= 16
            continue
        return text.decode("utf-8", "replace").rstrip("\r\n")
