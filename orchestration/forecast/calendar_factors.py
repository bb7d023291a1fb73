"""Factors of the calendar: weekday and weeks to the fiscal quarter's end, plain or shrunk."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from orchestration.forecast.classes import Floats, Ints, tally
from orchestration.forecast.fiscal_periods import LAST_WEEK, Calendar

WEEKDAYS: Final = 7
WEEKS: Final = LAST_WEEK + 1
NOISE: Final = 0.09  # prior variance (sd .3 in logs) of calendar effects and of their change between cycles
PSEUDO_EVENTS: Final = 5.0


@dataclass(frozen=True)
class CalendarFactors:
    """Multipliers per weekday and per week to the quarter's end; `dispersion` is variance over mean."""

    weekday: Floats
    week: Floats
    dispersion: float = 1.0

    def on(self, calendar: Calendar, days: slice) -> Floats:
        """The factor of each day."""
        factor: Floats = self.weekday[calendar.weekday[days]] * self.week[calendar.week[days]]
        return factor


def plain_factors(observed: Floats, expected: Floats, calendar: Calendar, days: slice) -> CalendarFactors:
    """Observed over expected per class, with five pseudo-events, one family after the other, three rounds."""
    logs = {"weekday": np.zeros(WEEKDAYS), "week": np.zeros(WEEKS)}
    classes = {"weekday": calendar.weekday[days], "week": calendar.week[days]}
    for _ in range(3):
        for family, other in (("weekday", "week"), ("week", "weekday")):
            adjusted = expected * np.exp(logs[other][classes[other]])
            scale = _ratio(observed.sum(), adjusted.sum())
            size = len(logs[family])
            seen = tally(classes[family], observed, size)
            due = tally(classes[family], adjusted, size) * scale
            logs[family] = np.log((seen + PSEUDO_EVENTS) / (due + PSEUDO_EVENTS))
    return CalendarFactors(np.exp(logs["weekday"]), np.exp(logs["week"]))


def shrunk_factors(observed: Floats, expected: Floats, calendar: Calendar, days: slice) -> CalendarFactors:
    """Factors of which only what repeats from quarter to quarter is kept; 1 without evidence.

    Each class's log ratio is shrunk by the variance between classes over that plus its own, which
    holds the sampling noise and the noise between cycles. Cautious on purpose: a true doubling in
    the last week is recovered to a tenth of its log after one quarter, to three quarters after eight.

    Source: DerSimonian & Laird, "Meta-analysis in clinical trials", 1986 (the moment estimator of
    the variance between classes); Efron & Morris, "Data analysis using Stein's estimator", 1975.
    """
    logs = {"weekday": np.zeros(WEEKDAYS), "week": np.zeros(WEEKS)}
    classes = {"weekday": calendar.weekday[days], "week": calendar.week[days]}
    quarter = calendar.quarter[days] - (calendar.quarter[days][0] if len(observed) else 0)
    for _ in range(2):
        for family, other in (("weekday", "week"), ("week", "weekday")):
            adjusted = expected * np.exp(logs[other][classes[other]])
            adjusted = adjusted * _ratio(observed.sum(), adjusted.sum())
            size = len(logs[family])
            if family == "weekday":
                cycles, noise = tally(classes[family], (adjusted > 0).astype(np.float64), size), NOISE
            else:
                cycles, noise = _between_quarters(observed, adjusted, classes[family], quarter)
            logs[family] = _shrink(
                tally(classes[family], observed, size),
                tally(classes[family], adjusted, size),
                cycles,
                noise,
            )
    factors = CalendarFactors(np.exp(logs["weekday"]), np.exp(logs["week"]))
    mean = expected * factors.on(calendar, days)
    mean = mean * _ratio(observed.sum(), mean.sum())
    dispersion = _ratio(((observed - mean) ** 2).sum(), mean.sum())
    return CalendarFactors(factors.weekday, factors.week, max(1.0, dispersion))


def _log_ratio(observed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Log of observed over expected, and its sampling variance."""
    ratio = np.log((observed + 0.5) / (expected + 0.5))
    return ratio, 1 / (expected * np.exp(np.clip(ratio, -2, 2)) + 0.5)


def _between_quarters(observed: Floats, expected: Floats, week: Ints, quarter: Ints) -> tuple[Floats, float]:
    """Quarters in which each week class was seen, and the variance of its effect between quarters.

    The variance is pooled over classes from cells with more than one expected event, with a prior
    of twenty degrees of freedom.
    """
    quarters = int(quarter.max(initial=0)) + 1
    cell, size = week * quarters + quarter, WEEKS * quarters
    seen = tally(cell, observed, size).reshape(WEEKS, quarters)
    due = tally(cell, expected, size).reshape(WEEKS, quarters)
    ratio, sampling = _log_ratio(seen, due)
    excess, freedom = 0.0, 0
    for row in range(WEEKS):
        used = due[row] > 1
        count = int(used.sum())
        if count >= 2:
            spread = ((ratio[row, used] - ratio[row, used].mean()) ** 2).sum()
            excess += max(0.0, spread - (count - 1) * sampling[row, used].mean())
            freedom += count - 1
    return (due > 0).sum(axis=1).astype(np.float64), (20 * NOISE + excess) / (20 + freedom)


def _shrink(observed: Floats, expected: Floats, cycles: Floats, noise: float) -> Floats:
    ratio, sampling = _log_ratio(observed, expected)
    variance = sampling + noise / np.maximum(cycles, 1)
    used = expected > 0.5
    count = int(used.sum())
    between = 0.0
    if count >= 2:
        weight = 1 / variance[used]
        mean = (weight * ratio[used]).sum() / weight.sum()
        spread = (weight * (ratio[used] - mean) ** 2).sum()
        between = max(0.0, (spread - count + 1) / (weight.sum() - (weight**2).sum() / weight.sum()))
    between = ((max(count, 1) - 1) * between + 2 * NOISE) / (max(count, 1) + 1)
    return np.where(expected > 0, ratio * between / (between + variance), 0.0)


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below > 0 else 1.0
