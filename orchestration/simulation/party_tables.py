"""The canonical leads, accounts and owners as they stood at the end of a day."""

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Ints, identifiers, labels
from orchestration.simulation.company import DealState, SimulatedCompany
from orchestration.simulation.days import moments, utc
from orchestration.simulation.vocabulary import SOURCES, account_name, industry

PARENT_EVERY = 29  # each 29th account belongs to the one of half its number
STEP_SECONDS = 4 * 3600  # leads come in the morning and are qualified in the afternoon


def accounts(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The accounts; each is created with its first deal."""
    count = int(np.searchsorted(company.accounts.created[: company.accounts.count], state.day + 1))
    codes = np.arange(count)
    countries = [company.settings.regions[code].countries for code in company.accounts.region[codes]]
    created_at = np.full(count, NONE, dtype=np.int64)
    created_at[company.pipeline.account[state.deals][::-1]] = state.created_at[::-1]
    has_parent = (codes % PARENT_EVERY == 0) & (codes > 0)
    return pl.DataFrame(
        {
            "account_id": identifiers("A", codes),
            "account_name": [account_name(code) for code in range(count)],
            "industry": [industry(code) for code in range(count)],
            "country": [those[code % len(those)] for code, those in enumerate(countries)],
            "parent_account_id": identifiers("A", np.where(has_parent, codes // 2, NONE)),
            "created_at": moments(created_at),
        }
    )


def leads(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The leads, and how far each had come by the end of the day."""
    known = company.leads
    codes = np.arange(np.searchsorted(known.created, state.day + 1))
    is_qualified = known.qualified[codes] <= state.day
    is_converted = known.converted[codes] <= state.day
    is_dropped = known.disqualified[codes] <= state.day
    from_lead = state.deals[company.arrivals.lead[state.deals] != NONE]
    deal = np.full(len(known.created), NONE, dtype=np.int64)
    deal[company.arrivals.lead[from_lead]] = from_lead
    deal = deal[codes]
    status = np.select([is_converted, is_dropped, is_qualified], [3, 2, 1], 0)
    account = np.where(deal == NONE, NONE, company.pipeline.account[deal])
    converted_at = np.where(deal == NONE, NONE, state.created_at[deal])
    return pl.DataFrame(
        {
            "lead_id": identifiers("L", codes),
            "created_at": worked_at(company, known.created[codes], 0),
            "source": labels(known.source[codes], SOURCES),
            "owner_id": identifiers("U", known.owner[codes]),
            "status": labels(status, ("Open", "Qualified", "Disqualified", "Converted")),
            "qualified_at": worked_at(company, known.qualified[codes], 1).set(pl.Series(~is_qualified), None),
            "converted_at": moments(converted_at),
            "account_id": identifiers("A", account),
            "deal_id": identifiers("D", deal),
        }
    )


def worked_at(company: SimulatedCompany, day: Ints, step: int) -> pl.Series:
    """A moment of the day for each lead, in the order of the steps; each lead has its own."""
    second = 7 * 3600 + step * STEP_SECONDS + np.arange(len(day)) * 7919 % STEP_SECONDS
    local = company.days.dates(day).cast(pl.Datetime("us")) + pl.Series(second * 1_000_000).cast(
        pl.Duration("us")
    )
    return utc(local, company.settings.time_zone)


def owners(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The people, one row per version."""
    return company.staff.owners_known(company.days, state.day)
