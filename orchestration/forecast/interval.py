"""The range of a forecast: deal noise, the system's own error, and big deals that come whole or not."""

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

import numpy as np
from scipy.special import gammainc, gammaincinv

from orchestration.forecast.aggregates import day_number
from orchestration.forecast.classes import Floats

QUANTILES: Final = (0.1, 0.5, 0.9)
PRIOR_SD: Final = 0.15  # relative error of the system for the current period, before it has a record
PRIOR_SD_AHEAD: Final = 0.2  # the same for periods after it
BIG_SHARE: Final = 0.1  # of the expected period
MOST_EXACT: Final = 10  # big deals up to which every outcome is listed
DRAWS: Final = 10_000


@dataclass(frozen=True)
class Range:
    """Quantiles of the period's total, and the two parts of its standard deviation."""

    p10: float
    p50: float
    p90: float
    sd_deal: float
    sd_system: float


@dataclass(frozen=True)
class BigDeals:
    """Open deals over a tenth of the expected period: amounts and probabilities in it."""

    amount: Floats
    probability: Floats

    @classmethod
    def among(cls, amount: Floats, probability: Floats, expected: float) -> "BigDeals":
        """Those over a tenth of what is expected."""
        big = (amount > BIG_SHARE * expected) & (probability > 0)
        return cls(amount[big], probability[big])

    def outcomes(self, as_of: date) -> tuple[Floats, Floats]:
        """Totals that the big deals may bring, and the probability of each."""
        if len(self.amount) <= MOST_EXACT:
            won = np.array(list(product((0.0, 1.0), repeat=len(self.amount))))
            chance = np.where(won == 1, self.probability, 1 - self.probability).prod(axis=1)
            return won @ self.amount, chance
        rng = np.random.default_rng(day_number(as_of))
        drawn = (rng.random((DRAWS, len(self.amount))) < self.probability) @ self.amount
        totals, counts = np.unique(drawn, return_counts=True)
        return totals, counts / DRAWS


def range_of(
    won: float, rest: float, deal_variance: float, relative_sd: float, big: BigDeals, as_of: date
) -> Range:
    """The range of won + a Gamma of mean `rest`, in which big deals are mixed as coin throws.

    `deal_variance` is the variance of all deals' outcomes, `relative_sd` the error of the system
    relative to `rest`.
    """
    sd_deal, sd_system = float(np.sqrt(deal_variance)), relative_sd * rest
    if rest <= 0:
        return Range(won, won, won, sd_deal, sd_system)
    expected = big.amount * big.probability
    small = rest - float(expected.sum())
    if small <= 0:
        big = BigDeals(np.zeros(0), np.zeros(0))
        small, small_variance = rest, deal_variance
    else:
        small_variance = deal_variance - float((big.amount * expected * (1 - big.probability)).sum())
    variance = max(small_variance, 0.0) + sd_system**2
    totals, chance = big.outcomes(as_of)
    p10, p50, p90 = _quantiles(small, variance, totals, chance)
    return Range(won + p10, won + p50, won + p90, sd_deal, sd_system)


def _quantiles(mean: float, variance: float, totals: Floats, chance: Floats) -> list[float]:
    variance = max(variance, (1e-4 * mean) ** 2)  # a Gamma needs some
    shape, scale = mean**2 / variance, variance / mean
    if len(totals) == 1:
        return [float(gammaincinv(shape, level) * scale + totals[0]) for level in QUANTILES]
    found = []
    for level in QUANTILES:
        low, high = 0.0, float(totals.max() + gammaincinv(shape, 0.999) * scale)
        for _ in range(50):  # halving: to 1e-15 of the range
            middle = (low + high) / 2
            below = chance @ gammainc(shape, np.maximum(middle - totals, 0) / scale)
            low, high = (middle, high) if below < level else (low, middle)
        found.append((low + high) / 2)
    return found
