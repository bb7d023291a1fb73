"""What people call of a fiscal quarter: sellers each for themselves, some managers for their team.

Who calls knows what is won already, has a bias of their own for what is still to come, and errs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Floats, Ints, identifiers, money
from orchestration.simulation.company import DealState, SimulatedCompany
from orchestration.simulation.days import quarter_end, utc
from orchestration.simulation.exchange_rates import MILLION
from orchestration.simulation.quotas import Bookings, bookings

STREAM = 4801  # calls draw from a stream of their own: they change no other table
EVERY_DAYS = 7
FIRST_CALL_DAYS = 7  # before the quarter begins
BIAS = 0.1  # mean log of what a person calls of the rest over what it will be: hope is the more common
BIAS_SD = 0.3  # of that log: some sandbag all the same
NOISE_SD = 0.15  # of the log of one call over the person's usual
BEST_CASE_EVERY = 4  # each fourth time people say their best case, too
BEST_CASE = 1.4  # times what they commit to of the rest
MANAGER_CALLS_EVERY = 3  # each third manager calls for the team
WITHOUT_CALLS_EVERY = 15  # each 15th seller never calls
UNFINISHED_LIKE = 3  # quarters: of one that the simulation does not end, people expect what these brought
ROUNDED_TO = 1000  # units of the currency
WORKDAY_MINUTES = (8 * 60, 23 * 60 + 50)  # when calls are submitted, local time


@dataclass(frozen=True)
class Calls:
    """One element per call: who, on which day, of which quarter (its first day), and how much in cents.

    Days are numbers, cents those of the reporting currency. `minute` is that of the day.
    """

    owner: Ints
    day: Ints
    quarter: Ints
    committed: Floats
    best_case: Floats  # NaN where nobody said one
    minute: Ints


def forecast_calls(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The calls submitted up to the end of a day, as the canonical `forecast_calls`."""
    made = planned_calls(company)
    rows = np.flatnonzero(made.day <= state.day)
    said = np.column_stack([made.committed[rows], made.best_case[rows]])
    row, kind = np.nonzero(~np.isnan(said))
    call = rows[row]
    currency = _currencies(company)[made.owner[call]]
    rate = company.rates.millionths[company.days.month[made.day[call]], currency] / MILLION
    units = np.rint(said[row, kind] / 100 / rate / ROUNDED_TO).astype(np.int64) * ROUNDED_TO
    days = company.days.dates(made.day[call]).cast(pl.Datetime("us"))
    local = days + (pl.Series(made.minute[call]) * 60_000_000).cast(pl.Duration("us"))
    names = {int(start): _name(company, int(start)) for start in np.unique(made.quarter)}
    return pl.DataFrame(
        {
            "owner_id": identifiers("U", made.owner[call]),
            "submitted_at": utc(local, company.settings.time_zone),
            "fiscal_period": pl.Series([names[int(one)] for one in made.quarter[call]], dtype=pl.String),
            "category": pl.Series([("Commit", "Best Case")[one] for one in kind], dtype=pl.String),
            "amount": money(units * 100),
            "currency": pl.Series([company.rates.currencies[one] for one in currency], dtype=pl.String),
        }
    )


