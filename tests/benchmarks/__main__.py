"""`python -m tests.benchmarks [refresh|simulation|landing|core]`: all, without a name."""

import argparse
from pathlib import Path

from tests.benchmarks.core import DEALS as BUILT_DEALS
from tests.benchmarks.core import bench_core
from tests.benchmarks.landing import DEALS as LANDED_DEALS
from tests.benchmarks.landing import bench_landing
from tests.benchmarks.refresh import DEALS as REFRESHED_DEALS
from tests.benchmarks.refresh import bench_refresh
from tests.benchmarks.simulation import DEALS as SIMULATED_DEALS
from tests.benchmarks.simulation import bench_simulation


def main() -> None:
    """Run the benchmarks that the command line names."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("benchmark", nargs="?", choices=("refresh", "simulation", "landing", "core"))
    parser.add_argument("--deals", type=int, help="size of the company")
    parser.add_argument(
        "--inputs", type=Path, help="folder that keeps the extracts of landing and core for the next time"
    )
    asked = parser.parse_args()
    if asked.benchmark in (None, "refresh"):
        bench_refresh(asked.deals or REFRESHED_DEALS)
    if asked.benchmark in (None, "simulation"):
        bench_simulation(asked.deals or SIMULATED_DEALS)
    if asked.benchmark in (None, "landing"):
        bench_landing(asked.deals or LANDED_DEALS, asked.inputs)
    if asked.benchmark in (None, "core"):
        bench_core(asked.deals or BUILT_DEALS, asked.inputs)


if __name__ == "__main__":
    main()
