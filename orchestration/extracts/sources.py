"""Where a source's extracts lie, and what their files are, by content."""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from orchestration.company import Company, Source
from orchestration.data_folder import DataFolder
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.mapping import Mapping
from orchestration.extracts.tables import FORMATS, file_format

DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
READ_BYTES: Final = 4 << 20
CHANGED: Final = "changed while it was read; accepted is an extract that is written to its end"
LANDING_VERSION: Final = 1  # raised when landing reads the same files differently: then all is landed anew
ACCEPTED_FILES: Final = f"accepted are {', '.join(FORMATS)}, plain or .gz or .zst"


@dataclass(frozen=True)
class FoundExtract:
    """The files of one source's extract of one date, in the order of their names."""

    source: Source
    extract_date: date
    root: Path
    files: tuple[Path, ...]

    def name_of(self, file: Path) -> str:
        """The file as it is named to people: its path inside the extract."""
        return file.relative_to(self.root).as_posix()


def find_extracts(source: Source, folder: DataFolder) -> list[FoundExtract]:
    """The extracts of a source, oldest first.

    Raises:
        ExtractError: its folder is missing, empty, outside the data folder or has no date.
    """
    path = _source_folder(source, folder)
    dated = sorted(entry for entry in path.iterdir() if entry.is_dir() and DATED.fullmatch(entry.name))
    loose = _data_files(path.iterdir())
    if loose and source.extract_date is None:
        raise ExtractError(
            f"source {source.name}: {path} holds {listed(file.name for file in loose)} without a date;"
            " accepted are folders named like 2026-03-31, or extract_date in the company file"
        )
    found = [_extract(source, entry, _date_of(entry, source)) for entry in dated]
    if loose and source.extract_date:
        if source.extract_date in (extract.extract_date for extract in found):
            raise ExtractError(
                f"source {source.name}: {path} holds the extract of {source.extract_date} twice"
            )
        found.append(FoundExtract(source, source.extract_date, path, tuple(loose)))
    if not found:
        names = listed(sorted(entry.name for entry in path.iterdir()))
        raise ExtractError(
            f"source {source.name}: {path} holds no extract, but {names}; accepted are folders named like"
            f" 2026-03-31, or files right there with extract_date in the company file; {ACCEPTED_FILES}"
        )
    if not source.path.is_absolute():
        for extract in found:
            for file in extract.files:
                _refuse_outside(source, file, folder.root)
    return sorted(found, key=lambda extract: extract.extract_date)


def interpretation(source: Source, company: Company, mapping: Mapping) -> str:
    """Fingerprint of all that decides how files are read; another one means landing them anew."""
    settings = {
        "version": LANDING_VERSION,
        "mapping": mapping.model_dump(mode="json"),
        "time_zone": company.time_zone,
        "reporting_currency": company.reporting_currency,
        "id_prefix": source.id_prefix,
        "delivery": source.delivery,
        "dimensions": source.dimensions,
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


class FileHashes:
    """Content hashes of files, remembered while size, times and inode stay: old extracts are read once."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, list[Any]] = json.loads(memory.read_text()) if memory.exists() else {}
        self._used: dict[str, list[Any]] = {}

    def fingerprint(self, extract: FoundExtract, interpreted_as: str) -> str:
        """Names and contents of an extract's files, and how they are read, as one hash."""
        digest = hashlib.sha256(interpreted_as.encode())
        for file in extract.files:
            digest.update(f"\n{extract.name_of(file)}\t{self._hash(file)}".encode())
        return digest.hexdigest()

    def refuse_changed(self, extract: FoundExtract) -> None:
        """Make sure that the files are still those whose hash was taken.

        Raises:
            ExtractError: a file was written to since.
        """
        for file in extract.files:
            if _state(file) != self._used[str(file)][0]:
                raise ExtractError(f"{file}: {CHANGED}")

    def remember(self) -> None:
        """Keep what was read for the next time."""
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        partial = self._memory.with_suffix(".partial")
        partial.write_text(json.dumps(self._used, sort_keys=True))
        os.replace(partial, self._memory)

    def _hash(self, file: Path) -> str:
        before = _state(file)
        known = self._known.get(str(file))
        if known is None or known[0] != before:
            digest = hashlib.sha256()
            with file.open("rb") as content:
                while block := content.read(READ_BYTES):
                    digest.update(block)
            if _state(file) != before:
                raise ExtractError(f"{file}: {CHANGED}")
            known = [before, digest.hexdigest()]
        self._used[str(file)] = known
        return str(known[1])


def _state(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _source_folder(source: Source, folder: DataFolder) -> Path:
    if not source.path.is_absolute() and ".." in source.path.parts:
        raise ExtractError(
            f"source {source.name}: path {source.path}: '..' is not accepted; a path under {folder.root} is"
        )
    path = source.path if source.path.is_absolute() else folder.root / source.path
    if not path.is_dir():
        raise ExtractError(
            f"source {source.name}: there is no folder {path}; accepted is a folder of extracts"
        )
    if not source.path.is_absolute():
        _refuse_outside(source, path, folder.root)
    return path


def _refuse_outside(source: Source, path: Path, root: Path) -> None:
    if not path.resolve().is_relative_to(root.resolve()):
        raise ExtractError(
            f"source {source.name}: {path} is a link out of {root}; accepted is a path under it"
        )


def _date_of(entry: Path, source: Source) -> date:
    try:
        return date.fromisoformat(entry.name)
    except ValueError:
        raise ExtractError(
            f"source {source.name}: {entry}: is no date; accepted is a name like 2026-03-31"
        ) from None


def _extract(source: Source, root: Path, extract_date: date) -> FoundExtract:
    files = _data_files(root.rglob("*"))
    if not files:
        names = listed(sorted(entry.name for entry in root.iterdir()))
        raise ExtractError(f"source {source.name}: {root} holds no data file, but {names}; {ACCEPTED_FILES}")
    return FoundExtract(source, extract_date, root, tuple(files))


def _data_files(entries: Sequence[Path] | Any) -> list[Path]:
    return sorted(
        entry
        for entry in entries
        if file_format(entry) and not entry.name.startswith(".") and entry.is_file()
    )
