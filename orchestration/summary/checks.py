"""What the checks found, and what that means for readers."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import polars as pl

from orchestration.builds import Build
from orchestration.check_results import blocking
from orchestration.publication import current_version, version_folder
from orchestration.settings import RunSettings
from orchestration.shown_values import shortened
from orchestration.summary.lines import count, line, wrapped

EXPLAINED_LINES = 6
SAMPLES_SHOWN = 2


def check_lines(results: pl.DataFrame, refusals: list[str]) -> Iterator[str]:
    """How many passed; each that did not, in words."""
    passed = results.filter(pl.col("status") == "passed").height
    warnings = results.filter((pl.col("status") == "failed") & (pl.col("severity") == "warning"))
    failed = results.height - passed - warnings.height
    yield line("Checks", f"{passed:,} passed, {count(warnings.height, 'warning')}, {failed:,} failed")
    for row in warnings.iter_rows(named=True):
        yield from explained("warning", row)
    for row in blocking(results.filter(pl.col("gate") != "raw")).iter_rows(named=True):
        yield from explained("failed", row)
    for reason in refusals:
        yield line("", reason)


def explained(word: str, row: dict[str, Any]) -> Iterator[str]:
    """A check in the words of its suite: what should hold, what was seen, what to do."""
    text = f"{word}: {row['check']}: {row['observed']}. Expected: {row['description']} {row['remedy']}"
    text += _samples(json.loads(row.get("sample") or "[]"))
    yield from islice(wrapped(text.replace("\n", " "), "  "), EXPLAINED_LINES)


def _samples(rows: list[dict[str, Any]]) -> str:
    """The first rows that a check found; of their values, which are text of extracts, what can be printed."""
    shown = "; ".join(
        ", ".join(f"{name} {shortened(value)}" for name, value in row.items() if value is not None)
        for row in rows[:SAMPLES_SHOWN]
    )
    printable = "".join(letter if letter.isprintable() else " " for letter in shown)
    return f" Such as: {printable}" if printable else ""


def published_lines(settings: RunSettings, build: Build | None, refusals: list[str]) -> Iterator[str]:
    """What readers see now, and why, where it is not this build."""
    current = current_version(settings.folder)
    if settings.is_preview:
        yield line("Published", "nothing: this was a preview")
    elif build is None or refusals:
        kept = f"readers still see {current}" if current else "nothing has been published yet"
        yield line("Published", f"nothing new, for the reasons above; {kept}")
    elif not version_folder(settings.folder, build.version).exists():
        yield line("Published", "nothing new: publishing itself failed, as said above")
    elif current == build.version:
        yield line("Published", str(settings.folder.published / "current"))
    else:
        yield line("Published", str(version_folder(settings.folder, build.version)))
        yield line("", f"readers of `current` still see the newer {current}")


def not_done_lines(settings: RunSettings) -> Iterator[str]:
    """What the company file asks for and this version does not do."""
    if settings.company.alerts:
        yield line("Not done", "no alert was sent: `alerts` of the company file have no effect yet")
    if settings.company.publish.postgres:
        yield line("Not done", "nothing went to Postgres: `publish.postgres` has no effect yet")
