"""The raw gate: each staged extract passes or is held, by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace

import polars as pl

from expectations import landed_files
from orchestration.check_results import CheckResult, blocking
from orchestration.extracts import StagedExtract
from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS
from orchestration.gates import run_gate


def check_staged(staged: Iterable[StagedExtract], thresholds: Mapping[str, float]) -> list[CheckResult]:
    """The results of the raw suites on each extract; datasets are named after their extract."""
    return [
        replace(result, dataset=f"{extract.name} {result.dataset}")
        for extract in staged
        for result in (
            [_unreadable(extract.problem)]
            if extract.problem
            else run_gate("raw", None, _views(extract), thresholds)
        )
    ]


def passed(staged: Sequence[StagedExtract], results: pl.DataFrame) -> list[StagedExtract]:
    """The extracts that were checked and that no critical check holds.

    One that arrived after the check waits for the next refresh.
    """
    raw = results.filter(pl.col("gate") == "raw")
    let_through = _extracts(raw) - _extracts(blocking(raw))
    return [extract for extract in staged if not extract.problem and extract.name in let_through]


def extract_of(dataset: str) -> str:
    """The extract that a dataset of the raw gate is named after."""
    return dataset.rsplit(" ", 1)[0]


def _extracts(results: pl.DataFrame) -> set[str]:
    return {extract_of(dataset) for dataset in results["dataset"]}


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


def _views(extract: StagedExtract) -> dict[str, str | pl.DataFrame]:
    files = [
        {
            "source_name": extract.source_name,
            "extract_date": extract.extract_date,
            "delivery": extract.delivery,
            **asdict(account),
        }
        for account in extract.files
    ]
    return {
        "landed_deals": _staged_rows(extract, "deals"),
        "landed_deal_changes": _staged_rows(extract, "deal_changes"),
        "landed_files": pl.DataFrame(files, infer_schema_length=None),
    }


def _staged_rows(extract: StagedExtract, entity: str) -> str | pl.DataFrame:
    """A query of the staged rows, which stay in their file, or an empty table."""
    path = extract.entity(entity)
    if path.exists():
        quoted = str(path).replace("'", "''")
        return f"select * from read_parquet('{quoted}')"
    return pl.DataFrame(schema={**ENTITIES[entity].columns, **LAKE_COLUMNS})
