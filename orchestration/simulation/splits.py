"""Deals that two representatives share, from their creation on."""

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, identifiers
from orchestration.simulation.company import DealState, SimulatedCompany
from orchestration.simulation.ledger import Field

STREAM = 24  # a random stream of its own, so that everything else stays as it is
SHARED_SHARE = 0.08
OWNER_PERCENTS = (50, 60, 70, 80)  # of who created the deal; a colleague of the region has the rest


def deal_splits(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The shares in the deals created up to the end of the day, those of one deal adding to 1."""
    rng = np.random.default_rng((company.settings.seed, STREAM))
    count, pipeline = company.settings.deals, company.pipeline
    is_shared = rng.random(count) < SHARED_SHARE
    percent = np.array(OWNER_PERCENTS)[rng.integers(0, len(OWNER_PERCENTS), count)]
    deals = np.flatnonzero(is_shared)
    creators = np.full(count, NONE, dtype=np.int64)
    owned = company.ledger.of(Field.OWNER_ID)
    creators[owned.deal[::-1]] = owned.new[::-1]
    partners = company.staff.assign(pipeline.region[deals], pipeline.created[deals], rng)
    rows = (partners != creators[deals]) & (deals < len(state.deals))
    deals, partners = deals[rows], partners[rows]
    return pl.DataFrame(
        {
            "deal_id": identifiers("D", np.repeat(deals, 2)),
            "owner_id": identifiers("U", np.column_stack([creators[deals], partners]).ravel()),
            "share": np.column_stack([percent[deals], 100 - percent[deals]]).ravel() / 100,
        }
    )
