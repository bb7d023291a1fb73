"""Refreshes night after night publish the bytes that one refresh of all extracts does."""

import re
from datetime import date

from orchestration.simulation import SimulationSettings, simulate, write_extracts
from orchestration.warehouse import connected
from tests.refreshes import SIMULATED, Workplace

NIGHTS = (date(2026, 9, 27), date(2026, 9, 29))


def test_a_night_that_adds_publishes_the_bytes_of_a_rebuild(tmp_path):
    company = simulate(SimulationSettings(deals=200, until=NIGHTS[-1]))
    nightly = Workplace.of(tmp_path / "nightly", SIMULATED)
    rebuilt = Workplace.of(tmp_path / "rebuilt", SIMULATED)
    write_extracts(company, rebuilt.data / "raw" / "sales", NIGHTS)
    for night in NIGHTS:
        write_extracts(company, nightly.data / "raw" / "sales", [night])
        done = nightly.refresh()
        assert done.returncode == 0, done.stdout + done.stderr
    assert "deals that changed since 2026-09-28" in done.stderr
    rebuilt.succeed()
    assert nightly.hashes("core", "metrics") == rebuilt.hashes("core", "metrics")
    tested = ("forecast.forecast_backtest", "forecast.forecast_scores", "forecast.forecast_deals")
    ours, theirs = nightly.hashes("forecast"), rebuilt.hashes("forecast")
    assert [ours[name] for name in tested] == [theirs[name] for name in tested]
    assert re.search(r"as of (?!0)\d+ past days, 0 of them anew", done.stderr)
    with connected(nightly.data / "warehouse" / "warehouse.duckdb", read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from held.core_rules").fetchone() == (1,)
