"""A simulated company: everything that happened in it, and the state of any day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Ints, identifiers, labels, money
from orchestration.simulation.arrivals import Arrivals, Leads, draw_arrivals, draw_leads
from orchestration.simulation.births import Accounts, Births
from orchestration.simulation.days import Days
from orchestration.simulation.exchange_rates import ExchangeRates
from orchestration.simulation.hazards import Tally
from orchestration.simulation.journeys import run_journeys
from orchestration.simulation.ledger import Field, Ledger
from orchestration.simulation.organisation import Organisation
from orchestration.simulation.pipeline import Pipeline
from orchestration.simulation.process import CATEGORIES
from orchestration.simulation.settings import SimulationSettings


@dataclass(frozen=True)
class DealState:
    """The deals known at the end of one day; arrays by deal, values as the ledger codes them."""

    day: int
    deals: Ints
    values: Mapping[Field, Ints]
    created_at: Ints
    stage_at: Ints  # since when the deal is in its stage
    modified_at: Ints
    removed_at: Ints


@dataclass(frozen=True)
class SimulatedCompany:
    """What `simulate` returns. `pipeline` holds each deal's fixed traits, `ledger` its history."""

    settings: SimulationSettings
    days: Days
    staff: Organisation
    rates: ExchangeRates
    leads: Leads
    arrivals: Arrivals
    accounts: Accounts
    pipeline: Pipeline
    ledger: Ledger
    tally: Tally

    def state_on(self, day: int) -> DealState:
        """The state of every deal created up to the end of a day."""
        count = self.settings.deals
        ledger = self.ledger.known(day)
        deals = np.arange(np.searchsorted(self.arrivals.created, day + 1))
        return DealState(
            day=day,
            deals=deals,
            values={field: ledger.of(field).latest(count)[deals] for field in Field},
            created_at=ledger.first_at(count)[deals],
            stage_at=ledger.of(Field.STAGE).latest_at(count)[deals],
            modified_at=ledger.latest_at(count)[deals],
            removed_at=ledger.of(Field.DELETED, Field.MERGED_INTO).latest_at(count)[deals],
        )

    def open_deals_on(self, day: date) -> pl.DataFrame:
        """The deals open at the end of a day: stage, money, dates and owner, ordered by deal."""
        state = self.state_on(self.days.number(day))
        values = state.values
        is_closed = np.array([stage.is_closed for stage in self.settings.process.stages])
        is_gone = (values[Field.DELETED] != NONE) | (values[Field.MERGED_INTO] != NONE)
        rows = ~is_gone & ~is_closed[values[Field.STAGE]]
        deals, stages = state.deals[rows], self.settings.process.stages
        cents, currency = values[Field.AMOUNT][rows], self.pipeline.currency[deals]
        reporting = self.rates.to_reporting(cents, currency, int(self.days.month[state.day]))
        stage = values[Field.STAGE][rows]
        return pl.DataFrame(
            {
                "snapshot_date": pl.repeat(day, len(deals), dtype=pl.Date, eager=True),
                "deal_id": identifiers("D", deals),
                "pipeline": labels(stage, [known.pipeline for known in stages]),
                "stage": labels(stage, [known.name for known in stages]),
                "amount": money(reporting),
                "original_amount": money(cents),
                "original_currency": labels(currency, self.rates.currencies),
                "close_date": self.days.dates(values[Field.CLOSE_DATE][rows]),
                "owner_id": identifiers("U", values[Field.OWNER_ID][rows]),
                "forecast_category": labels(values[Field.FORECAST_CATEGORY][rows], CATEGORIES),
                "region": labels(
                    self.pipeline.region[deals], [region.name for region in self.settings.regions]
                ),
            }
        )

    def wins(self) -> pl.DataFrame:
        """Every win as it was booked: deal, day and amount in the reporting currency.

        A deal wins at most once, since only lost deals are reopened.
        """
        state = self.state_on(len(self.days) - 1)
        is_won = np.array([stage.is_won for stage in self.settings.process.stages])
        rows = is_won[state.values[Field.STAGE]]
        deals, day = state.deals[rows], state.values[Field.CLOSE_DATE][rows]
        cents, currency = state.values[Field.AMOUNT][rows], self.pipeline.currency[deals]
        return pl.DataFrame(
            {
                "deal_id": identifiers("D", deals),
                "closed_date": self.days.dates(day),
                "created_date": self.days.dates(self.arrivals.created[deals]),
                "amount": money(self.rates.to_reporting(cents, currency, self.days.month[day])),
            }
        )


def simulate(settings: SimulationSettings) -> SimulatedCompany:
    """The company of these settings: the same settings give the same company, to the byte."""
    rng = np.random.default_rng(settings.seed)
    days = Days.of(settings)
    rates = ExchangeRates.draw(settings, days, rng)
    staff = Organisation.draw(settings, days, rng)
    leads = draw_leads(settings, days, staff, rng)
    arrivals = draw_arrivals(settings, days, leads, rng)
    accounts = Accounts(settings.deals)
    pipeline = Pipeline(settings.deals, settings.process, rates)
    births = Births(settings, days, staff, leads, arrivals, accounts)
    tally = run_journeys(settings, days, births, pipeline, rng)
    ledger = pipeline.book.close(days, settings.time_zone, rng)
    return SimulatedCompany(settings, days, staff, rates, leads, arrivals, accounts, pipeline, ledger, tally)
