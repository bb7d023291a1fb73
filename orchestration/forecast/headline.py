"""Method `headline`: the weighted median of the members, and a range as wide as its own errors have been.

The members err in different ways: one looks at open deals, one at how such deals ended in past periods, one
at neither. The median of three leaves out the one that is far off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from orchestration.forecast.classes import Floats
from orchestration.forecast.interval import PRIOR_SD

PRIOR_FORECASTS: Final = 2.0  # that a member's expected error counts as, beside its past ones
PRIOR_ERRORS: Final = 3.0  # the same of the headline
MOST_ERROR: Final = 1.0  # a squared relative error that counts in a weight
MOST_VARIANCE: Final = 0.25  # a squared relative error that counts in a range
OTHER_PHASE: Final = 0.3  # what an error at another point of a period counts, beside 1 for the same


@dataclass(frozen=True)
class Member:
    """What one method expects of the current period, and its squared relative error without a record."""

    expected: float
    prior_variance: float


@dataclass(frozen=True)
class PastDay:
    """What was said of the then current period on a past day."""

    phase: float
    fiscal_period: str
    period_end: date  # its last day
    won_to_date: float
    deal_variance: float
    members: Mapping[str, Member]
    headline: float


@dataclass(frozen=True)
class Headline:
    """What is expected, each member's weight in it, and the system's error relative to what is to come."""

    expected: float
    weights: Mapping[str, float]
    relative_sd: float


def headline(
    members: Mapping[str, Member],
    won_to_date: float,
    phase: float,
    past: Sequence[PastDay],
    brought: Mapping[str, float],
) -> Headline:
    """The headline of a day from its members and from what was said on past days of ended periods.

    `past` are those days, `brought` what each period brought, both as known on the day; `phase` is the part
    of the period that is over.
    """
    judged = [(day, brought.get(day.fiscal_period, 0.0)) for day in past]
    judged = [(day, actual) for day, actual in judged if actual > 0]
    weights = {
        name: member_weight(
            member.prior_variance,
            [day.members[name].expected / actual - 1 for day, actual in judged if name in day.members],
        )
        for name, member in members.items()
    }
    total = sum(weights.values())
    weights = {name: weight / total for name, weight in weights.items()}
    middle = weighted_median(
        np.array([member.expected for member in members.values()]), np.array(list(weights.values()))
    )
    shown = {name: round(weight, 6) for name, weight in weights.items()}
    return Headline(max(middle, won_to_date), shown, learnt_sd(judged, phase))


def member_weight(prior_variance: float, errors: Sequence[float]) -> float:
    """One over a member's mean squared relative error, its prior counting as two past forecasts."""
    squared = sum(min(MOST_ERROR, error**2) for error in errors)
    return (len(errors) + PRIOR_FORECASTS) / (squared + PRIOR_FORECASTS * prior_variance)


def prior_variance(squared_variation: float, wins: float) -> float:
    """Squared relative error to expect of a method that has learnt from so many wins."""
    return PRIOR_SD**2 + (1 + squared_variation) / max(wins, 1.0)


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value at half of the weight, between values in proportion; weights sum to 1.

    >>> weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0]) / 3)
    2.0
    """
    order = np.argsort(values, kind="stable")
    middles = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(0.5, middles, values[order]))


def learnt_sd(judged: Sequence[tuple[PastDay, float]], phase: float) -> float:
    """The system's relative error from the headline's own past errors beyond what deals' chance explains.

    `phase` is in ninths, as the days of the back-test are.
    """
    squared, weight = PRIOR_ERRORS * PRIOR_SD**2, PRIOR_ERRORS
    for day, actual in judged:
        rest = day.headline - day.won_to_date
        if rest <= 0:
            continue
        counted = 1.0 if abs(day.phase - phase) < 1e-3 else OTHER_PHASE
        beyond = max(0.0, (actual - day.headline) ** 2 - day.deal_variance) / rest**2
        squared += counted * min(MOST_VARIANCE, beyond)
        weight += counted
    return float(np.sqrt(squared / weight))
