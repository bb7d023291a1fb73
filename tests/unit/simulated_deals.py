"""A simulated company as the literal deals of forecast_tables, for tests that need a known truth."""

from collections import defaultdict
from datetime import date
from functools import cache

import numpy as np

from orchestration.simulation import SimulatedCompany, SimulationSettings, simulate
from orchestration.simulation.ledger import Field
from tests.unit.forecast_tables import Deal, Warehouse

FISCAL_START = 2


@cache
def simulated(deals: int, seed: int = 3, years: float = 3.0) -> SimulatedCompany:
    """A simulated company of some size."""
    return simulate(SimulationSettings(deals=deals, seed=seed, years=years))


@cache
def simulated_deals(company_deals: int, seed: int = 3, years: float = 3.0) -> tuple[Deal, ...]:
    """Its deals with everything that ever happens to them."""
    company = simulated(company_deals, seed, years)
    ledger, stages = company.ledger, company.settings.process.stages
    events: dict[int, dict[Field, list[tuple[date, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in np.lexsort((np.arange(len(ledger)), ledger.at, ledger.day)):
        field = Field(int(ledger.field[row]))
        events[int(ledger.deal[row])][field].append(
            (company.days.date(ledger.day[row]), int(ledger.new[row]))
        )

    def stage_name(code: int) -> str:
        stage = stages[code]
        return ("Won" if stage.is_won else "Lost") if stage.is_closed else stage.name

    def amount(deal: int, day: date, cents: int) -> float:
        currency = np.array([company.pipeline.currency[deal]])
        month = int(company.days.month[company.days.number(day)])
        return int(company.rates.to_reporting(np.array([cents]), currency, month)[0]) / 100

    found = []
    for deal, fields in sorted(events.items()):
        gone = [day for name in (Field.DELETED, Field.MERGED_INTO) for day, _ in fields[name]]
        region = company.settings.regions[company.pipeline.region[deal]].name
        kind = ("new", "expansion", "renewal")[company.pipeline.deal_type[deal]]
        found.append(
            Deal(
                deal_id=f"D{deal:07d}",
                stages=[(day, stage_name(code)) for day, code in fields[Field.STAGE]],
                amounts=[(day, amount(deal, day, cents)) for day, cents in fields[Field.AMOUNT]],
                close_dates=[(day, company.days.date(code)) for day, code in fields[Field.CLOSE_DATE]],
                segment=f"{region} | {kind}",
                owner=f"U{deal % 7}",
                removed=min(gone, default=None),
            )
        )
    return tuple(found)


def simulated_warehouse(deals: int, as_of: date, seed: int = 3, years: float = 3.0) -> Warehouse:
    """Core's tables of the simulated company as of a date."""
    names = simulated(deals, seed, years).settings.process.open_names
    return Warehouse(
        list(simulated_deals(deals, seed, years)),
        as_of,
        start_month=FISCAL_START,
        stages={"default": names},
    )
