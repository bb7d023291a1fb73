"""Deals created per day: how many to expect, and of what kind."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from orchestration.forecast.aggregates import (
    Aggregates,
    Segmentation,
    day_number,
    days,
    floats,
    ints,
)
from orchestration.forecast.calendar_factors import plain_factors
from orchestration.forecast.classes import AMOUNT_CLASSES, Floats, Ints, tally
from orchestration.forecast.fiscal_periods import Calendar, Period
from orchestration.forecast.level import weights

HALF_LIFE_DAYS: Final = 182


@dataclass(frozen=True)
class Arrivals:
    """Expected new deals per day ahead; their shares by combination of segment and amount, and stage."""

    per_day: Floats
    combinations: Ints
    shares: Floats  # combination x first stage, sum 1

    @classmethod
    def known_at(
        cls,
        aggregates: Aggregates,
        segmentation: Segmentation,
        calendar: Calendar,
        as_of: date,
        periods: list[Period],
    ) -> "Arrivals":
        """Arrivals up to the end of the last period, from those before the as-of date.

        Recent ones count more: their weight halves every half year.
        """
        ahead = calendar.between(as_of, periods[-1].end)
        born = aggregates.known("arrivals", "created_date", as_of)
        history = calendar.between(aggregates.history_start, as_of)
        length = history.stop - history.start
        if born.is_empty() or length <= 0:
            none = np.zeros(0, dtype=np.int64)
            return cls(np.zeros(ahead.stop - ahead.start), none, np.zeros((0, len(aggregates.stages))))
        day = days(born, "created_date") - day_number(aggregates.history_start)
        count = floats(born, "deals")
        created = tally(day, count, length)
        factors = plain_factors(created, np.ones(length), calendar, history)
        weight = weights(length, HALF_LIFE_DAYS)
        level = float(weight @ created / (weight @ factors.on(calendar, history)))

        combination = segmentation.codes(born["segment_key"]) * len(AMOUNT_CLASSES)
        combination += ints(born, "amount_class")
        present, place = np.unique(combination, return_inverse=True)
        shares = np.zeros((len(present), len(aggregates.stages)))
        np.add.at(shares, (place, aggregates.stage_codes(born["stage"])), count * weight[day])
        return cls(factors.on(calendar, ahead) * level, present, shares / shares.sum())
