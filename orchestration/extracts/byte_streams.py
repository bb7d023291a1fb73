"""A file's text as blocks of UTF-8 bytes, whatever its compression and encoding."""

import codecs
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from orchestration.extracts.errors import ExtractError

BLOCK_BYTES: Final = 16 << 20  # read and parsed at once; two blocks are in memory at most
COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}
UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Bytes that no text in Windows-1252 (Latin-1 with a filled gap) holds: five are unassigned, and the
# letters thorn and y with diaeresis are rarer than a broken byte.
NOT_LATIN: Final = frozenset(b"\x81\x8d\x8f\x90\x9d\xfe\xff")


def byte_blocks(path: Path, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The file's decompressed bytes, block by block.

    Raises:
        ExtractError: the file cannot be read or its compression is broken.
    """
    try:
        with pa.input_stream(str(path), compression=COMPRESSIONS.get(path.suffix.lower())) as stream:
            while block := stream.read(size):
                yield block
    except (OSError, zlib.error) as error:
        raise ExtractError(f"{path}: cannot be read: {error}") from error


def encoding_of(path: Path) -> str:
    """The encoding of a text file: utf-8, utf-16-le, utf-16-be or cp1252.

    A byte-order mark decides; else text is UTF-8 unless it has no multi-byte UTF-8 character at all
    and its bytes beyond ASCII are letters and signs of Windows-1252. A UTF-8 text may have broken bytes.
    """
    beyond_ascii: set[int] = set()
    has_characters = is_broken = False
    carried = b""
    for number, block in enumerate(byte_blocks(path)):
        if number == 0:
            for mark, encoding in UTF_16.items():
                if block.startswith(mark):
                    return encoding
            if len(block) > 3 and block[1] == 0 and block[3] == 0:
                return "utf-16-le"
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


def text_blocks(path: Path) -> Iterator[bytes]:
    """The file's text as UTF-8 bytes without a byte-order mark; lines end with a line feed."""
    encoding = encoding_of(path)
    blocks = byte_blocks(path)
    if encoding != "utf-8":
        blocks = _transcoded(path, blocks, encoding)
    is_first = True
    for block in blocks:
        if is_first:
            block = block.removeprefix(codecs.BOM_UTF8)
            is_old_mac = b"\r" in block and b"\n" not in block
            is_first = False
        yield block.replace(b"\r", b"\n") if is_old_mac else block


def _transcoded(path: Path, blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            yield decoder.decode(block).removeprefix("\ufeff").encode()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise ExtractError(
            f"{path}: is not valid {encoding}: {error.reason}; UTF-8 is accepted too"
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
