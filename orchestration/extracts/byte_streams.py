"""A file's text as blocks of UTF-8 bytes, whatever its compression and encoding."""

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

import pyarrow as pa

from orchestration.extracts.errors import ExtractError
from orchestration.extracts.file_names import COMPRESSED

BLOCK_BYTES: Final = 16 << 20  # read and parsed at once; two blocks are in memory at most
UNPACKED_BYTES: Final = 200 << 30  # of a file or of all members of a zip
WHOLE_BYTES: Final = 2 << 30  # of a file that is read whole: a workbook, or Parquet in a zip
# Text of many equal rows packs to 1 in 200. Beyond 1 in 1000, and a gigabyte, a file is made to fill memory.
PACKED_RATIO: Final = 1000
SMALL_BYTES: Final = 1 << 30
UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
TWICE_TRANSLATED: Final = b"\r\r\n"  # line ends of a text that Windows wrote as text once more
JOINED: Final = b"\n" + codecs.BOM_UTF8  # where files were joined
# Bytes that no text in Windows-1252 (Latin-1 with a filled gap) holds: five are unassigned, and the
# letters thorn and y with diaeresis are rarer than a broken byte.
NOT_LATIN: Final = frozenset(b"\x81\x8d\x8f\x90\x9d\xfe\xff")
CONTENTS: Final = {
    b"pk\3\4": ("a zip or a workbook", "a name that ends in .zip or .xlsx"),
    b"\xd0\xcf\x11\xe0": ("an old workbook", "a name that ends in .xls"),
    b"\x1f\x8b": ("packed by gzip", "a name that ends in .gz"),
    b"\x28\xb5\x2f\xfd": ("packed by zstd", "a name that ends in .zst"),
    b"par1": ("Parquet", "a name that ends in .parquet"),
    b"<!doctype html": ("a web page", "the export itself, not the page that offers it"),
    b"<html": ("a web page", "the export itself, not the page that offers it"),
}
# Bulk results of Salesforce hold single NUL bytes in sound texts; longer runs are what a crash left.
STRAY_NULS: Final = re.compile(rb"(?<!\0)\0{1,3}(?!\0)")


UNREADABLE: Final = (
    OSError, EOFError, zlib.error, zipfile.BadZipFile,
    NotImplementedError,  # zipfile, of a way of packing that it does not know
    RuntimeError,  # zipfile, of an encrypted member
)  # fmt: skip


@dataclass(frozen=True)
class ByteSource:
    """Bytes that can be read from their beginning as often as needed: a file's, or those of one in a zip."""

    path: Path
    name: str  # the path, and where in it, as it is named to people
    archive: zipfile.ZipFile | None = None
    member: zipfile.ZipInfo | None = None

    @property
    def compression(self) -> str | None:
        """How the bytes are compressed, by the name."""
        return COMPRESSED.get(PurePath(self.name).suffix.lower())

    @property
    def packed_size(self) -> int:
        """How many bytes it takes on disk."""
        return self.member.compress_size if self.member else self.path.stat().st_size

    def opened(self) -> AbstractContextManager[Any]:
        """The decompressed bytes as a stream."""
        if self.archive and self.member:
            return closing(pa.input_stream(self.archive.open(self.member), compression=self.compression))
        return closing(pa.input_stream(str(self.path), compression=self.compression))


