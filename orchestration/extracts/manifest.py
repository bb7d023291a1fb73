"""The lake's manifest: the single record of which extracts count, and what became of each file's rows."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.data_folder import DataFolder
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.quarantine import QUARANTINED

FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
LANDED_FILES: Final = {
    "source_name": pl.String, "extract_date": pl.Date, "file": pl.String, "entity": pl.String,
    "rows_in": pl.Int64, "rows_written": pl.Int64, "rows_unchanged": pl.Int64,
    "rows_quarantined": pl.Int64, "rows_duplicate": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class LandedFile:
    """What became of the rows of one file: in = written + unchanged + quarantined + duplicate."""

    file: str
    entity: str
    rows_in: int
    rows_written: int
    rows_unchanged: int
    rows_quarantined: int
    rows_duplicate: int


@dataclass(frozen=True)
class LandedEntity:
    """The lake file that an extract added for an entity (path under the lake), with its rows."""

    path: str
    rows: int
    tombstones: int


@dataclass(frozen=True)
class LandedExtract:
    """One extract that counts. `lineage` names it together with all of its source before it."""

    source_name: str
    extract_date: date
    fingerprint: str
    lineage: str
    delivery: str
    taken: str
    entities: dict[str, LandedEntity] = field(default_factory=dict)
    files: tuple[LandedFile, ...] = ()
    quarantine: str | None = None  # path under the quarantine folder
    settled: tuple[str, ...] = ()  # files in which no row's reading depends on another row


@dataclass(frozen=True)
class LakeManifest:
    """All extracts that count, by source and date, and the lake that holds them."""

    lake: Path
    extracts: tuple[LandedExtract, ...] = ()

    def files(self, entity: str) -> list[Path]:
        """The Parquet files that hold the rows of an entity, oldest extract of each source first."""
        landed = (extract.entities.get(entity) for extract in self.extracts)
        return [self.lake / each.path for each in landed if each]

    def files_of_source(self, source_name: str, entity: str) -> list[Path]:
        """The Parquet files that hold a source's rows of an entity, oldest extract first."""
        landed = (extract.entities.get(entity) for extract in self.of_source(source_name))
        return [self.lake / each.path for each in landed if each]

    def of_source(self, source_name: str) -> list[LandedExtract]:
        """A source's extracts, oldest first."""
        return [extract for extract in self.extracts if extract.source_name == source_name]

    def landed_files(self) -> pl.DataFrame:
        """A row per file of every extract that counts."""
        rows = [
            {"source_name": extract.source_name, "extract_date": extract.extract_date, **asdict(file)}
            for extract in self.extracts
            for file in extract.files
        ]
        return pl.DataFrame(rows, schema=LANDED_FILES)

    def quarantined_rows(self, folder: DataFolder) -> pl.DataFrame:
        """A row per value (or line) that could not be landed, of every extract that counts."""
        frames = [pl.DataFrame(schema={"source_name": pl.String, "extract_date": pl.Date, **QUARANTINED})]
        return pl.concat([*frames, *(self.quarantined_by(each, folder) for each in self.extracts)])

    def quarantined_by(self, extract: LandedExtract, folder: DataFolder) -> pl.DataFrame:
        """A row per value (or line) of one extract that could not be landed."""
        if extract.quarantine:
            return pl.read_parquet(_kept(folder, extract.quarantine))
        return pl.DataFrame(schema={"source_name": pl.String, "extract_date": pl.Date, **QUARANTINED})

    def to_json(self) -> str:
        """The manifest as it is written."""
        extracts = [asdict(extract) for extract in self.extracts]
        return json.dumps({"format_version": FORMAT_VERSION, "extracts": extracts}, indent=1, default=str)


def read_manifest(folder: DataFolder) -> LakeManifest:
    """The manifest of a data folder's lake; one without extracts where nothing was landed yet.

    Raises:
        ExtractError: the lake was written by a newer version, or its manifest is broken.
    """
    path = folder.lake / MANIFEST
    if not path.exists():
        return LakeManifest(folder.lake)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content["format_version"]
        if version > FORMAT_VERSION:
            raise ExtractError(
                f"{path}: format version {version} is newer than {FORMAT_VERSION}; use a newer program"
            )
        return LakeManifest(folder.lake, tuple(_extract(each) for each in content["extracts"]))
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ExtractError(f"{path}: is broken ({error}); accepted is what this program wrote") from error


def write_manifest(folder: DataFolder, extracts: Sequence[LandedExtract]) -> LakeManifest:
    """Make these extracts the ones that count, by one rename."""
    manifest = LakeManifest(
        folder.lake, tuple(sorted(extracts, key=lambda extract: (extract.source_name, extract.extract_date)))
    )
    path = folder.lake / MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(manifest.to_json())
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
    return manifest


def _extract(content: dict[str, object]) -> LandedExtract:
    entities = content.pop("entities")
    files = content.pop("files")
    settled = content.pop("settled", ())
    assert isinstance(entities, dict)
    assert isinstance(files, list)
    assert isinstance(settled, list | tuple)
    return LandedExtract(
        **{**content, "extract_date": date.fromisoformat(str(content["extract_date"]))},  # type: ignore[arg-type]
        entities={name: LandedEntity(**each) for name, each in entities.items()},
        files=tuple(LandedFile(**each) for each in files),
        settled=tuple(settled),
    )


def _kept(folder: DataFolder, name: str) -> Path:
    """A quarantine file: in the folder of this run, or for a preview in the one that it copies."""
    path = folder.quarantine / name
    return path if path.exists() else DataFolder(folder.root).quarantine / name
