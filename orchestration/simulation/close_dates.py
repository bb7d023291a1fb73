"""Expected close dates: guessed, re-estimated, and pushed when they pass."""

import numpy as np

from orchestration.simulation.arrays import Ints
from orchestration.simulation.days import Days
from orchestration.simulation.ledger import Field
from orchestration.simulation.pipeline import Moment, Pipeline

MONTH_END_SHARE = 0.3  # of dates that people set to the end of a month
OVERDUE_HAZARD = 0.06  # a day, of pushing a date that has passed
EARLY_HAZARD = 0.005  # of changing one that has not
RE_ESTIMATED_SHARE = 0.35  # of moves that come with a new date
PULLED_SHARE = 0.3  # of early changes that bring the date nearer
PUSH_DAYS, PUSH_SPREAD = 24.0, 0.6  # median and log sd
NEAREST = 3  # days from today that a date is set to at the earliest


def snapped(close: Ints, days: Days, rng: np.random.Generator) -> Ints:
    """The dates, some of them moved to the end of their month."""
    at_month_end = rng.random(len(close)) < MONTH_END_SHARE
    result: Ints = np.where(at_month_end, days.month_end(close), close)
    return result


def revise_close_dates(
    day: int, deals: Ints, pipeline: Pipeline, days: Days, pace: float, rng: np.random.Generator
) -> None:
    """Push what is overdue and change some of the rest; `pace` is the weekday's factor."""
    close = pipeline.close_day[deals]
    is_overdue = close < day
    changes = rng.random(len(deals)) < pace * np.where(is_overdue, OVERDUE_HAZARD, EARLY_HAZARD)
    deals, close, is_overdue = deals[changes], close[changes], is_overdue[changes]
    shift = 1 + np.rint(PUSH_DAYS * np.exp(rng.normal(0, PUSH_SPREAD, len(deals)))).astype(np.int64)
    is_pulled = ~is_overdue & (rng.random(len(deals)) < PULLED_SHARE)
    shift = np.where(is_pulled, -(shift // 2), shift)
    new = np.maximum(np.where(is_overdue, day, close) + shift, day + NEAREST)
    pipeline.set(Field.CLOSE_DATE, day, Moment.PUSHED, deals, snapped(new, days, rng))


def re_estimate(day: int, deals: Ints, pipeline: Pipeline, days: Days, rng: np.random.Generator) -> None:
    """Give some of the deals that just moved the date that is usual from their new stage."""
    deals = deals[rng.random(len(deals)) < RE_ESTIMATED_SHARE]
    usual = np.array([stage.usual_days_left for stage in pipeline.process.open_stages])[pipeline.stage[deals]]
    spread = np.exp(rng.normal(0, PUSH_SPREAD / 2, len(deals)))
    new = day + np.maximum(NEAREST, np.rint(usual * spread)).astype(np.int64)
    pipeline.set(Field.CLOSE_DATE, day, Moment.EXIT, deals, snapped(new, days, rng))
