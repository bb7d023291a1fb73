"""The lines of a plain text file as 64-bit hashes: what two nights' files have in common, without parsing."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from orchestration.extracts.byte_streams import JOINED, TWICE_TRANSLATED
from orchestration.extracts.csv_records import EMPTY, LINE_FEED, Positions

PIECE_BYTES: Final = 4 << 20  # read and hashed at once
Hashes = npt.NDArray[np.uint64]
NO_HASHES: Final = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True)
class PlainLines:
    """Every line of a file, from its first on: where it begins, what it holds, and whether it is blank.

    `starts` has one more entry, the file's end. Lines are told apart by their hashes: of ten million lines
    with 50,000 new ones a night, one night in 30 million takes a new one for a known one.
    """

    path: Path
    starts: Positions
    hashes: Hashes
    is_ascii: bool

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def is_blank(self) -> npt.NDArray[np.bool_]:
        """Which lines hold nothing but their end."""
        blank = np.diff(self.starts) <= 2
        with self.path.open("rb") as file:
            for line in np.flatnonzero(blank).tolist():
                file.seek(int(self.starts[line]))
                blank[line] = not file.read(int(self.starts[line + 1] - self.starts[line])).strip(b"\r\n")
        return blank

    def text(self, lines: Positions) -> bytes:
        """These lines (indexes from 0, ascending) one after the other, without a byte-order mark."""
        breaks = np.flatnonzero(np.diff(lines) != 1)
        firsts, lasts = lines[[0, *(breaks + 1)]], lines[[*breaks, -1]]
        parts = []
        with self.path.open("rb") as file:
            for start, end in zip(self.starts[firsts].tolist(), self.starts[lasts + 1].tolist(), strict=True):
                file.seek(start)
                parts.append(file.read(end - start))
        return b"".join(parts).removeprefix(codecs.BOM_UTF8)


def plain_lines(path: Path) -> PlainLines | None:
    """The lines of a file whose bytes are its text; None where NUL bytes, joins or line ends are mended."""
    starts, hashes = [EMPTY], [NO_HASHES]
    position, is_ascii = 0, True
    for piece in _pieces(path):
        if b"\0" in piece or (b"\r" in piece and (TWICE_TRANSLATED in piece or b"\n" not in piece)):
            return None
        is_plain = piece.isascii()
        if not is_plain and JOINED in piece:
            return None
        is_ascii &= is_plain
        ends = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == LINE_FEED) + 1
        if not len(ends) or ends[-1] < len(piece):
            ends = np.append(ends, len(piece))
        offsets = np.concatenate([[0], ends]).astype(np.int64)
        starts.append(offsets[:-1] + position)
        hashes.append(_hashes(piece, offsets))
        position += len(piece)
    starts.append(np.array([position], dtype=np.int64))
    return PlainLines(path, np.concatenate(starts), np.concatenate(hashes), is_ascii)


def _pieces(path: Path) -> Iterator[bytes]:
    """The file in pieces that end with a line."""
    carried = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            cut = piece.rfind(b"\n") + 1
            if cut:
                yield carried + piece[:cut]
                carried = piece[cut:]
            else:
                carried += piece
    if carried:
        yield carried


def _hashes(piece: bytes, offsets: Positions) -> Hashes:
    lines = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(),
        len(offsets) - 1,
        [None, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(piece)],
    )
    series = pl.from_arrow(lines)
    assert isinstance(series, pl.Series)
    hashes: Hashes = series.hash(seed=0).to_numpy()
    return hashes


def differing(one: Hashes, other: Hashes) -> Hashes:
    """The hashes of lines that do not stand once in each of two files."""
    ordered = [np.sort(hashes) for hashes in (one, other)]
    once = [hashes[_is_single(hashes)] for hashes in ordered]
    several = [hashes[~_is_single(hashes)] for hashes in ordered]
    both = np.sort(np.concatenate(once))
    return np.concatenate([both[_is_single(both)], *several])


def where(hashes: Hashes, wanted: Hashes) -> Positions:
    """Where these hashes stand; a few are found quickly among many."""
    return np.flatnonzero(pl.Series(hashes).is_in(pl.Series(wanted).implode()).to_numpy())


def _is_single(ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Which of sorted hashes stand there once."""
    differs = ordered[1:] != ordered[:-1]
    edge = np.ones(min(1, len(ordered)), dtype=np.bool_)
    is_single: npt.NDArray[np.bool_] = np.concatenate([edge, differs]) & np.concatenate([differs, edge])
    return is_single
