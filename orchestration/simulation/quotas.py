"""What each person or team shall book in each fiscal quarter, as planned shortly before it begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Ints, identifiers
from orchestration.simulation.company import DealState, SimulatedCompany
from orchestration.simulation.days import quarter_end
from orchestration.simulation.exchange_rates import MILLION
from orchestration.simulation.ledger import Field
from orchestration.simulation.process import DEAL_TYPES

STREAM = 4207  # quotas draw from a stream of their own: they change no other table
ANNOUNCED_DAYS = 14  # before the quarter begins
PLANNED_FROM_DAYS = 182  # of bookings before the announcement: half a year, two ends of a quarter
FIRST_ANNOUNCED_DAY = 420  # a year passes until customers buy more and renew
STRETCH = 1.1  # what is asked for over what was booked, growth included
PERSONAL = (0.85, 1.15)  # range of the factor that a person's or team's quotas have
WITHOUT_QUOTA_EVERY = 12  # each 12th person has none
TEAM_QUOTA_EVERY = 3  # each third team has one quota for all of its people
REVISED_SHARE = 0.1  # of holders and quarters
REVISED_DAYS = (25, 60)  # after the quarter's first day
REVISED_BY = (0.75, 1.25)
ROUNDED_TO = 1000  # units of the currency


@dataclass(frozen=True)
class Holder:
    """Who has a quota: a person, or a team and the number of its people at work."""

    region: int
    owner: int  # NONE where the team holds it
    team: str | None
    heads: int


@dataclass(frozen=True)
class Quota:
    """One holder's quota of one deal type and quarter, from a day on; day numbers, whole units of money."""

    holder: Holder
    deal_type: int
    start: int
    end: int
    valid_from: int
    amount: int
    currency: str


def quotas(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The quotas announced up to the end of a day, as the canonical `quotas`."""
    known = [quota for quota in planned_quotas(company) if quota.valid_from <= state.day]

    def dates(numbers: list[int]) -> pl.Series:
        return company.days.dates(np.array(numbers, dtype=np.int64))

    owners = np.array([quota.holder.owner for quota in known], dtype=np.int64)
    return pl.DataFrame(
        {
            "owner_id": identifiers("U", owners),
            "team": pl.Series([quota.holder.team for quota in known], dtype=pl.String),
            "period_start": dates([quota.start for quota in known]),
            "period_end": dates([quota.end for quota in known]),
            "deal_type": pl.Series([DEAL_TYPES[quota.deal_type] for quota in known], dtype=pl.String),
            "valid_from": dates([quota.valid_from for quota in known]),
            "amount": pl.Series([quota.amount for quota in known], dtype=pl.Int64).cast(pl.Decimal(18, 2)),
            "currency": pl.Series([quota.currency for quota in known], dtype=pl.String),
        }
    )


def planned_quotas(company: SimulatedCompany) -> Iterator[Quota]:
    """Every quota of the simulation, by quarter, holder and deal type."""
    rng = np.random.default_rng([company.settings.seed, STREAM])
    booked = bookings(company)
    for start, end in _quarters(company):
        announced = start - ANNOUNCED_DAYS
        plans = [booked.plan(region, announced) for region in range(len(company.settings.regions))]
        for holder in _holders(company, announced):
            plan = plans[holder.region]
            share = holder.heads * rng.uniform(*PERSONAL)
            factors = {announced: share}
            is_revised = rng.random() < REVISED_SHARE
            day, change = start + int(rng.integers(*REVISED_DAYS)), rng.uniform(*REVISED_BY)
            if is_revised:
                factors[day] = share * change
            for deal_type, per_head in enumerate(plan.per_head):
                for valid_from, factor in factors.items():
                    amount = max(1, round(per_head * factor / ROUNDED_TO)) * ROUNDED_TO
                    yield Quota(holder, deal_type, start, end, valid_from, amount, plan.currency)


@dataclass(frozen=True)
class Plan:
    """What each representative of a region shall book in a quarter, by deal type, in its currency."""

    per_head: tuple[float, ...]
    currency: str


@dataclass(frozen=True)
class Bookings:
    """Each win's day, owner, region, deal type and amount in cents of the reporting currency."""

    company: SimulatedCompany
    day: Ints
    owner: Ints
    region: Ints
    deal_type: Ints
    cents: Ints

    def plan(self, region: int, day: int) -> Plan:
        """The plan for a region that is made on a day."""
        settings, rates = self.company.settings, self.company.rates
        currency = settings.regions[region].currency
        column = rates.currencies.index(currency)
        rate = float(rates.millionths[self.company.days.month[day], column]) / MILLION
        people = self.company.staff.representatives[region]
        heads = int(self.company.staff.is_active(people, np.full(len(people), day)).sum())
        recent = (self.region == region) & (self.day < day) & (self.day >= day - PLANNED_FROM_DAYS)
        cents = [self.cents[recent & (self.deal_type == kind)].sum() for kind in range(len(DEAL_TYPES))]
        return Plan(tuple(float(booked) / 100 / 2 * STRETCH / heads / rate for booked in cents), currency)


def bookings(company: SimulatedCompany) -> Bookings:
    """Everything that was won."""
    state = company.state_on(len(company.days) - 1)
    is_won = np.array([stage.is_won for stage in company.settings.process.stages])
    rows = is_won[state.values[Field.STAGE]]
    deals, day = state.deals[rows], state.values[Field.CLOSE_DATE][rows]
    pipeline = company.pipeline
    cents = company.rates.to_reporting(
        state.values[Field.AMOUNT][rows], pipeline.currency[deals], company.days.month[day]
    )
    owner = state.values[Field.OWNER_ID][rows]
    return Bookings(company, day, owner, pipeline.region[deals], pipeline.deal_type[deals], cents)


def _quarters(company: SimulatedCompany) -> Iterator[tuple[int, int]]:
    """First and last day of each quarter that is announced within the simulation."""
    month = company.settings.fiscal_start_month
    start = quarter_end(company.settings.start, month) + timedelta(days=1)
    while company.days.number(start) - ANNOUNCED_DAYS < len(company.days):
        end: date = quarter_end(start, month)
        if company.days.number(start) - ANNOUNCED_DAYS >= FIRST_ANNOUNCED_DAY:
            yield company.days.number(start), company.days.number(end)
        start = end + timedelta(days=1)


def _holders(company: SimulatedCompany, day: int) -> Iterator[Holder]:
    """Who of those at work on the day gets a quota, by region."""
    team_of = {record[0]: record[3] for record in company.staff.records if record[1] <= day}
    with_one = _teams_with_quota(company)
    for region, people in enumerate(company.staff.representatives):
        together: dict[str, int] = {}
        for owner in people[company.staff.is_active(people, np.full(len(people), day))].tolist():
            team = team_of[owner]
            if team in with_one:
                together[team] = together.get(team, 0) + 1
            elif owner % WITHOUT_QUOTA_EVERY:
                yield Holder(region, owner, None, 1)
        for team, heads in sorted(together.items()):
            yield Holder(region, NONE, team, heads)


def _teams_with_quota(company: SimulatedCompany) -> set[str]:
    """The teams of representatives that have one quota together."""
    sellers = {owner for people in company.staff.representatives for owner in people.tolist()}
    teams = sorted({record[3] for record in company.staff.records if record[0] in sellers and record[3]})
    return set(teams[TEAM_QUOTA_EVERY - 1 :: TEAM_QUOTA_EVERY])
