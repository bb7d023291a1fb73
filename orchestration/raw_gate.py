"""The raw gate: each staged extract passes or is held, by itself."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Final

import polars as pl

from expectations import landed_files
from orchestration.check_results import CheckResult, blocking
from orchestration.data_folder import DataFolder
from orchestration.extracts import LakeManifest, StagedExtract, read_manifest
from orchestration.extracts.decisions import Decisions, read_decisions
from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS
from orchestration.extracts.held_extracts import HeldExtract, Reason, write_held
from orchestration.extracts.landing_order import landable
from orchestration.extracts.manifest import LandedFile
from orchestration.extracts.rows_of_extract import rows_of_extract
from orchestration.extracts.table_rows import FileAccount
from orchestration.gates import run_gate

Rows = Counter[str]  # of each entity
CHECKED: Final = "checked"  # lies in the folder of a staged extract; one staged from other files lacks it


def gate_extracts(
    stage: Callable[[], list[StagedExtract]], folder: DataFolder, thresholds: Mapping[str, float]
) -> list[CheckResult]:
    """The results of the raw suites on what is staged; the folder then lists which extracts are held.

    `stage` is asked again afterwards: what is older than a held correction must wait as well.
    """
    staged = stage()
    results = check_staged(staged, thresholds, read_manifest(folder), read_decisions(folder))
    write_held(folder, held_extracts(staged, results))
    for extract in staged:
        if not extract.problem:
            (extract.path / CHECKED).touch()
    sound = {extract.name for extract in staged if not extract.problem}
    after = stage()
    waiting = {each.name: each.problem for each in after if each.problem and each.name in sound}
    if waiting:
        results = [result for result in results if extract_of(result.dataset) not in waiting]
        for name, problem in waiting.items():
            unreadable = _unreadable(problem)
            results.append(replace(unreadable, dataset=f"{name} {unreadable.dataset}"))
        write_held(folder, held_extracts(after, results))
    return results


def check_staged(
    staged: Iterable[StagedExtract],
    thresholds: Mapping[str, float],
    lake: LakeManifest | None = None,
    decisions: Decisions | None = None,
) -> list[CheckResult]:
    """The results of the raw suites on each extract; datasets are named after their extract.

    What the lake has already is not checked again. An accepted check that fails is only a warning.
    """
    results: list[CheckResult] = []
    before = _rows_in_lake(lake)
    for extract in staged:
        own = before[extract.source_name]
        if extract.problem:
            found = [_unreadable(extract.problem)]
        elif extract.is_landed:
            found = []
        else:
            views = _views(extract, _newest_before(own, extract), lake)
            found = run_gate("raw", None, views, thresholds)
            found = [_as_decided(result, extract, decisions or Decisions()) for result in found]
        if extract.extract_date and not any(result.is_blocking for result in found):
            own[extract.extract_date] = _rows(extract.files)
        results += [replace(result, dataset=f"{extract.name} {result.dataset}") for result in found]
    return results


def held_extracts(staged: Iterable[StagedExtract], results: Sequence[CheckResult]) -> list[HeldExtract]:
    """The extracts that these results hold."""
    reasons: dict[str, list[Reason]] = defaultdict(list)
    for result in results:
        if result.is_blocking:
            reasons[extract_of(result.dataset)].append(
                Reason(
                    result.check,
                    _with_counts(result),
                    result.expected,
                    result.description,
                    result.remedy,
                    result.status == "error",
                )
            )
    return [
        HeldExtract(
            source_name=extract.source_name,
            extract_date=extract.extract_date,
            fingerprint=extract.fingerprint,
            content=extract.content,
            reasons=tuple(reasons[extract.name]),
            is_readable=extract.problem is None,
            is_correction=extract.landed is not None,
        )
        for extract in {each.name: each for each in staged}.values()
        if extract.name in reasons
    ]


def _with_counts(result: CheckResult) -> str:
    """What was observed, with the counts of the first failing row, which say how far it is off."""
    row = result.sample[0] if result.sample else {}
    counts = ", ".join(f"{name} {value:,}" for name, value in row.items() if isinstance(value, int | float))
    return f"{result.observed} ({counts})" if counts else result.observed


def passed(staged: Sequence[StagedExtract], results: pl.DataFrame) -> list[StagedExtract]:
    """The extracts that were checked and that no critical check holds, and those to land anew after them.

    One that arrived, or whose files changed, after the check waits for the next refresh.
    """
    raw = results.filter(pl.col("gate") == "raw")
    let_through = _extracts(raw) - _extracts(blocking(raw))
    return landable(staged, lambda extract: extract.name in let_through and (extract.path / CHECKED).exists())


def extract_of(dataset: str) -> str:
    """The extract that a dataset of the raw gate is named after."""
    return dataset.rsplit(" ", 1)[0]


def _extracts(results: pl.DataFrame) -> set[str]:
    return {extract_of(dataset) for dataset in results["dataset"]}


def _as_decided(result: CheckResult, extract: StagedExtract, decisions: Decisions) -> CheckResult:
    """The result; what somebody accepted for this very content holds it no more."""
    accepted = decisions.accepted(extract.source_name, extract.extract_date, extract.content)
    if result.status == "failed" and result.is_blocking and result.check in accepted:
        return replace(result, severity="warning", observed=f"{result.observed} (accepted)")
    return result


def _rows_in_lake(lake: LakeManifest | None) -> dict[str, dict[date, Rows]]:
    """The rows of each source's extracts by date."""
    rows: dict[str, dict[date, Rows]] = defaultdict(dict)
    for extract in lake.extracts if lake else ():
        rows[extract.source_name][extract.extract_date] = _rows(extract.files)
    return rows


