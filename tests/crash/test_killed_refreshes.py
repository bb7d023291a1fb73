"""A refresh that is killed half-way changes nothing that is published, and can simply be run again."""

import subprocess
import time
from datetime import date

import pytest

from orchestration.simulation import SimulationSettings, simulate, write_extracts
from tests.refreshes import PROJECT, SIMULATED, Workplace, environment

SCHEMAS = ("core", "metrics", "forecast")
UNTIL = date(2026, 9, 30)


@pytest.fixture(scope="module")
def simulated():
    return simulate(SimulationSettings(deals=400, seed=3, until=UNTIL, years=2))


@pytest.fixture(scope="module")
def undisturbed(simulated, tmp_path_factory):
    """The bytes of a refresh that nothing disturbed, and how long it took."""
    workplace = Workplace.of(tmp_path_factory.mktemp("undisturbed"), SIMULATED)
    write_extracts(simulated, workplace.data / "raw" / "sales", [UNTIL])
    started = time.monotonic()
    workplace.succeed()
    return workplace.hashes(*SCHEMAS), time.monotonic() - started


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_a_killed_refresh_run_again_gives_the_same_bytes(simulated, undisturbed, tmp_path, share):
    expected, seconds = undisturbed
    workplace = Workplace.of(tmp_path, SIMULATED)
    write_extracts(simulated, workplace.data / "raw" / "sales", [UNTIL])
    process = subprocess.Popen(
        workplace.command(),
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds * share)
    process.kill()
    process.wait()
    current = workplace.data / "published" / "current"
    assert not current.exists() or workplace.hashes(*SCHEMAS) == expected
    workplace.succeed()
    assert workplace.hashes(*SCHEMAS) == expected
