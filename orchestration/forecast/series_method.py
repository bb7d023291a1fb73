"""Method `series`: wins per day as they have come lately, by the calendar, without any look at open deals."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from orchestration.forecast.aggregates import Aggregates, day_number, days, floats
from orchestration.forecast.calendar_factors import plain_factors
from orchestration.forecast.classes import Floats, tally
from orchestration.forecast.fiscal_periods import Calendar, Period
from orchestration.forecast.level import weights

HALF_LIFE_DAYS: Final = 91


@dataclass(frozen=True)
class RevenueAhead:
    """Revenue expected of each period, and the wins that say so: those of the last months."""

    revenue: Floats
    wins: float


def revenue_ahead(
    aggregates: Aggregates, calendar: Calendar, periods: list[Period], mean_amount: float, as_of: date
) -> RevenueAhead | None:
    """Revenue expected on the days of each period from the as-of date on; None without a win so far.

    Wins per day x the mean amount of a win. It errs in other ways than what looks at the pipeline.
    """
    history = calendar.between(aggregates.history_start, as_of)
    length = history.stop - history.start
    won = aggregates.known("events", "day_date", as_of).filter(exit_kind="won")
    if length <= 0 or won.is_empty():
        return None
    day = days(won, "day_date") - day_number(aggregates.history_start)
    observed = tally(day, floats(won, "deals"), length)
    daily = wins_per_day(
        observed,
        calendar,
        history,
        calendar.between(as_of, periods[-1].end),
    )
    starts = [max(0, (period.start - as_of).days) for period in periods]
    sums = [
        daily[start : (period.end - as_of).days].sum() for start, period in zip(starts, periods, strict=True)
    ]
    return RevenueAhead(np.array(sums) * mean_amount, float(weights(length, HALF_LIFE_DAYS) @ observed))


def wins_per_day(observed: Floats, calendar: Calendar, history: slice, ahead: slice) -> Floats:
    """Wins to expect on each day ahead: the level of the last months x the day's plain calendar factor."""
    factors = plain_factors(observed, np.ones(len(observed)), calendar, history)
    weight = weights(len(observed), HALF_LIFE_DAYS)
    level = float(weight @ observed) / float(weight @ factors.on(calendar, history))
    return level * factors.on(calendar, ahead)
