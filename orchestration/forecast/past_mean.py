"""Deals not created yet where arrivals cannot be learnt: what past periods brought, or nothing."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.classes import Floats
from orchestration.forecast.fiscal_periods import LAST_PERIODS, Period, cut
from orchestration.forecast.learnt_wins import learnt_wins
from orchestration.forecast.won_amounts import WonAmounts


def missing_arrivals(aggregates: Aggregates, current: Period, as_of: date) -> str | None:
    """Why new deals per day cannot be learnt; None where they can."""
    if not aggregates["attributes"]["has_creation_dates"].item():
        return "of most deals the day of creation is not known"
    observed = (as_of - aggregates.history_start).days
    if observed < current.length:
        return f"the history spans {observed} days, less than one whole period"
    return None


@dataclass(frozen=True)
class PastMean:
    """Revenue and its variance that past periods let expect beyond the open deals, per period."""

    expected: Floats
    variance: Floats
    periods: int  # that it is the mean of; 0 where there is nothing to go by

    @classmethod
    def known_at(
        cls,
        aggregates: Aggregates,
        whole: list[Period],
        periods: list[Period],
        open_expected: Floats,
        won: WonAmounts,
        as_of: date,
    ) -> "PastMean":
        """The mean of the last three whole periods, for the days left, less what open deals bring."""
        wins, _ = learnt_wins(aggregates, as_of)
        past = [cut(wins, period) for period in whole[-LAST_PERIODS:]]
        count = sum(float(frame["deals"].sum()) for frame in past)
        if count <= 0:
            return cls(np.zeros(len(periods)), np.zeros(len(periods)), 0)
        mean = sum(float(frame["amount"].sum()) for frame in past) / len(past)
        left = np.array([min(1.0, (period.end - as_of).days / period.length) for period in periods])
        new = np.maximum(mean * left - open_expected, 0)
        own_noise = new / won.mean * won.mean_square if won.mean > 0 else np.zeros(len(new))
        of_the_mean = left**2 * count / len(past) ** 2 * won.mean_square
        return cls(new, own_noise + of_the_mean, len(past))
