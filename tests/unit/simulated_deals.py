"""A simulated company as the literal deals of forecast_tables, for tests that need a known truth."""

from collections import defaultdict
from datetime import UTC, date
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from orchestration.simulation import SimulatedCompany, SimulationSettings, simulate
from orchestration.simulation.calls import forecast_calls
from orchestration.simulation.ledger import Field
from tests.unit.forecast_tables import Call, Deal, Warehouse

FISCAL_START = 2
BERLIN = ZoneInfo("Europe/Berlin")


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
                owner=owner_id(fields[Field.OWNER_ID][-1][1]),
                removed=min(gone, default=None),
            )
        )
    return tuple(found)


def owner_id(code: int) -> str:
    """A person's id."""
    return f"U{code:07d}"


@cache
def simulated_calls(company_deals: int, seed: int = 3, years: float = 3.0) -> tuple[Call, ...]:
    """Everything that its people ever call, in the reporting currency."""
    company = simulated(company_deals, seed, years)
    rates = company.rates
    calls = forecast_calls(company, company.state_on(len(company.days) - 1))
    return tuple(
        Call(
            row["owner_id"],
            day,
            row["fiscal_period"],
            float(row["amount"])
            * float(rates.millionths[month, rates.currencies.index(row["currency"])])
            / 1e6,
            row["category"].lower(),
        )
        for row in calls.iter_rows(named=True)
        for day in [row["submitted_at"].replace(tzinfo=UTC).astimezone(BERLIN).date()]
        for month in [int(company.days.month[company.days.number(day)])]
    )


def reporting_lines(company: SimulatedCompany) -> list[tuple[str, str, date, date | None]]:
    """Who had whom as manager from which day on, and until when."""
    found: list[tuple[str, str, date, date | None]] = []
    for record, after in zip(company.staff.records, [*company.staff.records[1:], None], strict=True):
        owner, since, manager, _, _ = record
        until = company.days.date(after[1]) if after and after[0] == owner else None
        if manager >= 0:
            found.append((owner_id(owner), owner_id(manager), company.days.date(since), until))
    return found


def simulated_warehouse(deals: int, as_of: date, seed: int = 3, years: float = 3.0) -> Warehouse:
    """Core's tables of the simulated company as of a date."""
    names = simulated(deals, seed, years).settings.process.open_names
    return Warehouse(
        list(simulated_deals(deals, seed, years)),
        as_of,
        start_month=FISCAL_START,
        stages={"default": names},
        calls=list(simulated_calls(deals, seed, years)),
        above=reporting_lines(simulated(deals, seed, years)),
    )
