"""Revenue from deals that do not exist yet: 40 to 90 % of a period's wins at its start."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.arrivals import Arrivals
from orchestration.forecast.classes import AMOUNT_CLASSES, Floats
from orchestration.forecast.curves_ahead import CurvesAhead
from orchestration.forecast.due_path import DuePath
from orchestration.forecast.fiscal_periods import LAST_PERIODS, Period, cut, landmark_day
from orchestration.forecast.learnt_wins import learnt_wins
from orchestration.forecast.won_amounts import WonAmounts

DRIFT: Final = 0.09  # variance of what grows or shrinks between earlier periods and this one


def by_arrivals(arrivals: Arrivals, curves: CurvesAhead, path: DuePath, won: WonAmounts) -> Floats:
    """Expected revenue per period: deals created per day ahead x their win curve x what a win brings."""
    later = curves.new_later.shape[1]
    if not len(arrivals.combinations):
        return np.zeros(1 + later)
    value = won.by_class[arrivals.combinations % len(AMOUNT_CLASSES)]
    weights = curves.profiles.weights[curves.place(arrivals.combinations)]
    by_profile = weights.T @ (arrivals.shares * value[:, None])  # profile x stage
    by_kind = np.einsum("ps,si->pis", by_profile, path.at_creation)
    first = len(curves.new_current)
    current = arrivals.per_day[:first] @ np.einsum("dpis,pis->d", curves.new_current, by_kind)
    per_step = np.array([arrivals.per_day[step].sum() for step in curves.steps])
    after = per_step @ np.einsum("wrpis,pis->wr", curves.new_later, by_kind, optimize=True)
    expected: Floats = np.maximum(np.concatenate([[current], after]), 0)
    return expected


def by_growth(
    aggregates: Aggregates, ended: list[Period], current: Period, as_of: date
) -> tuple[float, float]:
    """Mean revenue, and wins in all, of deals that past periods created after the same point in them."""
    wins, _ = learnt_wins(aggregates, as_of)
    used = ended[-LAST_PERIODS:]
    if not used:
        return 0.0, 0.0
    late = [
        cut(wins, past).filter(pl.col("created_in_period_date") >= landmark_day(as_of, current, past))
        for past in used
    ]
    revenue = sum(float(frame["amount"].sum() or 0) for frame in late)
    return revenue / len(used), float(sum(frame["deals"].sum() for frame in late))


def mix(arrivals: float, growth: float, wins: float, periods: int, squared_variation: float) -> float:
    """Both estimates weighted by the sampling error of growth against the drift since then."""
    if periods < 2 or wins <= 0:
        return arrivals
    weight = DRIFT / (DRIFT + (1 + squared_variation) / wins)
    return weight * growth + (1 - weight) * arrivals
