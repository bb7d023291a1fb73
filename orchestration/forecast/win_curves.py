"""Probabilities of winning, by recursion over the hazards of the days ahead."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from orchestration.forecast.classes import AGE_BUCKET, AGE_EDGES, OLDEST, Floats
from orchestration.forecast.due_path import DuePath

MOST_LIKELY: Final = 0.98  # cap of the sum of a day's hazards
WEEKLY_NODES: Final = OLDEST // 7 + 2  # ages 0, 7, 14, ... and the first beyond the oldest


@dataclass(frozen=True)
class Rates:
    """Hazards ahead of deals that differ in rate profile, due state, stage and age.

    A profile is a pair of multipliers of winning and losing (segment and amount together).
    """

    won: Floats  # stage x age bucket
    lost: Floats
    moves: Floats  # stage x stage moved to x age bucket
    won_profiles: Floats
    lost_profiles: Floats
    won_due: Floats  # due state x (now, in a week)
    lost_due: Floats
    won_days: Floats  # day ahead: calendar x level
    lost_days: Floats
    path: DuePath

    @property
    def shape(self) -> tuple[int, int, int]:
        """Profiles, due states, stages."""
        return len(self.won_profiles), self.path.states, len(self.won)

    def over(self, days: slice, week_share: float) -> tuple[Floats, Floats]:
        """Hazards of winning and losing summed over days: profile x state x stage x age bucket.

        `week_share` is how far the due state is on its way to the next week's.
        """
        due_weight = np.array([1 - week_share, week_share])

        def of(base: Floats, profiles: Floats, due: Floats, per_day: Floats) -> Floats:
            product: Floats = np.multiply.outer(profiles, due @ due_weight * per_day[days].sum())
            return product[:, :, None, None] * base

        return (
            of(self.won, self.won_profiles, self.won_due, self.won_days),
            of(self.lost, self.lost_profiles, self.lost_due, self.lost_days),
        )


def day_by_day(rates: Rates, rewards: Floats, final: Floats) -> Iterator[tuple[int, Floats]]:
    """Yields (day, V) from the last day back to the first; V is reward x profile x state x stage x age.

    V is the probability that a deal at risk on that day, at that age, will win on a day that the
    reward (rows of `rewards`, one column a day) counts. After a move a deal is next at risk at age
    1; age 0 is only the day of creation. Due states change every seven days. `final` is V after
    the last day. V is overwritten: copy what is kept.

    Source: backward equations of a semi-Markov process with competing causes; Kalbfleisch &
    Prentice, "The Statistical Analysis of Failure Time Data", 2002, chapter 8.
    """
    length = rewards.shape[1]
    # Age comes first, so that all deals of one age are one block. A deal that is a day older a day later
    # stays where it is in memory: each day's V begins one age further on, and is worked out in place.
    ages = np.empty((length + OLDEST + 1, *final.shape[:-1]))
    value = ages[: OLDEST + 1]
    value[:] = np.moveaxis(final, -1, 0)
    leave_by_move = rates.moves.sum(axis=1)
    edges = (*AGE_EDGES, OLDEST + 1)
    for day in range(length - 1, -1, -1):
        if day % 7 == 6 or day == length - 1:
            value[:] = rates.path.weekly_part((day % 7 + 1) / 7) @ value
        won, lost = rates.over(slice(day, day + 1), (day % 7 + 0.5) / 7)
        total = won + lost + leave_by_move
        cap = np.minimum(1.0, MOST_LIKELY / np.maximum(total, MOST_LIKELY))
        stay = _age_first(1 - total * cap)
        entered = rates.path.after_move(value[1])
        moved = _moved(entered, rates.moves)
        gain = _age_first((rewards[:, day][:, None, None, None, None] * won + moved) * cap)
        passed = length - day
        ages[passed + OLDEST] = value[OLDEST]
        value = ages[passed : passed + OLDEST + 1]
        for bucket, (low, high) in enumerate(pairwise(edges)):
            value[low:high] *= stay[bucket]
            value[low:high] += gain[bucket]
        yield day, np.moveaxis(value, 0, -1)


def _age_first(value: Floats) -> Floats:
    """The same with the last axis first, in the order of memory; always a copy."""
    return np.moveaxis(value, -1, 0).copy()


def week_by_week(rates: Rates, rewards: Floats, steps: list[slice]) -> Iterator[tuple[int, Floats]]:
    """The same on ages of whole weeks and in steps of up to a week: (step, V), last to first.

    Good for what lies after the current period, where half a week does not matter. Within a step
    rates are constant and a move happens in its middle. Rewards (rows) are ordered by their last day,
    so that rows still zero are left out of the work. V is overwritten: copy what is kept.
    """
    weekly = _by_week(rates)
    value = np.zeros((len(rewards), *rates.shape, WEEKLY_NODES))
    last_counted = np.array([np.flatnonzero(row).max(initial=-1) for row in rewards])
    for number in range(len(steps) - 1, -1, -1):
        step = steps[number]
        length = step.stop - step.start
        active = slice(int(np.searchsorted(last_counted, step.start)), None)
        won, lost = weekly.over(step, length / 14)
        moves = weekly.moves * length
        total = won + lost + moves.sum(axis=1)
        leave = -np.expm1(-total)
        per_rate = leave / np.maximum(total, 1e-12)
        counted = rewards[active, step] @ rates.won_days[step] / max(rates.won_days[step].sum(), 1e-12)
        after = rates.path.later(value[active], length / 7)
        entered = rates.path.after_move(after[..., 0] + (after[..., 1] - after[..., 0]) * (length / 14))
        moved = _moved(entered, moves)
        after[..., :-1] += (after[..., 1:] - after[..., :-1]) * (length / 7)
        after *= 1 - leave
        won_part = counted[:, None, None, None, None] * won
        after += per_rate * (won_part + moved)
        value[active] = after
        yield number, value


def _moved(entered: Floats, moves: Floats) -> Floats:
    """Sum over stages moved to of hazard x V there: reward x profile x state x stage x age bucket."""
    stages, _, buckets = moves.shape
    by_target = moves.transpose(1, 0, 2).reshape(stages, stages * buckets)
    moved: Floats = (entered @ by_target).reshape(*entered.shape[:3], stages, buckets)
    return moved


def weekly_to_daily(value: Floats) -> Floats:
    """V on ages of whole weeks, spread to ages of days."""
    age = np.arange(OLDEST + 1) / 7
    before = np.minimum(age.astype(np.int64), WEEKLY_NODES - 2)
    share = np.minimum(age - before, 1.0)
    daily: Floats = value[..., before] * (1 - share) + value[..., before + 1] * share
    return daily


def _by_week(rates: Rates) -> Rates:
    """The base rates averaged over the week that follows each age of whole weeks."""
    ages = np.minimum(np.arange(WEEKLY_NODES)[:, None] * 7 + np.arange(7)[None, :], OLDEST)
    ages[0, 0] = 1  # age 0 is only the day of creation
    bucket = AGE_BUCKET[ages]

    def averaged(base: Floats) -> Floats:
        mean: Floats = base[..., bucket].mean(axis=-1)
        return mean

    return replace(rates, won=averaged(rates.won), lost=averaged(rates.lost), moves=averaged(rates.moves))
