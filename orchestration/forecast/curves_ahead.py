"""Win probabilities of every kind of deal: in the current period, in those after it, and at all."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np

from orchestration.forecast.classes import OLDEST, Floats, Ints
from orchestration.forecast.due_path import DuePath
from orchestration.forecast.fiscal_periods import Calendar, Period
from orchestration.forecast.hazards import Hazards
from orchestration.forecast.rate_profiles import RateProfiles
from orchestration.forecast.win_curves import (
    WEEKLY_NODES,
    Rates,
    day_by_day,
    week_by_week,
    weekly_to_daily,
)

EVER_DAYS: Final = 1096  # three years stand for "ever"


@dataclass(frozen=True)
class CurvesAhead:
    """Probabilities by profile x due state x stage, and age for deals that are open now.

    The current period is worked out day by day, what follows week by week.
    """

    profiles: RateProfiles
    combinations: Ints  # of segment and amount class, in the order of the profiles' weights
    open_current: Floats  # (current period, ever if asked) x profile x state x stage x age
    open_later: Floats  # later period x ...
    new_current: Floats  # day of creation x profile x state x stage
    new_later: Floats  # step of creation x later period x profile x state x stage
    steps: list[slice]  # days ahead of each step

    def place(self, combinations: Ints) -> Ints:
        """The row of `profiles` for each combination."""
        return np.searchsorted(self.combinations, combinations)


def curves_ahead(
    hazards: Hazards,
    path: DuePath,
    combinations: Ints,
    calendar: Calendar,
    as_of: date,
    periods: list[Period],
    is_ever_asked: bool = True,
) -> CurvesAhead:
    """The curves for deals of some combinations of segment and amount class (without repeats, ordered).

    Unless `is_ever_asked`, nothing after the last period is worked out, and "ever" is left out.
    """
    start = calendar.between(as_of, periods[0].end).start
    first = (periods[0].end - as_of).days
    furthest = max(EVER_DAYS if is_ever_asked else 0, (periods[-1].end - as_of).days)
    length = min(len(calendar.week) - start, furthest)
    ahead = slice(start, start + length)
    won, lost = (
        cause.of_combinations(hazards.segmentation).ravel()[combinations]
        for cause in (hazards.won, hazards.lost)
    )
    profiles = RateProfiles.of(won, lost)
    rates = Rates(
        hazards.won.base,
        hazards.lost.base,
        hazards.moves,
        profiles.won,
        profiles.lost,
        path.factors(hazards.won.due),
        path.factors(hazards.lost.due),
        hazards.won.calendar.on(calendar, ahead) * hazards.won.level,
        hazards.lost.calendar.on(calendar, ahead) * hazards.lost.level,
        path,
    )
    rewards = np.vstack([days_of(periods, as_of, length), np.ones(length)])
    steps = weekly_steps(first, length) if is_ever_asked or len(periods) > 1 else []
    new_later = np.zeros((len(steps), len(periods) - 1, *rates.shape))
    later = np.zeros((len(periods), *rates.shape, WEEKLY_NODES))
    ever_after = np.zeros((*rates.shape, OLDEST + 1))
    before = np.zeros((len(periods) - 1, *rates.shape))
    for number, later in week_by_week(rates, rewards[1:], steps):
        created = later[:-1, ..., 0].copy()
        new_later[number] = (created + before) / 2  # created in the middle of the step
        before = created
        if steps[number].start == first:
            ever_after = weekly_to_daily(later[-1])

    final = np.zeros((2 if is_ever_asked else 1, *rates.shape, OLDEST + 1))
    final[1:] = ever_after
    near, new_current = final, np.zeros((first, *rates.shape))
    asked = [0, -1] if is_ever_asked else [0]
    for day, near in day_by_day(rates, rewards[asked, :first], final):
        new_current[day] = near[0, ..., 0]
    return CurvesAhead(
        profiles, combinations, near, weekly_to_daily(later[:-1]), new_current, new_later, steps
    )


def days_of(periods: list[Period], as_of: date, length: int) -> Floats:
    """1 where a day ahead (columns) lies in a period (rows), else 0."""
    day = np.arange(length)
    inside = [((period.start - as_of).days <= day) & (day < (period.end - as_of).days) for period in periods]
    return np.array(inside, dtype=np.float64)


def weekly_steps(first: int, length: int) -> list[slice]:
    """Weeks that begin at the end of the current period (`first` days ahead), before and after it."""
    edges = sorted({0, length, *range(first % 7, length, 7)})
    return [slice(start, stop) for start, stop in pairwise(edges)]
