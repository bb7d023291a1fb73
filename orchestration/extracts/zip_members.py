"""The data files inside a zip, read as they lie: nothing is ever extracted to disk."""

import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Final

from orchestration.extracts.byte_streams import PACKED_RATIO, SMALL_BYTES, UNPACKED_BYTES, ByteSource
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.file_names import FORMATS, ZIP, file_format

MEMBERS: Final = 100_000
IS_ENCRYPTED: Final = 1  # bit of a member's flags


def zip_members(path: Path) -> list[ByteSource]:
    """The data files of a zip in the order of their names, those in its folders too.

    Raises:
        ExtractError: the zip is broken, encrypted, far too large, or holds no data file or another zip.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:  # the last: a newer zip
        raise ExtractError(
            f"{path}: cannot be read as a zip: {error}; accepted is a zip written to its end"
        ) from error
    everything = [member for member in archive.infolist() if not member.is_dir()]
    _refuse_oversized(path, everything)
    named = {member.filename.replace("\\", "/"): member for member in everything}
    names = sorted(name for name in named if _is_data(PurePosixPath(name)))
    if not names:
        raise ExtractError(
            f"{path}: holds no data file, but {listed(named, 12)}; accepted are {', '.join(FORMATS)}"
        )
    for name in names:
        _refuse_unreadable(f"{path}/{name}", named[name])
    counts = Counter(member.filename.replace("\\", "/") for member in everything)
    for name in names:
        if counts[name] > 1:
            raise ExtractError(f"{path}/{name}: stands {counts[name]} times in the zip; once is accepted")
    return [ByteSource(path, f"{path}/{name}", archive, named[name]) for name in names]


def _is_data(name: PurePosixPath) -> bool:
    is_hidden = name.name.startswith(".") or "__MACOSX" in name.parts
    return not is_hidden and file_format(name) is not None


def _refuse_oversized(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS:
        raise ExtractError(f"{path}: holds {len(members):,} files; accepted are {MEMBERS:,}")
    size = sum(member.file_size for member in members)
    limit = min(UNPACKED_BYTES, max(SMALL_BYTES, PACKED_RATIO * path.stat().st_size))
    if size > limit:
        raise ExtractError(
            f"{path}: unpacks to {size >> 20:,} MB; accepted are 200 GB, and {PACKED_RATIO} times"
            " the size of the zip"
        )


def _refuse_unreadable(name: str, member: zipfile.ZipInfo) -> None:
    if file_format(PurePosixPath(member.filename)) == ZIP:
        raise ExtractError(f"{name}: is a zip inside a zip; accepted are data files in one zip")
    if member.flag_bits & IS_ENCRYPTED:
        raise ExtractError(f"{name}: is encrypted; accepted is a zip without a password")
