"""One refresh of a small simulated company, shared by the tests that only look at it."""

from dataclasses import dataclass
from datetime import date

import pytest

from orchestration.simulation import SimulatedCompany, SimulationSettings, simulate, write_extracts
from tests.refreshes import SIMULATED, Workplace

UNTIL = date(2026, 9, 30)
SCENARIOS = {
    "no_proposals.yaml": """\
name: no_proposals
description: Everything in stage Proposal is lost, and so is a deal that nobody knows
changes:
  - drop: {where: {stage: Proposal}}
  - drop: {deals: [nobody]}
""",
    "unfinished.yaml": "name: unfinished\ndescription: not yet\n",
}
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
    (workplace.data / "scenarios").mkdir()
    for name, text in SCENARIOS.items():
        (workplace.data / "scenarios" / name).write_text(text)
    return Refreshed(workplace, workplace.succeed(), simulated)