def _newest_before(rows: Mapping[date, Rows], extract: StagedExtract) -> Rows:
    earlier = [day for day in rows if extract.extract_date and day < extract.extract_date]
    return rows[max(earlier)] if earlier else Counter()


def _rows(files: Iterable[FileAccount | LandedFile]) -> Rows:
    """How many rows of each entity files hold, readable or not."""
    rows: Rows = Counter()
    for file in files:
        rows[file.entity] += file.rows_in - file.rows_duplicate
    return rows


def _unreadable(problem: str) -> CheckResult:
    """What stands for all checks of an extract that no suite can look into."""
    return CheckResult(
        gate="raw",
        dataset=landed_files.SUITE.name,
        check="extract_readable",
        description="The files of an extract can be read, and are there.",
        severity="critical",
        status="failed",
        observed=problem,
        expected="a readable extract",
        failing_rows=0,
        sample=[],
        remedy="Deliver the extract again, or take it away: the next refresh reads it anew.",
    )


def _views(extract: StagedExtract, before: Rows, lake: LakeManifest | None) -> dict[str, str | pl.DataFrame]:
    files = [
        {
            "source_name": extract.source_name,
            "extract_date": extract.extract_date,
            "delivery": extract.delivery,
            **asdict(account),
            "rows_before": before.get(account.entity),
        }
        for account in extract.files
    ]
    return {
        "landed_deals": _staged_rows(extract, "deals", lake),
        "landed_deal_changes": _staged_rows(extract, "deal_changes", lake),
        "landed_files": pl.DataFrame(files, infer_schema_length=None),
    }


def _staged_rows(extract: StagedExtract, entity: str, lake: LakeManifest | None) -> str | pl.DataFrame:
    """A query of the rows of an extract, which stay in their files, or an empty table."""
    if not extract.entity(entity).exists():
        return pl.DataFrame(schema={**ENTITIES[entity].columns, **LAKE_COLUMNS})
    files = lake.files_of_source(extract.source_name, entity) if lake else []
    return rows_of_extract(extract, ENTITIES[entity], files)
