"""Runs of the real command on a company of a test's own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

PROJECT = Path(__file__).parent.parent
SHARED_DATA = PROJECT.parent / "shared" / "data"
needs_shared_data = pytest.mark.skipif(not SHARED_DATA.exists(), reason=f"no real extracts at {SHARED_DATA}")

SIMULATED: dict[str, Any] = {
    "company": "Simulated",
    "time_zone": "Europe/Berlin",
    "reporting_currency": "EUR",
    "fiscal_year": {"start_month": 2},
    "sources": [
        {"name": "sales", "crm": "canonical", "path": "raw/sales", "dimensions": {"region": "region"}}
    ],
    "segments": ["region"],
}


@dataclass(frozen=True)
class Workplace:
    """A data folder and a company file, and what the command says of them."""

    data: Path
    company_file: Path

    @classmethod
    def of(cls, folder: Path, company: dict[str, Any]) -> "Workplace":
        """A workplace in `folder` with this company file."""
        folder.mkdir(parents=True, exist_ok=True)
        company_file = folder / "company.yaml"
        company_file.write_text(yaml.safe_dump(company))
        return cls(folder / "data", company_file)

    def command(self, *arguments: str) -> list[str]:
        """The refresh as a command line."""
        return [
            sys.executable, "-m", "orchestration.cli", "run",
            "--company", str(self.company_file), "--data", str(self.data), *arguments,
        ]  # fmt: skip

    def refresh(self, *arguments: str, as_of: date | None = None) -> subprocess.CompletedProcess[str]:
        """Run the refresh to its end."""
        dated = ["--as-of", str(as_of)] if as_of else []
        return subprocess.run(
            self.command(*dated, *arguments),
            cwd=PROJECT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def succeed(self, *arguments: str, as_of: date | None = None) -> str:
        """Run the refresh, which must pass every gate; returns what it printed."""
        finished = self.refresh(*arguments, as_of=as_of)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    @property
    def manifest(self) -> dict[str, Any]:
        """What `current` says of itself."""
        content: dict[str, Any] = json.loads(
            (self.data / "published" / "current" / "manifest.json").read_text()
        )
        return content

    def hashes(self, *schemas: str) -> dict[str, Any]:
        """SHA-256 of every published Parquet file of these schemas."""
        return {
            table: about["parquet"]
            for table, about in self.manifest["tables"].items()
            if table.split(".")[0] in schemas and "parquet" in about
        }

    def query(self, sql: str, version: str = "current") -> list[tuple[Any, ...]]:
        """Rows of the published database."""
        folder = self.data / "published" / version
        with duckdb.connect(str(folder / "funnelcast.duckdb"), read_only=True) as reader:
            return reader.execute(sql).fetchall()


def environment() -> dict[str, str]:
    """The environment of a refresh, without settings of the person who runs the tests."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("FUNNELCAST_", "DAGSTER_"))
    }
    return {**kept, "DAGSTER_TELEMETRY": "false", "GX_ANALYTICS_ENABLED": "False"}