def planned_calls(company: SimulatedCompany) -> Calls:
    """Every call of the simulation, by quarter, day and person."""
    rng = np.random.default_rng([company.settings.seed, STREAM, 1])
    bias, wins = biases(company), bookings(company)
    people = len(bias)
    quarters = list(_quarters(company))
    parts: list[tuple[Ints, Ints, Ints, Floats, Floats, Ints]] = []
    for number, (start, end) in enumerate(quarters):
        for day in range(start - FIRST_CALL_DAYS, end + 1, EVERY_DAYS):
            noise, minute = rng.normal(0, NOISE_SD, people), rng.integers(*WORKDAY_MINUTES, people)
            if not 0 <= day < len(company.days):
                continue
            asked = max(day, start)
            won = _brought(wins, start, asked, people)
            if end < len(company.days):
                rest = _brought(wins, asked, end + 1, people)
            else:
                like = quarters[max(0, number - UNFINISHED_LIKE) : number]
                later = [_brought(wins, first + asked - start, last + 1, people) for first, last in like]
                rest = np.mean(later, axis=0) if later else np.zeros(people)
            callers, team = _callers(company, day)
            won, rest = team @ won, team @ rest
            said = rest * bias[callers] * np.exp(noise[callers])
            is_best_said = (day - start) // EVERY_DAYS % BEST_CASE_EVERY == 0
            best = won + said * BEST_CASE if is_best_said else np.full(len(callers), np.nan)
            same = np.ones(len(callers), dtype=np.int64)
            parts.append((callers, day * same, start * same, won + said, best, minute[callers]))
    if not parts:
        none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Calls(none, none, none, nothing, nothing, none)
    owner, days, first, committed, best_case, minutes = map(np.concatenate, zip(*parts, strict=True))
    return Calls(owner, days, first, committed, best_case, minutes)


def biases(company: SimulatedCompany) -> Floats:
    """Per person, what they call of the rest of a quarter over what it will be, but for chance."""
    rng = np.random.default_rng([company.settings.seed, STREAM, 2])
    drawn: Floats = np.exp(rng.normal(BIAS, BIAS_SD, len(company.staff.joined)))
    return drawn


def _brought(wins: Bookings, start: int, end: int, people: int) -> Floats:
    """Per person, the cents won from a day up to but without another."""
    rows = (wins.day >= start) & (wins.day < end) & (wins.owner != NONE)
    brought: Floats = np.bincount(wins.owner[rows], wins.cents[rows], people).astype(np.float64)
    return brought


def _callers(company: SimulatedCompany, day: int) -> tuple[Ints, Floats]:
    """Who calls on a day, and per caller 1 for each person whose deals they call, else 0."""
    staff = company.staff
    people = np.arange(len(staff.joined))
    at_work = people[staff.is_active(people, np.full(len(people), day))]
    managers = staff.managers_on(day)
    sellers = [int(one) for one in at_work if staff.region[one] != NONE]
    above = sorted({managers[one] for one in sellers if one in managers} & set(at_work.tolist()))
    calling = [
        *((one, [one]) for one in sellers if one % WITHOUT_CALLS_EVERY),
        *(
            (one, [*(person for person, manager in managers.items() if manager == one), one])
            for one in above
            if one % MANAGER_CALLS_EVERY == 0
        ),
    ]
    team = np.zeros((len(calling), len(people)))
    for row, (_, theirs) in enumerate(calling):
        team[row, theirs] = 1
    return np.array([one for one, _ in calling], dtype=np.int64), team


def _currencies(company: SimulatedCompany) -> Ints:
    """The currency in which each person calls: the region's, or the company's."""
    currencies = company.rates.currencies
    regional = [currencies.index(region.currency) for region in company.settings.regions]
    reporting = currencies.index(company.settings.reporting_currency)
    return np.array([reporting if region == NONE else regional[region] for region in company.staff.region])


def _quarters(company: SimulatedCompany) -> Iterator[tuple[int, int]]:
    """First and last day of each quarter that begins within the simulation, or whose calls do."""
    month = company.settings.fiscal_start_month
    start = quarter_end(company.settings.start, month) + timedelta(days=1)
    while company.days.number(start) - FIRST_CALL_DAYS < len(company.days):
        end = quarter_end(start, month)
        yield company.days.number(start), company.days.number(end)
        start = end + timedelta(days=1)


def _name(company: SimulatedCompany, start: int) -> str:
    """The name of the fiscal quarter that begins on a day; FY2026 is the year that ends in 2026."""
    first, month = company.days.date(start), company.settings.fiscal_start_month
    year = first.year + (1 < month <= first.month)
    return f"FY{year}-Q{(first.month - month) % 12 // 3 + 1}"
