"""Staging: each extract that the lake does not hold yet, read, typed and laid ready for the raw gate."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from orchestration.company import Company
from orchestration.data_folder import DataFolder
from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.manifest import LandedExtract, LandedFile, read_manifest
from orchestration.extracts.mapping import Mapping, load_mapping
from orchestration.extracts.plan import Context
from orchestration.extracts.quarantine import QUARANTINED
from orchestration.extracts.reading import read_extract
from orchestration.extracts.sources import FileHashes, FoundExtract, find_extracts, interpretation
from orchestration.extracts.table_rows import FileAccount

EXTRACT: Final = "extract.json"
QUARANTINE: Final = "quarantined.parquet"
UNLANDED: Final = "unlanded"  # folder of the keys of quarantined rows: these are unreadable, not absent
HASHES: Final = "file_hashes.json"


@dataclass(frozen=True)
class StagedExtract:
    """An extract that waits for the raw gate, and its accounting per file."""

    source_name: str
    extract_date: date
    path: Path
    fingerprint: str
    delivery: str
    taken: str
    files: tuple[FileAccount, ...]

    def entity(self, name: str) -> Path:
        """The Parquet file of an entity; it may be absent."""
        return self.path / f"{name}.parquet"


def stage_extracts(company: Company, company_dir: Path, folder: DataFolder) -> list[StagedExtract]:
    """Every extract that is not in the lake, typed, by source and date.

    An extract older than the newest in the lake, or whose files are others than those landed, brings
    all later ones of its source with it: what changed is always told from the extract before.

    Raises:
        ExtractError: a source, mapping or extract cannot be used.
    """
    manifest = read_manifest(folder)
    hashes = FileHashes(folder.lake / HASHES)
    staged: list[StagedExtract] = []
    for source in company.sources:
        mapping = load_mapping(source.crm, company_dir)
        read_as = interpretation(source, company, mapping)
        context = Context(
            source_name=source.name,
            time_zone=company.time_zone,
            reporting_currency=company.reporting_currency,
            id_prefix=source.id_prefix,
            is_full=source.delivery == "full",
            dimensions=source.dimensions,
        )
        landed = {extract.extract_date: extract.fingerprint for extract in manifest.of_source(source.name)}
        extracts = find_extracts(source, folder)
        arriving: list[StagedExtract] = []
        is_new = False
        for found in extracts:
            fingerprint = hashes.fingerprint(found, read_as)
            is_new = is_new or landed.get(found.extract_date) != fingerprint
            if is_new:
                _refuse_gone(landed, extracts, found)
                target = folder.staged / source.name / found.extract_date.isoformat()
                arriving.append(
                    _waiting(target, fingerprint)
                    or _stage(found, mapping, context, target, fingerprint, hashes)
                )
        staged += _with_rows_before(arriving, manifest.of_source(source.name))
    hashes.remember()
    return staged


def _with_rows_before(
    arriving: Sequence[StagedExtract], landed: Sequence[LandedExtract]
) -> list[StagedExtract]:
    """Extracts of a source, each file with the rows that its entity had before.

    Of several extracts that wait the largest counts, so that a second cut one is not held against the first.
    """
    earlier = (
        [extract for extract in landed if extract.extract_date < arriving[0].extract_date] if arriving else []
    )
    before = _rows(earlier[-1].files) if earlier else Counter()
    told = []
    for extract in arriving:
        files = tuple(replace(file, rows_before=before.get(file.entity)) for file in extract.files)
        told.append(replace(extract, files=files))
        before |= _rows(extract.files)
    return told


def _rows(files: Iterable[FileAccount | LandedFile]) -> Counter[str]:
    """How many rows of each entity files hold, readable or not."""
    rows: Counter[str] = Counter()
    for file in files:
        rows[file.entity] += file.rows_in - file.rows_duplicate
    return rows


def _refuse_gone(landed: Iterable[date], extracts: Sequence[FoundExtract], found: FoundExtract) -> None:
    """What was landed after a late or corrected extract must be landed anew, so its files must be there."""
    there = {extract.extract_date for extract in extracts}
    gone = sorted(day for day in landed if day > found.extract_date and day not in there)
    if gone:
        raise ExtractError(
            f"{found.root}: is older than extracts in the lake, which must be landed anew after it,"
            f" but the files of {listed(gone)} are gone; accepted is to put them back"
        )


def _waiting(target: Path, fingerprint: str) -> StagedExtract | None:
    """The extract as it was staged before, if from the same files."""
    record = target / EXTRACT
    if not record.exists():
        return None
    content = json.loads(record.read_text(encoding="utf-8"))
    return _staged(target, content) if content["fingerprint"] == fingerprint else None


def _stage(
    found: FoundExtract,
    mapping: Mapping,
    context: Context,
    target: Path,
    fingerprint: str,
    hashes: FileHashes,
) -> StagedExtract:
    """Read an extract and lay it down in a folder that appears whole, by one rename."""
    read = read_extract(found, mapping, context)
    hashes.refuse_changed(found)
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / UNLANDED).mkdir(parents=True)
    lake_columns = {
        "source_name": pl.lit(found.source.name),
        "extract_date": pl.lit(found.extract_date),
        "is_tombstone": pl.lit(False),
    }
    for name, rows in read.entities.items():
        frame = rows.with_columns(**lake_columns).select(*ENTITIES[name].columns, *LAKE_COLUMNS)
        frame.write_parquet(partial / f"{name}.parquet")
    for name, rows in read.unlanded.items():
        if rows.height:
            rows.write_parquet(partial / UNLANDED / f"{name}.parquet")
    known = {"source_name": lake_columns["source_name"], "extract_date": lake_columns["extract_date"]}
    read.quarantined.with_columns(**known).select(*known, *QUARANTINED).write_parquet(partial / QUARANTINE)
    record = {
        "source_name": found.source.name,
        "extract_date": found.extract_date.isoformat(),
        "fingerprint": fingerprint,
        "delivery": found.source.delivery,
        "taken": found.source.taken,
        "files": [asdict(account) for account in read.accounts],
    }
    (partial / EXTRACT).write_text(json.dumps(record, indent=1), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    os.replace(partial, target)
    return _staged(target, record)


def _staged(target: Path, record: dict[str, Any]) -> StagedExtract:
    return StagedExtract(
        source_name=record["source_name"],
        extract_date=date.fromisoformat(record["extract_date"]),
        path=target,
        fingerprint=record["fingerprint"],
        delivery=record["delivery"],
        taken=record["taken"],
        files=tuple(FileAccount(**account) for account in record["files"]),
    )
