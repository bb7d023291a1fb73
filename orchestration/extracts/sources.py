"""Where a source's extracts lie."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from orchestration.company import Source
from orchestration.data_folder import DataFolder
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.file_names import FORMATS, file_format

DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
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


@dataclass(frozen=True)
class FolderProblem:
    """Why a folder cannot be used: that of one extract, or without a date that of the source."""

    extract_date: date | None
    message: str


def find_extracts(source: Source, folder: DataFolder) -> tuple[list[FoundExtract], list[FolderProblem]]:
    """The extracts of a source, oldest first, and what lies there but cannot be used.

    Raises:
        ExtractError: the company file names a path that is not accepted.
    """
    if not source.path.is_absolute() and ".." in source.path.parts:
        raise ExtractError(
            f"source {source.name}: path {source.path}: '..' is not accepted; a path under {folder.root} is"
        )
    path = source.path if source.path.is_absolute() else folder.root / source.path
    try:
        _refuse_missing(source, path, folder.root)
        entries = sorted(path.iterdir())
        dated = [entry for entry in entries if DATED.fullmatch(entry.name) and entry.is_dir()]
        loose = _data_files(entries)
    except (ExtractError, OSError) as error:
        return [], [FolderProblem(None, _told(source, path, error))]
    found: list[FoundExtract] = []
    problems: list[FolderProblem] = []
    for entry in dated:
        extract_date = _date_of(entry)
        try:
            if extract_date is None:
                raise ExtractError(
                    f"source {source.name}: {entry}: is no date; accepted is a name like 2026-03-31"
                )
            found.append(_extract(source, entry, extract_date, folder.root))
        except (ExtractError, OSError) as error:
            problems.append(FolderProblem(extract_date, _told(source, entry, error)))
    if loose:
        try:
            found.append(_loose_extract(source, path, loose, found, folder.root))
        except ExtractError as error:
            problems.append(FolderProblem(source.extract_date, str(error)))
    if not found and not problems:
        names = listed(entry.name for entry in entries)
        problems = [
            FolderProblem(
                None,
                f"source {source.name}: {path} holds no extract, but {names}; accepted are folders named like"
                f" 2026-03-31, or files right there with extract_date in the company file; {ACCEPTED_FILES}",
            )
        ]
    return sorted(found, key=lambda extract: extract.extract_date), problems


def _told(source: Source, path: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"source {source.name}: {path}: cannot be read: {error.strerror or error}"
    return str(error)


def _refuse_missing(source: Source, path: Path, root: Path) -> None:
    if not path.is_dir():
        raise ExtractError(
            f"source {source.name}: there is no folder {path}; accepted is a folder of extracts"
        )
    _refuse_outside(source, path, root)


def _refuse_outside(source: Source, path: Path, root: Path) -> None:
    """A path under the data folder leads nowhere else; an absolute one is the company's to choose."""
    if not source.path.is_absolute() and not path.resolve().is_relative_to(root.resolve()):
        raise ExtractError(
            f"source {source.name}: {path} is a link out of {root}; accepted is a path under it"
        )


def _date_of(entry: Path) -> date | None:
    try:
        return date.fromisoformat(entry.name)
    except ValueError:
        return None


def _extract(source: Source, root: Path, extract_date: date, data_root: Path) -> FoundExtract:
    _refuse_outside(source, root, data_root)
    files = _data_files(_walked(root))
    if not files:
        names = listed(sorted(entry.name for entry in root.iterdir()))
        raise ExtractError(f"source {source.name}: {root} holds no data file, but {names}; {ACCEPTED_FILES}")
    for file in files:
        _refuse_outside(source, file, data_root)
    return FoundExtract(source, extract_date, root, tuple(files))


def _loose_extract(
    source: Source, path: Path, files: list[Path], dated: Iterable[FoundExtract], data_root: Path
) -> FoundExtract:
    """The extract whose files lie right in the source's folder: its date is never guessed."""
    if source.extract_date is None:
        raise ExtractError(
            f"source {source.name}: {path} holds {listed(file.name for file in files)} without a date;"
            " accepted are folders named like 2026-03-31, or extract_date in the company file"
        )
    if source.extract_date in (extract.extract_date for extract in dated):
        raise ExtractError(f"source {source.name}: {path} holds the extract of {source.extract_date} twice")
    for file in files:
        _refuse_outside(source, file, data_root)
    return FoundExtract(source, source.extract_date, path, tuple(files))


def _walked(root: Path) -> Iterator[Path]:
    """Everything under a folder; one that cannot be read is an error, where a glob passes it over."""

    def refuse(error: OSError) -> None:
        raise error

    for folder, _, names in os.walk(root, onerror=refuse):
        yield from (Path(folder) / name for name in names)


def _data_files(entries: Iterable[Path]) -> list[Path]:
    return sorted(
        entry
        for entry in entries
        if file_format(entry) and not entry.name.startswith(".") and entry.is_file()
    )
