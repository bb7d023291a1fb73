"""What it costs to make up a large company and write its extract."""

import sys
import tempfile

from tests.benchmarks.costs import cost_of
from tests.benchmarks.landing import Figure

DEALS = 1_000_000
MOST_SECONDS = 180.0
MOST_MEMORY = 6.0  # GB


def bench_simulation(deals: int) -> None:
    """Run `funnelcast simulate`, print what it took, and fail where it is over its budget."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        simulate = [sys.executable, "-m", "orchestration.cli", "simulate", f"{folder}/raw"]
        cost = cost_of([*simulate, "--deals", str(deals), "--until", "2026-09-30"])
    print(f"{deals:,} deals made up and written: {cost.cpu:.0f} CPU s")
    figures = [
        Figure("wall time, s", cost.wall, "at most", MOST_SECONDS),
        Figure("peak memory, GB", cost.memory / 1024, "at most", MOST_MEMORY),
    ]
    for figure in figures:
        print(figure)
    if any(figure.is_over for figure in figures):
        raise SystemExit("the simulation is over its budget")
