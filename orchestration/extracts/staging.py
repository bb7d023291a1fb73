"""Staging: each extract that the lake does not hold yet, read, typed and laid ready for the raw gate."""

import shutil
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from orchestration.company import Company, Source
from orchestration.data_folder import DataFolder
from orchestration.extracts.decisions import Decisions, read_decisions
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.file_hashes import FileHashes, interpretation
from orchestration.extracts.held_extracts import HeldExtract, read_held
from orchestration.extracts.landing_order import in_landing_order
from orchestration.extracts.manifest import LakeManifest, read_manifest
from orchestration.extracts.mapping import Mapping, load_mapping
from orchestration.extracts.night_before import NightBefore
from orchestration.extracts.people import forgotten, without_people
from orchestration.extracts.plan import Context
from orchestration.extracts.reading import read_extract
from orchestration.extracts.segments import refuse_unknown_segments
from orchestration.extracts.set_aside import keep_set_aside
from orchestration.extracts.sources import FoundExtract, find_extracts
from orchestration.extracts.staged_extracts import (
    StagedExtract,
    lay_down,
    partial_folder,
    unreadable,
    waiting,
)
from orchestration.extracts.still_written import STILL_WRITTEN, Patience, once_written

HASHES: Final = "file_hashes.json"
A_MOMENT: Final = Patience(seconds=2)


def stage_extracts(
    company: Company, company_dir: Path, folder: DataFolder, patience: Patience = A_MOMENT
) -> list[StagedExtract]:
    """Every extract that is not in the lake, typed, by source and date.

    An extract older than the newest in the lake, or whose files are others than those landed, brings all
    later ones of its source with it: what changed is always told from the extract before. One that the raw
    gate held waits as it was staged and brings none; one that was rejected is left out. One that cannot be
    read has a `problem` instead of rows, is tried again each time, and disturbs no other.

    Raises:
        ExtractError: the company file or a mapping cannot be used.
    """
    hashes = FileHashes(folder.lake / HASHES)
    held = {each.name: each for each in read_held(folder)}
    known = _Known(read_manifest(folder), read_decisions(folder), held)
    mappings = [load_mapping(source.crm, company_dir) for source in company.sources]
    refuse_unknown_segments(company, mappings)
    staged: list[StagedExtract] = []
    for source, mapping in zip(company.sources, mappings, strict=True):
        arriving = _arriving(source, company, mapping, folder, hashes, known, patience)
        _clear(folder.staged / source.name, arriving)
        staged += arriving
    hashes.remember()
    return staged


@dataclass(frozen=True)
class _Known:
    """What is known of extracts before they are read."""

    manifest: LakeManifest
    decisions: Decisions
    held: Dictionary[str, HeldExtract]

    def is_held(self, extract: StagedExtract) -> bool:
        """Whether the raw gate held just this, and nobody has decided about it since."""
        held = self.held.get(extract.name)
        return (
            held is not None
            and held.is_readable
            and held.fingerprint == extract.fingerprint
            and not held.is_decided(self.decisions)
        )


def _arriving(
    source: Source,
    company: Company,
    mapping: Mapping,
    folder: DataFolder,
    hashes: FileHashes,
    known: _Known,
    patience: Patience,
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
    (extracts, problems), busy = once_written(
        lambda: find_extracts(source, folder),
        lambda found: (file for each in found[0] for file in each.files),
        patience,
    )
    staged = folder.staged / source.name
    landed = {each.extract_date: each.fingerprint for each in known.manifest.of_source(source.name)}
    in_the_way = {day: "are gone" for day in landed if day not in [each.extract_date for each in extracts]}
    arriving = [unreadable(source, each.extract_date, staged, each.message) for each in problems]
    is_new = False
    newest: FoundExtract | None = None  # of those that the lake has as they lie here
    for found in extracts:
        day, content = found.extract_date, ""
        target = staged / day.isoformat()
        try:
            _refuse_busy(found, busy)
            content, fingerprint = (hashes.fingerprint(found, reading) for reading in ("", read_as))
            is_landed = landed.get(day) == fingerprint
            if is_landed and not is_new:
                newest = found
                continue
            if not is_landed and known.decisions.is_rejected(source.name, day, content):
                in_the_way |= {day: "are a correction that was rejected"} if day in landed else {}
                continue
            is_alone = not (is_new or forgotten(folder))
            before = NightBefore.of(newest, known.manifest, folder) if is_alone else None
            lineage = before.landed.lineage if before else None
            extract = waiting(target, fingerprint, lineage)
            if extract is None:
                read = read_extract(found, mapping, context, partial_folder(target), before)
                if before and read.replaced and not hashes.are_unchanged(before.found):
                    read = read_extract(found, mapping, context, partial_folder(target))
                read = without_people(read, forgotten(folder))
                hashes.refuse_changed(found)
                keep_set_aside(folder.quarantine / source.name / day.isoformat(), read.set_aside)
                extract = lay_down(read, found, target, fingerprint, content, lineage)
        except ExtractError as error:
            shutil.rmtree(target, ignore_errors=True)
            extract = unreadable(source, day, target, str(error), content)
        extract = replace(extract, landed=landed.get(day))
        arriving.append(extract)
        is_held = known.is_held(extract)
        is_new = is_new or not (extract.problem or is_held or extract.is_landed)
        if day in landed and (extract.problem or is_held):
            in_the_way[day] = "cannot be read" if extract.problem else "are a correction that is held"
    return in_landing_order(arriving, in_the_way, known.is_held)


def _refuse_busy(found: FoundExtract, busy: frozenset[Path]) -> None:
    for file in found.files:
        if file in busy:
            raise ExtractError(f"{file}: {STILL_WRITTEN}")


def _clear(staged: Path, arriving: Sequence[StagedExtract]) -> None:
    """Remove what was staged of extracts that wait no more."""
    wanted = {extract.path for extract in arriving}
    for path in staged.iterdir() if staged.is_dir() else ():
        if path not in wanted:
            shutil.rmtree(path, ignore_errors=True)
