"""The lake: of each extract only what changed since the one before, and tombstones for what is gone."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

import polars as pl

from orchestration.data_folder import DataFolder
from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS, Entity
from orchestration.extracts.lake_versions import (
    CONTENT,
    KEY,
    content_hashes,
    key_hashes,
    keys_of,
    newest_versions,
)
from orchestration.extracts.manifest import (
    LakeManifest,
    LandedEntity,
    LandedExtract,
    LandedFile,
    read_manifest,
    write_manifest,
)
from orchestration.extracts.parquet_files import write_rows
from orchestration.extracts.reading import FOR_LOOKUP
from orchestration.extracts.staged_extracts import QUARANTINE, UNLANDED, StagedExtract


def commit_extracts(folder: DataFolder, staged: Sequence[StagedExtract]) -> LakeManifest:
    """Add staged extracts to the lake; what a source had from the first of their dates on is replaced.

    Those with a problem are left out: what the lake has of their date stays. Nothing counts before the
    manifest is renamed into place; what a killed run left is overwritten.
    """
    manifest = read_manifest(folder)
    readable = [each for each in staged if each.problem is None]
    if not readable:
        return manifest
    extracts = list(manifest.extracts)
    ordered = sorted(readable, key=lambda each: (each.source_name, _day(each)))
    for source_name, group in groupby(ordered, key=lambda each: each.source_name):
        arriving = list(group)
        kept = [each for each in manifest.of_source(source_name) if each.extract_date < _day(arriving[0])]
        for each in arriving:
            kept.append(_commit(folder, each, kept))
        extracts = [each for each in extracts if each.source_name != source_name] + kept
    committed = write_manifest(folder, extracts)
    _clear(folder, manifest, committed)
    for each in readable:
        shutil.rmtree(each.path, ignore_errors=True)
    return committed


def _commit(folder: DataFolder, staged: StagedExtract, earlier: Sequence[LandedExtract]) -> LandedExtract:
    """Write the lake files of one extract, told against those before it."""
    before = earlier[-1].lineage if earlier else ""
    if staged.before not in (None, before):
        raise AssertionError(f"{staged.name}: was told from another extract than the lake ends with")
    lineage = hashlib.sha256(f"{before}\n{_day(staged)}\n{staged.fingerprint}".encode()).hexdigest()
    entities: dict[str, LandedEntity] = {}
    written: dict[str, pl.Series] = {}
    for entity in ENTITIES.values():
        if not staged.entity(entity.name).exists():
            continue
        files = [
            folder.lake / each.entities[entity.name].path for each in earlier if entity.name in each.entities
        ]
        path = f"{entity.name}/{staged.source_name}/{staged.extract_date}-{lineage[:12]}.parquet"
        if files:
            changed, tombstones = _change(entity, staged, files)
            rows, gone = changed["source_row"], tombstones.height
        else:
            rows, gone = pl.read_parquet(staged.entity(entity.name), columns=["source_row"])["source_row"], 0
        written[entity.name] = rows
        if len(rows) or gone:
            if files:
                write_rows(pl.concat([changed, tombstones]), folder.lake / path)
            else:
                _link(staged.entity(entity.name), folder.lake / path)
            entities[entity.name] = LandedEntity(path, len(rows), gone)
    return LandedExtract(
        source_name=staged.source_name,
        extract_date=_day(staged),
        fingerprint=staged.fingerprint,
        lineage=lineage,
        delivery=staged.delivery,
        taken=staged.taken,
        entities=entities,
        files=tuple(_landed_files(staged, written)),
        quarantine=_keep_quarantine(folder, staged, lineage),
        settled=staged.settled,
    )


def _day(staged: StagedExtract) -> date:
    """The date of an extract that can be read: such always have one."""
    assert staged.extract_date is not None
    return staged.extract_date


def _change(
    entity: Entity, staged: StagedExtract, files: Sequence[Path]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that are new or differ from the lake's newest version, and tombstones for rows that are gone."""
    arriving = pl.read_parquet(staged.entity(entity.name))
    is_told = staged.replaced(entity.name).exists()
    known = newest_versions(entity, files, arriving.select(*entity.key) if is_told else None)
    changed = arriving.filter(~content_hashes(entity, arriving).is_in(known[CONTENT].implode()))
    nothing = pl.DataFrame(schema={**entity.columns, **LAKE_COLUMNS})
    if staged.delivery != "full" or entity.is_event:
        return changed, nothing
    if is_told:
        replaced = pl.read_parquet(staged.replaced(entity.name))
        gone = replaced.join(arriving, on=entity.key, how="anti", nulls_equal=True)
    else:
        absent = ~known[KEY].is_in(key_hashes(entity, arriving).implode())
        gone = keys_of(entity, files, known[KEY].filter(absent))
    unreadable = staged.path / UNLANDED / f"{entity.name}.parquet"
    if gone.height and unreadable.exists():
        unlanded = pl.read_parquet(unreadable)
        gone = gone.join(unlanded, on=unlanded.columns, how="anti", nulls_equal=True)
    tombstones = gone.sort(entity.key).with_columns(
        pl.lit(staged.source_name).alias("source_name"),
        pl.lit(staged.extract_date).alias("extract_date"),
        pl.lit(True).alias("is_tombstone"),
    )
    return changed, pl.concat([nothing, tombstones], how="diagonal")


def _landed_files(staged: StagedExtract, written: dict[str, pl.Series]) -> list[LandedFile]:
    landed = []
    for file in staged.files:
        numbers = written.get(file.entity, pl.Series([], dtype=pl.Int64))
        count = int(
            numbers.filter(numbers.is_between(file.first_row, file.next_row, closed="left")).n_unique()
        )
        count = min(count, file.rows_landed) if file.entity != FOR_LOOKUP else 0
        landed.append(
            LandedFile(
                file=file.file,
                entity=file.entity,
                rows_in=file.rows_in,
                rows_written=count,
                rows_unchanged=file.rows_landed - count,
                rows_quarantined=file.rows_quarantined,
                rows_duplicate=file.rows_duplicate,
            )
        )
    return landed


def _keep_quarantine(folder: DataFolder, staged: StagedExtract, lineage: str) -> str | None:
    rows = pl.read_parquet(staged.path / QUARANTINE)
    if not rows.height:
        return None
    name = f"{staged.source_name}/{staged.extract_date}-{lineage[:12]}.parquet"
    write_rows(rows, folder.quarantine / name)
    return name


def _link(staged: Path, path: Path) -> None:
    """Take over a staged file, which is never changed in place, as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    os.link(staged, partial)
    os.replace(partial, path)
    partial.unlink(missing_ok=True)  # renaming one link of a file over another does nothing


def _clear(folder: DataFolder, before: LakeManifest, after: LakeManifest) -> None:
    """Remove the files of extracts that were landed anew."""

    def paths(manifest: LakeManifest) -> set[Path]:
        lake = {
            manifest.lake / entity.path
            for extract in manifest.extracts
            for entity in extract.entities.values()
        }
        return lake | {folder.quarantine / each.quarantine for each in manifest.extracts if each.quarantine}

    for path in paths(before) - paths(after):
        path.unlink(missing_ok=True)
