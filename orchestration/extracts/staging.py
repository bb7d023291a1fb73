"""Staging: each extract that the lake does not hold yet, read, typed and laid ready for the raw gate."""

import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from orchestration.company import Company, Source
from orchestration.data_folder import DataFolder
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.file_hashes import FileHashes, interpretation
from orchestration.extracts.manifest import LandedExtract, LandedFile, read_manifest
from orchestration.extracts.mapping import Mapping, load_mapping
from orchestration.extracts.people import forgotten, without_people
from orchestration.extracts.plan import Context
from orchestration.extracts.reading import read_extract
from orchestration.extracts.sources import find_extracts
from orchestration.extracts.staged_extracts import StagedExtract, lay_down, unreadable, waiting
from orchestration.extracts.table_rows import FileAccount

HASHES: Final = "file_hashes.json"


def stage_extracts(company: Company, company_dir: Path, folder: DataFolder) -> list[StagedExtract]:
    """Every extract that is not in the lake, typed, by source and date.

    An extract older than the newest in the lake, or whose files are others than those landed, brings
    all later ones of its source with it: what changed is always told from the extract before. One that
    cannot be read has a `problem` instead of rows, is tried again each time, and disturbs no other.

    Raises:
        ExtractError: the company file or a mapping cannot be used.
    """
    manifest = read_manifest(folder)
    hashes = FileHashes(folder.lake / HASHES)
    mappings = [load_mapping(source.crm, company_dir) for source in company.sources]
    staged: list[StagedExtract] = []
    for source, mapping in zip(company.sources, mappings, strict=True):
        landed = manifest.of_source(source.name)
        arriving = _arriving(source, company, mapping, landed, folder, hashes)
        staged += _with_rows_before(_kept_in_order(arriving, landed), landed)
    hashes.remember()
    return staged


def _arriving(
    source: Source,
    company: Company,
    mapping: Mapping,
    landed: Sequence[LandedExtract],
    folder: DataFolder,
    hashes: FileHashes,
) -> list[StagedExtract]:
    """The extracts of a source that are new, or come after one that is, by date; readable or not."""
    read_as = interpretation(source, company, mapping)
    context = Context(
        source_name=source.name,
        time_zone=company.time_zone,
        reporting_currency=company.reporting_currency,
        id_prefix=source.id_prefix,
        is_full=source.delivery == "full",
        dimensions=source.dimensions,
    )
    extracts, problems = find_extracts(source, folder)
    staged = folder.staged / source.name
    arriving = [unreadable(source, each.extract_date, staged, each.message) for each in problems]
    fingerprints = {extract.extract_date: extract.fingerprint for extract in landed}
    gone = set(fingerprints) - {found.extract_date for found in extracts}
    is_new = False
    for found in extracts:
        target = staged / found.extract_date.isoformat()
        try:
            fingerprint = hashes.fingerprint(found, read_as)
            if not is_new and fingerprints.get(found.extract_date) == fingerprint:
                continue
            if problem := _out_of_order(found.extract_date, gone, "are gone"):
                raise ExtractError(problem)
            extract = waiting(target, fingerprint)
            if extract is None:
                read = without_people(read_extract(found, mapping, context), forgotten(folder))
                hashes.refuse_changed(found)
                extract = lay_down(read, found, target, fingerprint)
            is_new = True
        except ExtractError as error:
            shutil.rmtree(target, ignore_errors=True)
            extract = unreadable(source, found.extract_date, target, str(error))
        arriving.append(extract)
    return sorted(arriving, key=lambda extract: extract.extract_date or date.min)


def _kept_in_order(arriving: Sequence[StagedExtract], landed: Sequence[LandedExtract]) -> list[StagedExtract]:
    """The extracts; one waits that comes before an extract of the lake whose files can no longer be read."""
    broken = {extract.extract_date for extract in arriving if extract.problem}
    in_the_way = [extract.extract_date for extract in landed if extract.extract_date in broken]
    kept = []
    for extract in arriving:
        problem = extract.problem or _out_of_order(extract.extract_date, in_the_way, "cannot be read")
        kept.append(replace(extract, problem=problem, files=()) if problem else extract)
    return kept


def _out_of_order(day: date | None, unusable: Iterable[date], why: str) -> str | None:
    """Why an extract must wait: what was landed of later ones is landed anew after it, from their files."""
    later = sorted(each for each in unusable if day and each > day)
    if not later:
        return None
    return (
        f"the extract of {day} is older than extracts in the lake, which must be landed anew after it,"
        f" but the files of {listed(later)} {why}; accepted is to put them back"
    )


def _with_rows_before(
    arriving: Sequence[StagedExtract], landed: Sequence[LandedExtract]
) -> list[StagedExtract]:
    """Extracts of a source, each file with the rows that its entity had before.

    Of several extracts that wait the largest counts, so that a second cut one is not held against the first.
    """
    first = next((extract.extract_date for extract in arriving if not extract.problem), None)
    earlier = [extract for extract in landed if first and extract.extract_date < first]
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
