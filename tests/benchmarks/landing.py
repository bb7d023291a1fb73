"""What landing a large company costs, night after night, beside DuckDB reading the same files."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl

from orchestration.company_file import load_company
from orchestration.data_folder import DataFolder
from orchestration.extracts import commit_extracts, stage_extracts
from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.manifest import read_manifest
from orchestration.raw_gate import check_staged
from tests.benchmarks.costs import cost_of_call
from tests.benchmarks.large_extracts import NIGHTS, Slips, write_nights
from tests.refreshes import SIMULATED, Workplace

DEALS = 1_000_000
LEAST_SPEED = 0.40  # of DuckDB's MB per CPU second
MOST_MEMORY = 2.0  # GB, reading and committing
MOST_BYTES = 0.01  # of the first night's lake, for a night with CHANGED_SHARE
MOST_TIME = 0.50  # of the first night's CPU seconds
DUCKDB_TYPES = {
    pl.String: "VARCHAR", pl.Date: "DATE", pl.Float64: "DOUBLE", pl.Int64: "BIGINT", pl.Boolean: "BOOLEAN",
    pl.Datetime("us"): "TIMESTAMPTZ", pl.Decimal(18, 2): "DECIMAL(18, 2)",
}  # fmt: skip
THIS = "tests.benchmarks.landing"


def bench_landing(deals: int, inputs: Path | None) -> None:
    """Land two nights, print what each took, and fail where it is more than the budget.

    The extracts are kept under `inputs` for the next time where it is given.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        extracts = (inputs or folder) / f"{deals}-deals"
        slips = write_nights(extracts, deals)
        workplace = Workplace.of(folder, SIMULATED)
        floor = cost_of_call(THIS, "read_by_duckdb", str(extracts / str(NIGHTS[0])), str(folder))
        nights, gates, sizes = [], [], []
        for night in NIGHTS:
            _deliver(extracts / str(night), workplace.data / "raw" / "sales" / str(night))
            night_before = _size(workplace.data / "lake")
            staged = cost_of_call(THIS, "stage", scratch)
            gates.append(cost_of_call(THIS, "check", scratch))
            committed = cost_of_call(THIS, "commit", scratch)
            nights.append((staged, committed))
            sizes.append(_size(workplace.data / "lake") - night_before)
        _refuse_lost_rows(workplace, slips)
        megabytes = _size(extracts / str(NIGHTS[0])) / 2**20
    rows = [("DuckDB read_csv -> Parquet", floor)]
    for number, ((staged, committed), gate) in enumerate(zip(nights, gates, strict=True), start=1):
        rows += [(f"night {number}: read and stage", staged), (f"night {number}: commit", committed)]
        rows += [(f"night {number}: raw gate", gate)]
    print(f"{deals:,} deals, {megabytes:,.0f} MB{'':<10}{'wall s':>8}{'CPU s':>8}{'MB':>8}{'MB / CPU s':>12}")
    for name, cost in rows:
        print(f"{name:<34}{cost.wall:>8.1f}{cost.cpu:>8.1f}{cost.memory:>8.0f}{megabytes / cost.cpu:>12.0f}")
    first, second = (staged.cpu + committed.cpu for staged, committed in nights)
    figures = [
        Figure("speed, of DuckDB's", floor.cpu / first, "at least", LEAST_SPEED),
        Figure("second night's bytes, of the first's", sizes[1] / sizes[0], "at most", MOST_BYTES),
        Figure("second night's CPU, of the first's", second / first, "at most", MOST_TIME),
        Figure(
            "peak memory, GB", max(c.memory for night in nights for c in night) / 1024, "at most", MOST_MEMORY
        ),
    ]
    for figure in figures:
        print(figure)
    if any(figure.is_over for figure in figures):
        raise SystemExit("landing is over its budget")


@dataclass(frozen=True)
class Figure:
    """A measured figure beside its budget."""

    name: str
    value: float
    bound: Literal["at least", "at most"]
    budget: float

    @property
    def is_over(self) -> bool:
        """Whether the budget is not kept."""
        return self.value < self.budget if self.bound == "at least" else self.value > self.budget

    def __str__(self) -> str:
        over = "  over budget" if self.is_over else ""
        return f"{self.name:<38}{self.value:>8.3f}  {self.bound} {self.budget:.2f}{over}"


def stage(folder: str) -> None:
    """Read and type what arrived."""
    workplace = Workplace(Path(folder) / "data", Path(folder) / "company.yaml")
    stage_extracts(load_company(workplace.company_file), Path(folder), DataFolder(workplace.data))


def check(folder: str) -> None:
    """The raw gate over what is staged."""
    workplace = Workplace(Path(folder) / "data", Path(folder) / "company.yaml")
    staged = stage_extracts(load_company(workplace.company_file), Path(folder), DataFolder(workplace.data))
    check_staged(staged, {}, read_manifest(DataFolder(workplace.data)))


def commit(folder: str) -> None:
    """Add what is staged to the lake."""
    workplace = Workplace(Path(folder) / "data", Path(folder) / "company.yaml")
    staged = stage_extracts(load_company(workplace.company_file), Path(folder), DataFolder(workplace.data))
    commit_extracts(DataFolder(workplace.data), staged)


def read_by_duckdb(extract: str, target: str) -> None:
    """The yardstick: each file by `read_csv` with the types it has, rows that do not fit left out."""
    for file in sorted(Path(extract).glob("*.csv")):
        columns = file.open().readline().strip().split(",")
        types = ENTITIES[file.stem].columns
        schema = {name: DUCKDB_TYPES[types.get(name, pl.String)] for name in columns}
        duckdb.sql(
            f"copy (from read_csv('{file}', header = true, columns = {schema},"
            f" quote = '\"', ignore_errors = true))"
            f" to '{target}/{file.stem}.parquet' (format parquet)"
        )


def _refuse_lost_rows(workplace: Workplace, slips: Slips) -> None:
    for extract in read_manifest(DataFolder(workplace.data)).extracts:
        counted = Slips(
            sum(file.rows_quarantined for file in extract.files),
            sum(file.rows_duplicate for file in extract.files),
        )
        if counted != slips:
            raise SystemExit(f"{extract.extract_date}: {counted} are told apart, {slips} were put in")


def _deliver(extract: Path, target: Path) -> None:
    shutil.copytree(extract, target, copy_function=os.link)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
