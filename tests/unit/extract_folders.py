"""A data folder with small extracts written by a test, landed as a refresh lands them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from orchestration.check_results import results_frame
from orchestration.company import Company
from orchestration.data_folder import DataFolder
from orchestration.extracts import LakeManifest, StagedExtract, commit_extracts, read_manifest, stage_extracts
from orchestration.extracts.held_extracts import read_held
from orchestration.raw_gate import gate_extracts, passed

FIRST, SECOND, THIRD = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
WRITTEN = 1_767_225_600_000_000_000  # 2026-01-01, in nanoseconds


@dataclass
class Workplace:
    """A company with one source `sales`, perhaps others, and its data folder."""

    root: Path
    crm: str = "canonical"
    time_zone: str = "Europe/Berlin"
    source: dict[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    segments: list[str] = field(default_factory=list)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root)

    @property
    def company(self) -> Company:
        sources = [{"name": "sales", "crm": self.crm, "path": "raw/sales", **self.source}]
        sources += [
            {"name": name, "crm": self.crm, "path": f"raw/{name}", "id_prefix": f"{name}-"}
            for name in self.others
        ]
        return Company.model_validate(
            {
                "company": "Acme",
                "time_zone": self.time_zone,
                "reporting_currency": "EUR",
                "sources": sources,
                "segments": self.segments,
            }
        )

    def write(self, day: date, files: Mapping[str, str | bytes], source: str = "sales") -> Path:
        """Write the files of one extract."""
        extract = self.root / "raw" / source / day.isoformat()
        for name, content in files.items():
            path = extract / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            os.utime(path, ns=(WRITTEN, WRITTEN))  # long ago: nobody is still writing to it
        return extract

    def map(self, **mapping: Any) -> None:
        """Read with a mapping file of the user."""
        self.crm = "mapping.yaml"
        (self.root / "mapping.yaml").write_text(yaml.safe_dump(mapping))

    def stage(self) -> list[StagedExtract]:
        return stage_extracts(self.company, self.root, self.folder)

    def land(self) -> LakeManifest:
        """Land all that waits, which must be readable."""
        staged = self.stage()
        assert [extract.problem for extract in staged if extract.problem] == []
        return commit_extracts(self.folder, staged)

    def land_readable(self) -> list[str]:
        """Land those that can be read of all that waits; returns their names."""
        staged = [extract for extract in self.stage() if not extract.problem]
        commit_extracts(self.folder, staged)
        return [extract.name for extract in staged]

    def night(self) -> list[str]:
        """What a refresh lands, by name, when it checks what waits."""
        results = gate_extracts(self.stage, self.folder, {})
        landing = passed(self.stage(), results_frame("build", results))
        commit_extracts(self.folder, landing)
        return [extract.name for extract in landing]

    def held(self) -> dict[str, list[str]]:
        """The held extracts, and the checks that hold each."""
        return {each.name: sorted(each.checks) for each in read_held(self.folder)}

    def problem(self) -> str:
        """Why the only extract that waits cannot be read."""
        [extract] = self.stage()
        assert extract.problem is not None
        return extract.problem

    def rows(self, entity: str, *columns: str, day: date | None = None) -> list[tuple[Any, ...]]:
        """Rows of the lake in its order; without columns, all of the entity's."""
        files = read_manifest(self.folder).files(entity)
        if not files:
            return []
        frame = pl.concat([pl.read_parquet(file) for file in files])
        if day:
            frame = frame.filter(pl.col("extract_date") == day)
        return frame.select(columns).rows() if columns else frame.rows()

    def quarantine(self, *columns: str) -> list[tuple[Any, ...]]:
        return read_manifest(self.folder).quarantined_rows(self.folder).select(columns).rows()

    def account(self, file: str, day: date = FIRST) -> tuple[int, ...]:
        """Rows in, written, unchanged, quarantined and duplicate of a landed file."""
        files = read_manifest(self.folder).landed_files().filter(file=file, extract_date=day)
        return files.select(pl.col("^rows_.*$")).row(0)

    def lake_bytes(self) -> dict[str, bytes]:
        """Every Parquet file of lake and quarantine."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for base in (self.folder.lake, self.folder.quarantine)
            for path in sorted(base.rglob("*.parquet"))
        }
