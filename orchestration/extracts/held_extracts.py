"""The extracts that the raw gate holds, and why: what a person is asked to decide."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

import polars as pl

from orchestration.data_folder import DataFolder
from orchestration.extracts.decisions import Decisions

HELD: Final = "held.json"
HELD_EXTRACTS: Final = {
    "source_name": pl.String, "extract_date": pl.Date, "check": pl.String, "observed": pl.String,
    "expected": pl.String, "remedy": pl.String, "is_correction": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """A critical check that holds an extract; one that could not be made has `is_error`."""

    check: str
    observed: str
    expected: str
    description: str
    remedy: str
    is_error: bool = False


@dataclass(frozen=True)
class HeldExtract:
    """An extract that waits: by which reading of which content, and for which reasons.

    `is_readable` is false where no check could look into it. A correction stands for an extract that the
    lake has in an earlier form; that one stays.
    """

    source_name: str
    extract_date: date | None
    fingerprint: str
    content: str
    reasons: tuple[Reason, ...]
    is_readable: bool = True
    is_correction: bool = False

    @property
    def name(self) -> str:
        """The extract as it is named to people and checks."""
        return f"{self.source_name} {self.extract_date or 'undated'}"

    @property
    def checks(self) -> frozenset[str]:
        """The checks that hold it."""
        return frozenset(reason.check for reason in self.reasons)

    def is_decided(self, decisions: Decisions) -> bool:
        """Whether a person has decided about all that holds it."""
        about = (self.source_name, self.extract_date, self.content)
        return decisions.is_rejected(*about) or (
            self.is_readable and self.checks <= decisions.accepted(*about)
        )


def read_held(folder: DataFolder) -> list[HeldExtract]:
    """The extracts that the newest raw gate holds, by source and date."""
    path = folder.staged / HELD
    if not path.exists():
        return []
    return [_held(each) for each in json.loads(path.read_text(encoding="utf-8"))]


def write_held(folder: DataFolder, held: Iterable[HeldExtract]) -> None:
    """Replace the list of held extracts, by one rename."""
    path = folder.staged / HELD
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps([asdict(each) for each in held], indent=1, default=str), encoding="utf-8")
    os.replace(partial, path)


def held_table(held: Sequence[HeldExtract]) -> pl.DataFrame:
    """A row per held extract and check that holds it: `quality.held_extracts`."""
    rows = [
        {
            "source_name": each.source_name,
            "extract_date": each.extract_date,
            "check": reason.check,
            "observed": reason.observed,
            "expected": reason.expected,
            "remedy": reason.remedy,
            "is_correction": each.is_correction,
        }
        for each in held
        for reason in each.reasons
    ]
    return pl.DataFrame(rows, schema=HELD_EXTRACTS)


def _held(content: dict[str, object]) -> HeldExtract:
    day, reasons = content["extract_date"], content["reasons"]
    assert isinstance(reasons, list)
    known = {
        "extract_date": date.fromisoformat(str(day)) if day else None,
        "reasons": tuple(Reason(**reason) for reason in reasons),
    }
    return HeldExtract(**{**content, **known})  # type: ignore[arg-type]
