"""The product lines of each deal, which share its amount."""

from typing import Final

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, identifiers, labels, money
from orchestration.simulation.company import DealState, SimulatedCompany
from orchestration.simulation.ledger import Field

STREAM: Final = 25  # of random numbers of their own: products change nothing else
FAMILIES: Final = {
    "Licences": ("Suite Basic", "Suite Plus", "Suite Enterprise"),
    "Services": ("Onboarding", "Training", "Integration"),
    "Support": ("Support Standard", "Support Premium", "Support Around the Clock"),
}
LINES: Final = len(FAMILIES)  # at most one of each family
LINE_COUNT_SHARES: Final = (0.15, 0.45, 0.28, 0.12)  # of deals with no line, one, two and three
OFF_SHARE: Final = 0.02  # of deals whose amount was changed without their lines
OFF_CENTS: Final = 5000  # by which it was
MOST_UNITS: Final = 50


def deal_products(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The lines of every deal that is not removed, as they stand at its amount of the day."""
    deals, values = company.settings.deals, state.values
    rng = np.random.default_rng([company.settings.seed, STREAM])
    counts = rng.choice(len(LINE_COUNT_SHARES), size=deals, p=LINE_COUNT_SHARES)
    family = rng.permuted(np.tile(np.arange(LINES), (deals, 1)), axis=1)
    product = rng.integers(0, LINES, size=(deals, LINES))
    weight = rng.integers(1, 10, size=(deals, LINES))
    units = rng.integers(1, MOST_UNITS + 1, size=(deals, LINES))
    off = np.where(rng.random(deals) < OFF_SHARE, OFF_CENTS, 0)

    is_removed = (values[Field.DELETED] != NONE) | (values[Field.MERGED_INTO] != NONE)
    cents = np.maximum(values[Field.AMOUNT] - off[state.deals], 0)
    known = state.deals[~is_removed & (cents > 0)]
    cents = cents[~is_removed & (cents > 0)]
    has_line = np.arange(LINES) < counts[known][:, None]
    shared = np.where(has_line, weight[known], 0)
    parts = cents[:, None] * shared // np.maximum(shared.sum(axis=1), 1)[:, None]
    parts[:, 0] += cents - parts.sum(axis=1)  # the first line takes the cents that are left
    row, line = np.nonzero(has_line)
    deal = known[row]
    names = [name for family_names in FAMILIES.values() for name in family_names]
    return pl.DataFrame(
        {
            "deal_id": identifiers("D", deal),
            "line_id": identifiers("P", deal * LINES + line),
            "product": labels(family[deal, line] * LINES + product[deal, line], names),
            "family": labels(family[deal, line], tuple(FAMILIES)),
            "quantity": units[deal, line].astype(np.float64),
            "amount": money(parts[row, line]),
            "currency": labels(company.pipeline.currency[deal], company.rates.currencies),
        }
    )
