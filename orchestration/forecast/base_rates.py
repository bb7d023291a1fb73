"""Base hazards by age in the stage, each age leaning on its neighbours."""

from typing import Final

import numpy as np

from orchestration.forecast.classes import Floats

PRIOR_EVENTS: Final = 2.0
MEMORY: Final = 4.0  # events that the ages passed so far count for at most


def base_rates(events: Floats, exposure: Floats) -> Floats:
    """Events per day at risk in each age bucket of one stage, for one cause; 0 if it was never seen.

    The prior, worth two events, is what the ages before and, half as much, after have shown: an age
    not seen yet keeps the last rate instead of the stage's mean, so old deals do not come to life.

    Source: gamma-Poisson shrinkage of piecewise constant hazards; Kalbfleisch & Prentice, "The
    Statistical Analysis of Failure Time Data", 2002, section 2.4 and chapter 8 (competing causes).
    """
    if events.sum() == 0:
        return np.zeros(len(events))
    rate = events.sum() / exposure.sum()
    younger = _passed(events, exposure, (1.0, 1 / rate))
    older = _passed(events[::-1], exposure[::-1], (0.0, 0.0))[::-1]
    prior = younger + older / 2
    rates: Floats = (events + PRIOR_EVENTS) / (exposure + PRIOR_EVENTS * prior[:, 1] / prior[:, 0])
    return rates


def _passed(events: Floats, exposure: Floats, start: tuple[float, float]) -> Floats:
    """Per bucket, (events, exposure) of the buckets before it, cut to the memory."""
    passed = np.empty((len(events), 2))
    current = np.array(start)
    for bucket in range(len(events)):
        passed[bucket] = current
        total = current + np.array([events[bucket], exposure[bucket]])
        if total[0] == 0:
            current = total
        else:
            kept = min(total[0], MEMORY)
            current = np.array([kept, kept * total[1] / total[0]])
    return passed
