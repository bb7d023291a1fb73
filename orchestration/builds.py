"""One build of the warehouse, and the check results that let it be published."""

import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.check_results import CheckResult, blocking, no_results, results_frame
from orchestration.publication import fingerprint

REQUIRED_GATES = ("raw", "core models", "core", "metrics models", "forecast")


@dataclass(frozen=True)
class Build:
    """The build that a warehouse file holds: its state stands in a file beside it.

    Each step that writes forgets the results of the gates behind it, so a step that is
    materialised by hand cannot be published on the strength of an older check.
    """

    record: Path
    results_folder: Path

    @classmethod
    def of(cls, warehouse: Path, ledger: Path) -> "Build":
        """The build of this warehouse file."""
        return cls(warehouse.with_suffix(".build.json"), ledger / "check_results")

    def start(self) -> str:
        """Begin a new build, which nothing has checked yet; returns its id."""
        build_id = uuid.uuid4().hex[:16]
        self._write({"build_id": build_id})
        return build_id

    def describe(self, input_fingerprint: str, as_of: date) -> None:
        """Note from which inputs, and as of which date, this build is made."""
        self._write({"build_id": self.build_id, "input_fingerprint": input_fingerprint, "as_of": str(as_of)})

    @property
    def build_id(self) -> str:
        """Identity of the build: new at every landing."""
        return self._read()["build_id"]

    @property
    def input_fingerprint(self) -> str:
        """Short name of extracts, company file, as-of date and code."""
        return self._read()["input_fingerprint"]

    def note_scenarios(self, scenarios: str) -> None:
        """Note the fingerprint of the scenarios that the forecast of this build was made with."""
        self._write({**self._read(), "scenario_fingerprint": scenarios})

    @property
    def scenario_fingerprint(self) -> str:
        """Short name of the scenarios that were read; empty without any, and until there is a forecast."""
        return self._read().get("scenario_fingerprint", "")

    @property
    def as_of(self) -> date:
        """As-of date of everything in this build."""
        return date.fromisoformat(self._read()["as_of"])

    @property
    def version(self) -> str:
        """Name of this build's publication: equal inputs share one."""
        scenarios = self.scenario_fingerprint
        inputs = self.input_fingerprint
        return f"{self.as_of}-{fingerprint([inputs, scenarios]) if scenarios else inputs}"

    @property
    def exists(self) -> bool:
        """Whether anything has been landed for this warehouse file."""
        return self.record.exists() and "as_of" in self._read()

    def forget(self, *gates: str) -> None:
        """Drop the results of these gates: what they checked is being written anew."""
        for gate in gates:
            self._results_file(gate).unlink(missing_ok=True)

    def keep(self, gate: str, results: Sequence[CheckResult]) -> None:
        """Keep the results of one gate of this build."""
        self.results_folder.mkdir(parents=True, exist_ok=True)
        target = self._results_file(gate)
        partial = target.with_suffix(".partial")
        results_frame(self.build_id, results).write_parquet(partial)
        os.replace(partial, target)

    def results(self) -> pl.DataFrame:
        """Every check result of this build, in the order of the gates."""
        frames = [
            pl.read_parquet(self._results_file(gate))
            for gate in REQUIRED_GATES
            if self._results_file(gate).exists()
        ]
        return pl.concat(frames) if frames else no_results()

    def refusals(self) -> list[str]:
        """Why this build must not be published; empty when every gate has let it through."""
        unchecked = [
            f"the gate '{gate}' has not checked this build"
            for gate in REQUIRED_GATES
            if not self._results_file(gate).exists()
        ]
        # A raw failure holds its extract, and nothing of it is in the build.
        failed = blocking(self.results().filter(pl.col("gate") != "raw"))
        return [
            f"the gate '{gate}' failed: {dataset}, {check}"
            for gate, dataset, check in failed.select("gate", "dataset", "check").iter_rows()
        ] + unchecked

    def _results_file(self, gate: str) -> Path:
        return self.results_folder / f"{self.build_id}-{gate.replace(' ', '_')}.parquet"

    def _read(self) -> dict[str, str]:
        content: dict[str, str] = json.loads(self.record.read_text())
        return content

    def _write(self, content: dict[str, str]) -> None:
        self.record.parent.mkdir(parents=True, exist_ok=True)
        partial = self.record.with_suffix(".partial")
        partial.write_text(json.dumps(content))
        os.replace(partial, self.record)
