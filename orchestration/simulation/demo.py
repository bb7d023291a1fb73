"""The demo's extracts, and those of `funnelcast simulate`."""

import json
import os
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from orchestration.company import Company
from orchestration.data_folder import DataFolder
from orchestration.simulation.company import simulate
from orchestration.simulation.extracts import write_extracts
from orchestration.simulation.settings import Blockage, SimulationSettings
from orchestration.simulation.truth import write_truth

DEMO_BLOCKED_STAGE = "Proposal"  # slowed for the last six weeks, so that the demo has something to find


def make_demo(company: Company, folder: DataFolder) -> bool:
    """Write the extract of the simulated company that the company file asks for, where it is missing.

    Returns whether anything was written.
    """
    if company.demo is None:
        return False
    settings = SimulationSettings(
        deals=company.demo.deals,
        seed=company.demo.seed,
        until=company.demo.until,
        time_zone=company.time_zone,
        reporting_currency=company.reporting_currency,
        fiscal_start_month=company.fiscal_year.start_month,
        blockage=Blockage(DEMO_BLOCKED_STAGE, company.demo.until - timedelta(weeks=6)),
    )
    target = folder.root / company.sources[0].path / str(company.demo.until)
    wanted = json.dumps({**company.demo.model_dump(mode="json"), "settings": str(settings)})
    recipe = target / ".simulated"
    if recipe.exists() and recipe.read_text() == wanted:
        return False
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    write_extracts(simulate(settings), building, [company.demo.until])
    made = building / str(company.demo.until)
    (made / recipe.name).write_text(wanted)
    shutil.rmtree(target, ignore_errors=True)
    os.replace(made, target)
    building.rmdir()
    return True


def write_company(
    settings: SimulationSettings,
    path: Path,
    extract_dates: Sequence[date],
    truth: Path,
    crm: str = "canonical",
) -> None:
    """Write the extracts of a simulated company, and the truth about it in a folder of its own."""
    company = simulate(settings)
    write_extracts(company, path, extract_dates, crm)
    write_truth(company, truth)
