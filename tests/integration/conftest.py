"""One refresh of a small simulated company, shared by the tests that only look at it."""

from dataclasses import dataclass
from datetime import date

import pytest

from orchestration.simulation import SimulatedCompany, SimulationSettings, simulate, write_extracts
from tests.refreshes import SIMULATED, Workplace

UNTIL = date(2026, 9, 30)
SETTINGS = SimulationSettings(deals=700, seed=11, until=UNTIL, years=2.5)


@dataclass(frozen=True)
class Refreshed:
    """A workplace after its refresh, and what was printed."""

    workplace: Workplace
    output: str
    truth: SimulatedCompany


@pytest.fixture(scope="session")
def simulated() -> SimulatedCompany:
    return simulate(SETTINGS)


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory, simulated: SimulatedCompany) -> Refreshed:
    workplace = Workplace.of(tmp_path_factory.mktemp("simulated"), SIMULATED)
    write_extracts(simulated, workplace.data / "raw" / "sales", [UNTIL])
    return Refreshed(workplace, workplace.succeed(), simulated)
