"""What a refresh costs: wall time, CPU and memory beside a floor measured in the same run."""

import argparse
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import psutil

from orchestration.simulation import SimulationSettings, simulate, write_extracts
from tests.refreshes import PROJECT, SIMULATED, Workplace, environment

UNTIL = date(2026, 9, 30)
BUDGET = {"wall": 45.0, "memory": 1536.0}  # warm refresh of 10,000 deals: seconds, MB over the process tree


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and CPU, and the peak of memory over the process tree in MB."""

    wall: float
    cpu: float
    memory: float


def cost_of(command: list[str]) -> Cost:
    """The cost of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak))
    watcher.start()
    output, _ = process.communicate()
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"the refresh failed:\n{output}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.monotonic() - started, cpu, peak[0])


def _watch(pid: int, peak: list[float]) -> None:
    """Keep the largest sum of resident memory of a process and its children."""
    while psutil.pid_exists(pid):
        try:
            parent = psutil.Process(pid)
            if parent.status() == psutil.STATUS_ZOMBIE:
                return
            tree = [parent, *parent.children(recursive=True)]
            peak[0] = max(peak[0], sum(process.memory_info().rss for process in tree) / 2**20)
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.1)


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of work in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


def copy_history(workplace: Workplace, target: Path) -> None:
    """The floor: the landed history, copied from Parquet to Parquet."""
    duckdb.sql(
        f"copy (from '{workplace.data}/lake/deal_changes/**/*.parquet') to '{target}' (format parquet)"
    )


def main() -> None:
    """Refresh a simulated company twice and print what each took."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--deals", type=int, default=10_000)
    deals = parser.parse_args().deals
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        workplace = Workplace.of(Path(folder), SIMULATED)
        write_extracts(
            simulate(SimulationSettings(deals=deals, until=UNTIL)), workplace.data / "raw" / "sales", [UNTIL]
        )
        first, warm = cost_of(workplace.command()), cost_of(workplace.command())
        floor = cpu_of(lambda: copy_history(workplace, Path(folder) / "floor.parquet"))
    print(f"{deals:,} deals{'':<14}{'wall s':>8}{'CPU s':>8}{'MB':>8}{'CPU / floor':>13}")
    for name, cost in (("first refresh", first), ("warm refresh", warm)):
        print(f"{name:<26}{cost.wall:>8.1f}{cost.cpu:>8.1f}{cost.memory:>8.0f}{cost.cpu / floor:>13.0f}")
    print(f"{'floor: copy the history':<26}{'':>8}{floor:>8.2f}")
    print(f"budget of a warm refresh at 10,000 deals: {BUDGET['wall']:.0f} s, {BUDGET['memory']:.0f} MB")


if __name__ == "__main__":
    main()
