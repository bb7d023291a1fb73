"""One refresh from the command line: the job of the UI in this process, then its result in words."""

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import dagster as dg

from orchestration.dagster_home import use_dagster_home
from orchestration.definitions import defs
from orchestration.settings import RunSettings
from orchestration.summary import summarise

OUR_ERRORS = (
    "CompanyFileError", "DataFolderError", "ExtractError", "ModelsFailed", "PublicationRefused",
    "WarehouseError",
)  # fmt: skip


def refresh(settings: RunSettings) -> int:
    """Run the job `refresh`, print the summary, and return the exit status.

    0 when every gate passed, 1 when one failed or an extract is held, though the rest may be published.
    """
    print(f"Refreshing {settings.company.company} in {settings.folder.root}", file=sys.stderr)
    try:
        # dbt's own lines go to its log under the warehouse's folder; the terminal gets ours.
        with _instance(settings) as instance, redirect_stdout(io.StringIO()):
            result = _job().execute_in_process(
                run_config=_run_config(settings), instance=instance, raise_on_error=False
            )
            for failure in _failures(result):
                print(failure, file=sys.stderr)
        summary = summarise(settings)
        print(summary.text)
        return 0 if result.success and summary.every_gate_passed else 1
    finally:
        settings.folder.end_preview()


def _job() -> dg.JobDefinition:
    return defs().resolve_job_def("refresh")


def _instance(settings: RunSettings) -> dg.DagsterInstance:
    """The instance that the UI shows too; a preview leaves no trace in it."""
    if settings.is_preview:
        return dg.DagsterInstance.ephemeral()
    use_dagster_home(settings.folder)
    return dg.DagsterInstance.get()


def _run_config(settings: RunSettings) -> dict[str, Any]:
    config = {
        "company_file": str(settings.company_path),
        "data": str(settings.folder.root),
        "as_of": str(settings.asked_as_of or ""),
        "preview": settings.is_preview,
    }
    return {
        "resources": {"refresh": {"config": config}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """What went wrong, step by step: our own errors in their words, others with where they arose.

    A check that failed is no error of the program: the summary says what it found.
    """
    for event in result.filter_events(lambda event: event.is_step_failure):
        error = event.step_failure_data.error
        cause = error.cause if error and error.cause else error
        if cause is None or cause.cls_name == "DagsterAssetCheckFailedError":
            continue
        module_and_class, _, message = cause.message.strip().partition(": ")
        if module_and_class.rsplit(".", 1)[-1] in OUR_ERRORS:
            yield f"\n{message}"
        else:
            yield f"\n{event.step_key} failed: {cause.message.strip()}\n{''.join(cause.stack)}"