def byte_blocks(source: ByteSource, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The decompressed bytes, block by block.

    Raises:
        ExtractError: the file cannot be read, its compression is broken, or it unpacks to far too much.
    """
    try:
        is_packed = source.compression or source.member
        limit = min(UNPACKED_BYTES, max(SMALL_BYTES, PACKED_RATIO * source.packed_size))
        count = 0
        with source.opened() as stream:
            while block := stream.read(size):
                count += len(block)
                if is_packed and count > limit:
                    raise ExtractError(
                        f"{source.name}: unpacks to over {limit >> 20} MB; accepted are 200 GB,"
                        f" and {PACKED_RATIO} times the packed size"
                    )
                yield block
    except UNREADABLE as error:
        raise ExtractError(
            f"{source.name}: cannot be read: {error}; accepted is a whole file, written to its end"
        ) from error


def whole_bytes(source: ByteSource) -> bytes:
    """All bytes of a file that can only be read whole.

    Raises:
        ExtractError: it is larger than 2 GB.
    """
    blocks, size = [], 0
    for block in byte_blocks(source):
        size += len(block)
        if size > WHOLE_BYTES:
            raise ExtractError(f"{source.name}: is larger than 2 GB unpacked; accepted is less, or CSV")
        blocks.append(block)
    return b"".join(blocks)


def encoding_of(source: ByteSource) -> str:
    """The encoding of a text file: utf-8, utf-16-le, utf-16-be or cp1252.

    A byte-order mark decides; else text is UTF-8 unless it has no multi-byte UTF-8 character at all
    and its bytes beyond ASCII are letters and signs of Windows-1252. A UTF-8 text may have broken bytes.
    """
    beyond_ascii: set[int] = set()
    has_characters = is_broken = False
    carried = b""
    for number, block in enumerate(byte_blocks(source)):
        if number == 0:
            _refuse_other_content(source, block)
            if encoding := _utf_16(block):
                return encoding
            block = block.removeprefix(codecs.BOM_UTF8)
        if block.isascii() and not carried:
            continue
        block = carried + block
        text = block.decode("utf-8", "ignore")
        kept = text.encode()
        carried = _cut_character(block)
        is_broken |= len(kept) < len(block) - len(carried)
        has_characters |= not text.isascii()
        beyond_ascii.update(byte for byte in set(block) if byte > 127)
    is_broken |= bool(carried)
    return "cp1252" if is_broken and not has_characters and not beyond_ascii & NOT_LATIN else "utf-8"


def _refuse_other_content(source: ByteSource, start: bytes) -> None:
    for mark, (what, accepted) in CONTENTS.items():
        if start[:100].lstrip(codecs.BOM_UTF8 + b" \r\n\t").lower().startswith(mark):
            raise ExtractError(f"{source.name}: is {what} by its content; accepted is {accepted}")


def _utf_16(start: bytes) -> str | None:
    for mark, encoding in UTF_16.items():
        if start.startswith(mark):
            return encoding
    if len(start) > 3:  # without a mark, every other byte of a header in Latin letters is zero
        zeros = [byte == 0 for byte in start[:4]]
        if zeros == [False, True, False, True]:
            return "utf-16-le"
        if zeros == [True, False, True, False]:
            return "utf-16-be"
    return None


def text_blocks(source: ByteSource, encoding: str) -> Iterator[bytes]:
    """The file's text as UTF-8 bytes; lines end with a line feed, and none begins with a byte-order mark.

    Single NUL bytes are left out: no text means them, and databases refuse them. Longer runs stay.
    """
    blocks = byte_blocks(source)
    if encoding != "utf-8":
        blocks = _transcoded(source, blocks, encoding)
    is_first = True
    for block in blocks:
        if is_first:
            block = block.removeprefix(codecs.BOM_UTF8)
            is_old_mac = b"\r" in block and b"\n" not in block
            is_first = False
        if b"\0" in block:
            block = STRAY_NULS.sub(b"", block)
        if b"\r" in block and TWICE_TRANSLATED in block:  # the first is found far faster
            block = block.replace(TWICE_TRANSLATED, b"\n")
        if not block.isascii() and JOINED in block:
            block = block.replace(JOINED, b"\n")
        yield block.replace(b"\r", b"\n") if is_old_mac else block


def _transcoded(source: ByteSource, blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            yield decoder.decode(block).removeprefix("\ufeff").encode()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise ExtractError(
            f"{source.name}: is not valid {encoding}: {error.reason}; UTF-8 is accepted too"
        ) from error


def broken_positions(text: bytes) -> list[int]:
    """Where bytes stand that are not UTF-8."""
    if text.isascii():
        return []
    positions: list[int] = []

    def note(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        positions.append(error.start)
        return "", error.end

    codecs.register_error("note_positions", note)  # the codec asks at each broken byte, in one pass
    text.decode("utf-8", "note_positions")
    return positions


def _cut_character(block: bytes) -> bytes:
    """The first bytes of a UTF-8 character whose rest is in the next block."""
    for length in (1, 2, 3):
        lead = block[-length] if len(block) >= length else 0
        if lead >= 0xC0:
            needed = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return block[-length:] if needed > length else b""
        if lead < 0x80:
            return b""
    return b""
