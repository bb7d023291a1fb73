"""Which files to look at: one file, those right in a folder, or those of its newest dated folder."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from orchestration.company import Source
from orchestration.data_folder import DataFolder
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.file_names import file_format
from orchestration.extracts.sources import ACCEPTED_FILES, DATED, find_extracts
from orchestration.extracts.tables import Table, open_tables
from orchestration.inspection.profile import FileProfile, profile

UNDATED: Final = date(1970, 1, 1)  # stands for the date of files that lie without one


@dataclass(frozen=True)
class Folder:
    """The files of one extract; `source_path` is what the company file names to land them."""

    source_path: Path
    root: Path
    files: tuple[Path, ...]
    extract_date: date | None
    has_dated_folders: bool
    remarks: tuple[str, ...] = ()

    def source(self, extract_date: date) -> Source:
        """The source that lands these files."""
        return _source(self.source_path, extract_date)


@dataclass
class Profiles:
    """The files that could be read, and why the others could not."""

    files: list[FileProfile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def tables(self) -> list[Table]:
        """The tables of the files, in the same order."""
        return [file.table for file in self.files]


def find_folder(path: Path) -> Folder:
    """The files to look at.

    Raises:
        ExtractError: there is nothing, or nothing that is a data file.
    """
    path = path.expanduser().resolve()
    if not path.exists():
        raise ExtractError(f"{path}: there is no such file or folder; accepted is a folder of exports")
    if path.is_file():
        if file_format(path) is None:
            raise ExtractError(f"{path}: is no data file; {ACCEPTED_FILES}")
        return Folder(path.parent, path.parent, (path,), _named_date(path.parent), False)
    extracts, problems = find_extracts(_source(path), DataFolder(path))
    if extracts:
        newest = extracts[-1]
        older = len(extracts) - 1
        remarks = [problem.message for problem in problems]
        if older:
            remarks.insert(0, f"{older} older extracts lie beside it; landing takes them too, oldest first")
        return Folder(path, newest.root, newest.files, newest.extract_date, True, tuple(remarks))
    extracts, problems = find_extracts(_source(path, UNDATED), DataFolder(path))
    if not extracts:
        raise ExtractError("\n".join(problem.message.replace("source sales: ", "") for problem in problems))
    return Folder(path, path, extracts[0].files, _named_date(path), False)


def read_profiles(folder: Folder) -> Profiles:
    """The profile of every file that can be read."""
    profiles = Profiles()
    for file in folder.files:
        try:
            tables = open_tables(file)
            profiles.files += [profile(table, folder_name(folder, table)) for table in tables]
        except ExtractError as error:
            profiles.problems.append(str(error).replace(f"{folder.root}/", ""))
    return profiles


def folder_name(folder: Folder, table: Table) -> str:
    """The table as people are told of it: its path inside the folder."""
    return table.name.removeprefix(f"{folder.root}/")


def _source(path: Path, extract_date: date | None = None) -> Source:
    return Source.model_validate({"name": "sales", "path": path, "extract_date": extract_date})


def _named_date(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.name) if DATED.fullmatch(path.name) else None
    except ValueError:
        return None
