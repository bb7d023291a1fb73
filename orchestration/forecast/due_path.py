"""How the expected close date of an open deal goes on: it comes nearer, is pushed, is set anew at a move."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, floats, ints
from orchestration.forecast.classes import (
    DUE_CLASS_OF_STATE,
    DUE_STATES,
    FAR,
    LATE,
    NO_DATE,
    THIS_WEEK,
    VERY_LATE,
    Floats,
)

MEMORY_DAYS: Final = 182
PSEUDO_MOVES: Final = 5.0  # on "one week nearer"
PSEUDO_DEALS: Final = 5.0  # of a stage's new dates, on those of all stages


@dataclass(frozen=True)
class DuePath:
    """Transitions of due states. Without expected dates there is one state, and nothing moves.

    Dates are often set anew when a deal moves: then the state in the next stage says more about
    that stage than about the state before. Leaving this out under-forecast deals not yet created
    by a fifth on simulated companies whose dates are set anew at a move.
    """

    weekly: Floats  # state x state a week later in the same stage; rows sum to 1
    at_creation: Floats  # first stage x state
    redated_share: Floats  # per stage moved to, the share of moves that change the date
    redated: Floats  # stage moved to x state, of changed dates
    has_dates: bool = True

    @classmethod
    def known_at(cls, aggregates: Aggregates, as_of: date) -> "DuePath":
        """What the last half year before the as-of date showed."""
        stages = len(aggregates.stages)
        if not aggregates["attributes"]["has_expected_dates"].item():
            one = np.ones((stages, 1))
            return cls(np.ones((1, 1)), one, np.zeros(stages), one, has_dates=False)
        start = as_of - timedelta(days=MEMORY_DAYS)

        def recent(name: str, column: str) -> pl.DataFrame:
            return aggregates.known(name, column, as_of).filter(pl.col(column) >= start)

        moves = recent("due_moves", "known_date")
        counts = np.zeros((DUE_STATES, DUE_STATES))
        np.add.at(counts, (ints(moves, "due_state"), ints(moves, "next_due_state")), floats(moves, "deals"))
        born, entered = recent("arrivals", "created_date"), recent("redatings", "day_date")
        changed = entered.filter(pl.col("is_redated"))
        all_moves = _per_stage(aggregates, entered, "next_stage").sum(axis=1)
        redated = _per_stage(aggregates, changed, "next_stage")
        usual = redated.sum() / max(all_moves.sum(), 1)
        return cls(
            weekly=transition(counts),
            at_creation=_shares(_per_stage(aggregates, born, "stage")),
            redated_share=(redated.sum(axis=1) + PSEUDO_DEALS * usual) / (all_moves + PSEUDO_DEALS),
            redated=_shares(redated),
        )

    @property
    def states(self) -> int:
        """How many due states there are."""
        return len(self.weekly)

    def factors(self, by_class: Floats) -> Floats:
        """The hazard factor of each due state now and a week from now (columns)."""
        if not self.has_dates:
            return np.ones((1, 2))
        now = by_class[DUE_CLASS_OF_STATE]
        return np.column_stack([now, self.weekly @ now])

    def weekly_part(self, weeks: float) -> Floats:
        """Transitions over some part of a week; rows sum to 1."""
        part: Floats = weeks * self.weekly + (1 - weeks) * np.eye(self.states)
        return part

    def later(self, value: Floats, weeks: float) -> Floats:
        """Expected value for each state now of a `value` per state (axis 2) some part of a week later."""
        if not self.has_dates:
            return value
        transitions = self.weekly_part(weeks)
        # One product per stage: a larger one is spread over threads, which wait for each other 20
        # times as long as it takes where other work keeps the cores busy.
        moved: Floats = (transitions @ value.swapaxes(2, 3)).swapaxes(2, 3)
        return moved

    def after_move(self, value: Floats) -> Floats:
        """The same for a deal that moves: reward x profile x state x stage moved to."""
        anew = (value * self.redated.T).sum(axis=2, keepdims=True)
        mixed: Floats = value + self.redated_share * (anew - value)
        return mixed


def transition(counts: Floats) -> Floats:
    """Weekly transition probabilities, with pseudo-moves to one week nearer; late deals become later."""
    nearer = np.arange(DUE_STATES) - 1
    nearer[[NO_DATE, VERY_LATE, FAR]] = NO_DATE, VERY_LATE, FAR
    nearer[LATE] = VERY_LATE
    nearer[THIS_WEEK] = LATE
    moves = counts.copy()
    moves[np.arange(DUE_STATES), nearer] += PSEUDO_MOVES
    rows: Floats = moves / moves.sum(axis=1, keepdims=True)
    return rows


def _per_stage(aggregates: Aggregates, frame: pl.DataFrame, stage: str) -> Floats:
    counts = np.zeros((len(aggregates.stages), DUE_STATES))
    place = aggregates.stage_codes(frame[stage]), ints(frame, "due_state")
    np.add.at(counts, place, floats(frame, "deals"))
    return counts


def _shares(counts: Floats) -> Floats:
    """Shares per stage, leaning on those of all stages; no date where nothing was seen at all."""
    usual = counts.sum(axis=0)
    if not usual.sum():
        usual[NO_DATE] = 1
    leaning = counts + PSEUDO_DEALS * usual / usual.sum()
    shares: Floats = leaning / leaning.sum(axis=1, keepdims=True)
    return shares
