"""Deals as they are created: for whom, by whom, for how much and with what expected close date."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.arrays import NONE, Ints
from orchestration.simulation.arrivals import EXPANSION, NEW, RENEWAL, Arrivals, Leads
from orchestration.simulation.close_dates import snapped
from orchestration.simulation.days import Days
from orchestration.simulation.ledger import Field
from orchestration.simulation.organisation import Organisation
from orchestration.simulation.pipeline import Moment, Pipeline
from orchestration.simulation.process import EXPANSION as EXPANSION_PIPELINE
from orchestration.simulation.process import NEW_BUSINESS as NEW_PIPELINE
from orchestration.simulation.settings import SimulationSettings
from orchestration.simulation.vocabulary import CUSTOMER_SOURCE, DIRECT_SOURCES, SOURCES

# By deal type: new, expansion, renewal. Amounts in cents of the reporting currency.
MEDIAN_CENTS = np.array([1_900_000, 1_000_000, 1_500_000])
LOG_SPREAD = np.array([0.9, 0.8, 0.7])
MEDIAN_DAYS_TO_CLOSE = np.array([72, 48, 52])
CLOSE_SPREAD = 0.4
CUSTOMER_DAYS = {EXPANSION: 30, RENEWAL: 270}  # since the first win
DUPLICATE_WITHIN = 30  # days after the original
DUPLICATE_SPREAD = 0.05  # of the log amount


class Accounts:
    """The accounts, in order of their creation, and the customers among them in order of theirs."""

    def __init__(self, most: int) -> None:
        """No account yet, and room for `most`."""
        self.region, self.created, self._customers, self._customer_since = (
            np.full(most, NONE, dtype=np.int64) for _ in range(4)
        )
        self._is_customer = np.zeros(most, dtype=np.bool_)
        self.count = 0
        self._customer_count = 0

    def open(self, day: int, regions: Ints) -> Ints:
        """New accounts, one per region given."""
        codes = np.arange(self.count, self.count + len(regions))
        self.region[codes] = regions
        self.created[codes] = day
        self.count += len(regions)
        return codes

    def become_customers(self, day: int, accounts: Ints) -> None:
        """Note the accounts that won their first deal."""
        fresh = np.unique(accounts[~self._is_customer[accounts]])
        self._is_customer[fresh] = True
        places = np.arange(self._customer_count, self._customer_count + len(fresh))
        self._customers[places] = fresh
        self._customer_since[places] = day
        self._customer_count += len(fresh)

    def choose_customers(self, before: int, size: int, rng: np.random.Generator) -> Ints:
        """Customers since before a day, at random; none where there is none yet."""
        known = int(np.searchsorted(self._customer_since[: self._customer_count], before))
        return self._customers[rng.integers(0, known, size)] if known else np.arange(0)


@dataclass(frozen=True)
class Births:
    """What deals are born from."""

    settings: SimulationSettings
    days: Days
    staff: Organisation
    leads: Leads
    arrivals: Arrivals
    accounts: Accounts

    def create(self, day: int, pipeline: Pipeline, rng: np.random.Generator) -> None:
        """Create the deals of a day."""
        deals = self.arrivals.on(day)
        if not len(deals):
            return
        pipeline.deal_type[deals] = self.arrivals.deal_type[deals]
        pipeline.created[deals] = day
        self._choose_accounts(day, deals, pipeline, rng)
        region, lead = pipeline.region[deals], self.arrivals.lead[deals]
        home = np.array([pipeline.rates.currencies.index(known.currency) for known in self.settings.regions])
        other = rng.integers(0, len(pipeline.rates.currencies), len(deals))
        is_abroad = rng.random(len(deals)) < self.settings.other_currency_share
        pipeline.currency[deals] = np.where(is_abroad, other, home[region])

        owner = self.staff.assign(region, np.full(len(deals), day), rng)
        keeps = lead != NONE
        keeps[keeps] = self.staff.is_active(self.leads.owner[lead[keeps]], np.full(keeps.sum(), day))
        owner[keeps] = self.leads.owner[lead[keeps]]
        pipeline.set(Field.OWNER_ID, day, Moment.CREATED, deals, owner, by=owner)
        pipeline.enter_stage(day, Moment.CREATED, deals, self._first_stages(deals, pipeline, rng))
        self._price(day, deals, pipeline, rng)
        usual = MEDIAN_DAYS_TO_CLOSE[pipeline.deal_type[deals]]
        close = day + np.rint(usual * np.exp(rng.normal(0, CLOSE_SPREAD, len(deals)))).astype(np.int64)
        pipeline.set(Field.CLOSE_DATE, day, Moment.CREATED, deals, snapped(close, self.days, rng))
        pipeline.is_open[deals] = True

    def _choose_accounts(self, day: int, deals: Ints, pipeline: Pipeline, rng: np.random.Generator) -> None:
        for kind, age in CUSTOMER_DAYS.items():
            chosen = deals[pipeline.deal_type[deals] == kind]
            accounts = self.accounts.choose_customers(day - age, len(chosen), rng)
            if len(accounts):
                pipeline.account[chosen] = accounts
                pipeline.region[chosen] = self.accounts.region[accounts]
                pipeline.source[chosen] = SOURCES.index(CUSTOMER_SOURCE)
            else:  # nobody to sell more to yet: new business instead
                pipeline.deal_type[chosen] = NEW
        fresh = deals[pipeline.deal_type[deals] == NEW]
        lead = self.arrivals.lead[fresh]
        shares = [region.share for region in self.settings.regions]
        drawn = rng.choice(len(shares), size=len(fresh), p=shares)
        pipeline.region[fresh] = np.where(lead == NONE, drawn, self.leads.region[lead])
        direct = SOURCES.index(DIRECT_SOURCES[0]) + rng.integers(0, len(DIRECT_SOURCES), len(fresh))
        pipeline.source[fresh] = np.where(lead == NONE, direct, self.leads.source[lead])
        self._repeat_some(day, fresh[lead == NONE], pipeline, rng)
        first = fresh[pipeline.original[fresh] == NONE]
        pipeline.account[first] = self.accounts.open(day, pipeline.region[first])

    def _repeat_some(self, day: int, deals: Ints, pipeline: Pipeline, rng: np.random.Generator) -> None:
        """Make some new-business deals without a lead repeat an open one by mistake."""
        share_of_all = 1 - self.settings.customer_share - self.settings.lead_share
        repeats = deals[rng.random(len(deals)) < self.settings.duplicate_share / max(share_of_all, 0.05)]
        recent = np.flatnonzero(pipeline.is_open & (pipeline.created > day - DUPLICATE_WITHIN))
        recent = recent[pipeline.deal_type[recent] == NEW]
        if len(recent):
            original = rng.choice(recent, size=len(repeats))
            pipeline.original[repeats] = original
            pipeline.account[repeats] = pipeline.account[original]
            pipeline.region[repeats] = pipeline.region[original]

    def _first_stages(self, deals: Ints, pipeline: Pipeline, rng: np.random.Generator) -> Ints:
        stages = np.empty(len(deals), dtype=np.int64)
        is_new = pipeline.deal_type[deals] == NEW
        for name, rows in ((NEW_PIPELINE, is_new), (EXPANSION_PIPELINE, ~is_new)):
            shares = [
                stage.first_share if stage.pipeline == name else 0.0
                for stage in self.settings.process.open_stages
            ]
            stages[rows] = rng.choice(len(shares), size=rows.sum(), p=shares)
        return stages

    def _price(self, day: int, deals: Ints, pipeline: Pipeline, rng: np.random.Generator) -> None:
        kind, month = pipeline.deal_type[deals], int(self.days.month[day])
        euros = MEDIAN_CENTS[kind] * np.exp(rng.normal(0, 1, len(deals)) * LOG_SPREAD[kind])
        cents = pipeline.rates.from_reporting(euros.astype(np.int64), pipeline.currency[deals], month)
        original = pipeline.original[deals]
        repeats = original != NONE
        pipeline.currency[deals[repeats]] = pipeline.currency[original[repeats]]
        near = np.exp(rng.normal(0, DUPLICATE_SPREAD, int(repeats.sum())))
        cents[repeats] = (pipeline.amount[original[repeats]] * near).astype(np.int64)
        pipeline.set_amount(day, Moment.CREATED, deals, cents, month)
