"""Great Expectations, run over suites inside one DuckDB: the only place that imports it."""

import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.suite import Check, Suite
from orchestration.check_results import CheckResult

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

SAMPLE_ROWS = 5
SAMPLE_CHARACTERS = 80
MESSAGE_CHARACTERS = 500


def validate(
    gate: str,
    database: str,
    suites: Sequence[Suite],
    thresholds: Mapping[str, float],
    refused: Mapping[str, str],
) -> list[CheckResult]:
    """The result of each check, in the suites' order, against a DuckDB that holds a relation per suite.

    Suites in `refused`, by name with the reason, cannot be validated: all their checks are errors.
    """
    results = []
    with _datasource(database) as datasource:
        for suite in suites:
            found: dict[str, ExpectationValidationResult] = {}
            reason = refused.get(suite.name, "")
            if not reason:
                try:
                    found = _validate_suite(datasource, suite, thresholds)
                except Exception as error:  # whatever it is, no check of this suite has been made
                    reason = str(error)
            for check in suite.checks:
                expected = check.expected_at(thresholds.get(check.name, check.threshold))
                outcome = _outcome(check, found.get(check.name), reason)
                results.append(
                    CheckResult(
                        gate=gate,
                        dataset=suite.name,
                        check=check.name,
                        description=check.description,
                        severity=check.severity,
                        expected=expected,
                        remedy=check.remedy,
                        **outcome,
                    )
                )
    return results


@contextmanager
def _datasource(database: str) -> Iterator["SQLDatasource"]:
    """Great Expectations' view of the DuckDB, let go at the end."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"  # before the import, which reads it
    with _spark_left_out():
        import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from orchestration import duckdb_dialect

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    datasource = context.data_sources.add_sql(
        "gate", connection_string=f"{duckdb_dialect.NAME}:///{database}", create_temp_table=False
    )
    try:
        yield datasource
    finally:
        datasource.get_engine().dispose()
        datasource.get_execution_engine().engine.dispose()


@contextmanager
def _spark_left_out() -> Iterator[None]:
    """Keep Great Expectations from importing Spark where it is installed, which no gate needs.

    Spark's Connect client takes a process that the UI has spawned for a doctest, and ends it.
    """
    is_new = "pyspark" not in sys.modules
    if is_new:
        sys.modules["pyspark"] = None  # type: ignore[assignment]  # an import of it is then an ImportError
    try:
        yield
    finally:
        if is_new:
            del sys.modules["pyspark"]


def _validate_suite(
    datasource: "SQLDatasource", suite: Suite, thresholds: Mapping[str, float]
) -> "dict[str, ExpectationValidationResult]":
    """Great Expectations' results by the name of the check: they come in no particular order."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    expectations = [
        getattr(gxe, check.expectation)(
            **check.arguments_at(thresholds.get(check.name, check.threshold)),
            description=check.description,
            severity=check.severity,
            meta={"check": check.name},
        )
        for check in suite.checks
    ]
    batch = datasource.add_table_asset(suite.name).add_batch_definition_whole_table(suite.name).get_batch()
    validation = batch.validate(
        gx.ExpectationSuite(name=suite.name, expectations=expectations),
        # COMPLETE, because only it holds the rows that a query found.
        result_format={
            "result_format": "COMPLETE",
            "partial_unexpected_count": SAMPLE_ROWS,
            "unexpected_index_column_names": list(suite.key),
            "return_unexpected_index_query": False,
        },
    )
    return {
        result.expectation_config.meta["check"]: result
        for result in validation.results
        if result.expectation_config and result.expectation_config.meta
    }


def _outcome(check: Check, result: "ExpectationValidationResult | None", missing: str) -> dict[str, Any]:
    """Status, observed, failing_rows and sample of one result."""
    message = missing if result is None else _exception_message(result.exception_info)
    if result is None or message or not isinstance(result.success, bool):
        observed = f"could not be checked: {message or 'no verdict'}"[:MESSAGE_CHARACTERS]
        return {"status": "error", "observed": observed, "failing_rows": 0, "sample": []}
    found = result.result
    match check.expectation:
        case "UnexpectedRowsExpectation":
            failing = found["observed_value"]
            observed = f"{failing:,} found" if failing else "none found"
            rows = found["details"]["unexpected_rows"]
        case "ExpectTableRowCountToBeBetween":
            failing, rows = 0, []
            observed = f"{found['observed_value']:,} rows"
        case _:
            failing = found["unexpected_count"] or 0  # null on an empty table
            observed = f"{failing:,} of {found['element_count']:,} rows fail"
            rows = found.get("unexpected_index_list") or found.get("partial_unexpected_list") or []
    return {
        "status": "passed" if result.success else "failed",
        "observed": observed,
        "failing_rows": failing,
        "sample": [_readable(row) for row in rows[:SAMPLE_ROWS]],
    }


def _exception_message(info: Mapping[str, Any]) -> str:
    """What went wrong, or nothing: the details stand at the top, or under each metric that failed."""
    details = [info] if "raised_exception" in info else list(info.values())
    messages = {str(detail["exception_message"]): None for detail in details if detail["raised_exception"]}
    return "; ".join(messages)


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A failing row as JSON can hold it, with long texts cut."""
    return {name: _readable_value(value) for name, value in row.items()}


def _readable_value(value: object) -> object:
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    text = value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, Decimal):
        return text
    return text if len(text) <= SAMPLE_CHARACTERS else text[: SAMPLE_CHARACTERS - 1] + "…"
