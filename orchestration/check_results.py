"""What a check found: one row of `quality.check_results`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import polars as pl

from expectations.suite import Severity

Status = Literal["passed", "failed", "error"]


@dataclass(frozen=True)
class CheckResult:
    """The result of one check on one dataset.

    An error means that the check could not be made, which says nothing good about the data: like a failed
    critical check it stops what comes after. `sample` holds up to five failing rows.
    """

    gate: str
    dataset: str
    check: str
    description: str
    severity: Severity
    status: Status
    observed: str
    expected: str
    failing_rows: int
    sample: list[dict[str, Any]]
    remedy: str = ""

    @property
    def is_blocking(self) -> bool:
        """Whether this result stops what comes after its gate."""
        return self.status == "error" or (self.status == "failed" and self.severity == "critical")


RESULT_COLUMNS: Final = {
    "build_id": pl.String,
    "gate": pl.String,
    "dataset": pl.String,
    "check": pl.String,
    "description": pl.String,
    "severity": pl.String,
    "status": pl.String,
    "observed": pl.String,
    "expected": pl.String,
    "failing_rows": pl.Int64,
    "sample": pl.String,  # JSON: a list of rows
    "remedy": pl.String,
}


def results_frame(build_id: str, results: Sequence[CheckResult]) -> pl.DataFrame:
    """One row per result in the order given, with the same columns whatever the results."""
    rows = [
        {**asdict(result), "build_id": build_id, "sample": json.dumps(result.sample, ensure_ascii=False)}
        for result in results
    ]
    return pl.DataFrame(rows, schema=RESULT_COLUMNS)


def blocking(results: pl.DataFrame) -> pl.DataFrame:
    """Of kept results, those that stop what comes after their gate."""
    return results.filter(
        (pl.col("status") == "error") | ((pl.col("status") == "failed") & (pl.col("severity") == "critical"))
    )


def no_results() -> pl.DataFrame:
    """The results of a build that nothing has checked."""
    return pl.DataFrame(schema=RESULT_COLUMNS)
