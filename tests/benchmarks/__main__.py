"""`python -m tests.benchmarks [refresh|landing]`: both, without a name."""

import argparse
from pathlib import Path

from tests.benchmarks.landing import DEALS as LANDED_DEALS
from tests.benchmarks.landing import bench_landing
from tests.benchmarks.refresh import DEALS as REFRESHED_DEALS
from tests.benchmarks.refresh import bench_refresh


def main() -> None:
    """Run the benchmarks that the command line names."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("benchmark", nargs="?", choices=("refresh", "landing"))
    parser.add_argument("--deals", type=int, help="size of the company")
    parser.add_argument(
        "--inputs", type=Path, help="folder that keeps the extracts to land for the next time"
    )
    asked = parser.parse_args()
    if asked.benchmark != "landing":
        bench_refresh(asked.deals or REFRESHED_DEALS)
    if asked.benchmark != "refresh":
        bench_landing(asked.deals or LANDED_DEALS, asked.inputs)


if __name__ == "__main__":
    main()
