"""What a person decided about held extracts: accepted or rejected, for the content that was held."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final, Literal

from orchestration.data_folder import DataFolder
from orchestration.extracts.errors import ExtractError

DECISIONS: Final = "decisions.json"
FORMAT_VERSION: Final = 1


@dataclass(frozen=True)
class Decision:
    """One decision. It is about these very files: `content` is their fingerprint, however they are read.

    An accepted extract lands although `checks` fail; any other critical check holds it again.
    """

    source_name: str
    extract_date: date
    content: str
    verdict: Literal["accepted", "rejected"]
    checks: tuple[str, ...]
    decided_on: date

    @property
    def name(self) -> str:
        """The extract as it is named to people."""
        return f"{self.source_name} {self.extract_date}"


@dataclass(frozen=True)
class Decisions:
    """All decisions of a data folder, the newest of each source and date."""

    decisions: tuple[Decision, ...] = ()

    def about(self, source_name: str, extract_date: date | None, content: str) -> Decision | None:
        """The decision about an extract with this content, if there is one."""
        for decision in self.decisions:
            if (decision.source_name, decision.extract_date) == (source_name, extract_date):
                return decision if content and decision.content == content else None
        return None

    def accepted(self, source_name: str, extract_date: date | None, content: str) -> frozenset[str]:
        """The checks that may fail on an extract with this content."""
        decision = self.about(source_name, extract_date, content)
        return frozenset(decision.checks if decision and decision.verdict == "accepted" else ())

    def is_rejected(self, source_name: str, extract_date: date | None, content: str) -> bool:
        """Whether an extract with this content is left out."""
        decision = self.about(source_name, extract_date, content)
        return decision is not None and decision.verdict == "rejected"

    def without(self, name: str) -> "Decisions":
        """All decisions but that about an extract, whatever its content."""
        return Decisions(tuple(each for each in self.decisions if each.name != name))

    def adding(self, decision: Decision) -> "Decisions":
        """All decisions and a new one, which replaces an older one about its extract."""
        return Decisions((*self.without(decision.name).decisions, decision))


def read_decisions(folder: DataFolder) -> Decisions:
    """The decisions about extracts of a data folder; a preview keeps to those of the folder itself.

    Raises:
        ExtractError: the file was written by a newer version, or is broken.
    """
    path = folder.root / DECISIONS
    if not path.exists():
        return Decisions()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format_version"] > FORMAT_VERSION:
            raise ExtractError(
                f"{path}: format version {content['format_version']} is newer than {FORMAT_VERSION};"
                " use a newer program"
            )
        return Decisions(tuple(_decision(each) for each in content["decisions"]))
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, ExtractError):
            raise
        raise ExtractError(f"{path}: is broken ({error}); accepted is what this program wrote") from error


def write_decisions(folder: DataFolder, decisions: Decisions) -> None:
    """Replace the decisions of a data folder, by one rename."""
    path = folder.root / DECISIONS
    partial = path.with_suffix(".partial")
    content = {"format_version": FORMAT_VERSION, "decisions": _sorted(decisions.decisions)}
    partial.write_text(json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8")
    os.replace(partial, path)


def _sorted(decisions: Iterable[Decision]) -> list[dict[str, object]]:
    return [asdict(each) for each in sorted(decisions, key=lambda each: each.name)]


def _decision(content: dict[str, object]) -> Decision:
    checks = content["checks"]
    assert isinstance(checks, list)
    days = {name: date.fromisoformat(str(content[name])) for name in ("extract_date", "decided_on")}
    return Decision(**{**content, **days, "checks": tuple(checks)})  # type: ignore[arg-type]
