"""A sales company with known true rates: the demo, the tests' truth and the benchmark's input."""

from orchestration.simulation.company import SimulatedCompany, simulate
from orchestration.simulation.extracts import write_extracts
from orchestration.simulation.settings import Blockage, SimulationError, SimulationSettings
from orchestration.simulation.truth import write_truth

__all__ = [
    "Blockage",
    "SimulatedCompany",
    "SimulationError",
    "SimulationSettings",
    "simulate",
    "write_extracts",
    "write_truth",
]
