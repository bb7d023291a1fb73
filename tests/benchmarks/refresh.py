"""What a refresh costs: wall time, CPU and memory beside a floor measured in the same run."""

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from orchestration.simulation import SimulationSettings, simulate, write_extracts
from tests.benchmarks.costs import cost_of
from tests.refreshes import SIMULATED, Workplace

UNTIL = date(2026, 9, 30)
DEALS = 10_000
BUDGET = {"wall": 45.0, "memory": 1536.0}  # warm refresh of 10,000 deals: seconds, MB over the process tree


def bench_refresh(deals: int) -> None:
    """Refresh a simulated company twice and print what each took."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        workplace = Workplace.of(Path(folder), SIMULATED)
        write_extracts(
            simulate(SimulationSettings(deals=deals, until=UNTIL)), workplace.data / "raw" / "sales", [UNTIL]
        )
        first, warm = cost_of(workplace.command()), cost_of(workplace.command())
        floor = _cpu_of(lambda: _copy_history(workplace, Path(folder) / "floor.parquet"))
    print(f"{deals:,} deals{'':<14}{'wall s':>8}{'CPU s':>8}{'MB':>8}{'CPU / floor':>13}")
    for name, cost in (("first refresh", first), ("warm refresh", warm)):
        print(f"{name:<26}{cost.wall:>8.1f}{cost.cpu:>8.1f}{cost.memory:>8.0f}{cost.cpu / floor:>13.0f}")
    print(f"{'floor: copy the history':<26}{'':>8}{floor:>8.2f}")
    print(f"budget of a warm refresh at 10,000 deals: {BUDGET['wall']:.0f} s, {BUDGET['memory']:.0f} MB")


def _cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of work in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _copy_history(workplace: Workplace, target: Path) -> None:
    """The floor: the landed history, copied from Parquet to Parquet."""
    duckdb.sql(
        f"copy (from '{workplace.data}/lake/deal_changes/**/*.parquet') to '{target}' (format parquet)"
    )
