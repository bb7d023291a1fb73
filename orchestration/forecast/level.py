"""The recent level: observed over expected events of the last weeks, shrunk."""

from typing import Final

import numpy as np

from orchestration.forecast.classes import Floats

HALF_LIFE_DAYS: Final = 30  # any of 15 to 60 does
DRIFT: Final = 0.3  # prior sd of the level's log


def weights(days: int, half_life: float) -> Floats:
    """Weights of the days up to the last one, halved every `half_life` days."""
    ago = np.arange(days - 1, -1, -1)
    return np.power(0.5, ago / half_life)


def recent_level(observed: Floats, expected: Floats, dispersion: float) -> float:
    """The factor by which recent days ran above the model: 1 where both agree, else between 1 and O/E.

    `expected` includes the calendar; it corrects drift of rates and serves as a nowcast in the period.
    """
    weight = weights(len(observed), HALF_LIFE_DAYS)
    seen, due = float(weight @ observed), float(weight @ expected)
    if due <= 0:
        return 1.0
    prior = dispersion * float(weight**2 @ expected) / due / DRIFT**2
    return (seen + prior) / (due + prior)
