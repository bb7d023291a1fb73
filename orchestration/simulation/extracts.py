"""The company's CRM extracts as they stood at the end of a day, in the form of any CRM."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.simulation.calls import forecast_calls
from orchestration.simulation.company import DealState, SimulatedCompany
from orchestration.simulation.deal_tables import deal_changes, deals
from orchestration.simulation.forms import Files, form_named
from orchestration.simulation.party_tables import accounts, leads, owners
from orchestration.simulation.products import deal_products
from orchestration.simulation.quotas import quotas
from orchestration.simulation.settings import SimulationError
from orchestration.simulation.splits import deal_splits

MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def write_extracts(
    company: SimulatedCompany, path: Path, extract_dates: Iterable[date], crm: str = "canonical"
) -> list[Path]:
    """Write one full extract per date into `<path>/<YYYY-MM-DD>/`; returns the folders.

    Each holds what was known at the end of its day in the company's time zone, and no more, as `crm`
    exports it.

    Raises:
        SimulationError: a date lies outside the simulation.
    """
    form = form_named(crm)
    folders = []
    for extract_date in extract_dates:
        if not company.settings.start <= extract_date <= company.settings.until:
            span = f"{company.settings.start} to {company.settings.until}"
            raise SimulationError(f"extract date {extract_date} is not accepted; {span} is")
        folder = path / extract_date.isoformat()
        write_files(form.files(form.translated(extract(company, extract_date))), folder)
        folders.append(folder)
    return folders


def write_files(files: Files, folder: Path) -> None:
    """Write the files of one extract into its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8", newline="")
        else:
            content.write_csv(folder / name, datetime_format=MOMENT_FORMAT)


def extract(company: SimulatedCompany, day: date) -> dict[str, pl.DataFrame]:
    """The canonical tables as they stood at the end of a day."""
    state = company.state_on(company.days.number(day))
    return {name: table(company, state) for name, table in TABLES.items()}


def stages(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The settings of both pipelines' stages."""
    known = company.settings.process.stages
    return pl.DataFrame(
        {
            "pipeline": [stage.pipeline for stage in known],
            "stage": [stage.name for stage in known],
            "stage_order": [stage.order for stage in known],
            "process_step": [stage.step for stage in known],
            "probability": [stage.probability for stage in known],
            "is_closed": [stage.is_closed for stage in known],
            "is_won": [stage.is_won for stage in known],
            "forecast_category": [stage.category for stage in known],
        }
    )


def exchange_rates(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The monthly rates that applied up to the day."""
    month = int(company.days.month[state.day]) + 1
    currencies = company.rates.currencies
    return pl.DataFrame(
        {
            "currency": np.repeat(currencies, month),
            "valid_from": list(company.rates.month_starts[:month]) * len(currencies),
            "rate_to_reporting": company.rates.millionths[:month].T.ravel() / 1_000_000,
        }
    )


TABLES: dict[str, Callable[[SimulatedCompany, DealState], pl.DataFrame]] = {
    "deals": deals,
    "deal_changes": deal_changes,
    "deal_splits": deal_splits,
    "stages": stages,
    "owners": owners,
    "accounts": accounts,
    "leads": leads,
    "exchange_rates": exchange_rates,
    "quotas": quotas,
    "forecast_calls": forecast_calls,
    "deal_products": deal_products,
}
