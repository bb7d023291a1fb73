"""How deals leave and come back without being sold: deleted, merged, handed over, reopened."""

import numpy as np

from orchestration.simulation.arrays import NONE, Ints
from orchestration.simulation.days import Days
from orchestration.simulation.ledger import Field
from orchestration.simulation.organisation import Organisation
from orchestration.simulation.pipeline import Moment, Pipeline

MERGE_HAZARD = 0.07  # a day, once a duplicate and its original are both open
REOPEN_DAYS = (5, 75)  # after the loss
NEW_CLOSE_DAYS = (20, 70)  # after reopening


def delete_some(day: int, pipeline: Pipeline, hazard: float, rng: np.random.Generator) -> None:
    """Delete open deals at random."""
    deals = np.flatnonzero(pipeline.is_open)
    deleted = deals[rng.random(len(deals)) < hazard]
    pipeline.set(Field.DELETED, day, Moment.REMOVED, deleted, np.ones(len(deleted), dtype=np.int64))
    pipeline.is_open[deleted] = False


def merge_duplicates(day: int, pipeline: Pipeline, pace: float, rng: np.random.Generator) -> None:
    """Merge duplicates into their originals, where both are open still."""
    deals = np.flatnonzero(pipeline.is_open & (pipeline.original != NONE))
    deals = deals[pipeline.is_open[pipeline.original[deals]]]
    merged = deals[rng.random(len(deals)) < MERGE_HAZARD * pace]
    pipeline.set(Field.MERGED_INTO, day, Moment.REMOVED, merged, pipeline.original[merged])
    pipeline.is_open[merged] = False


def hand_over(day: int, pipeline: Pipeline, staff: Organisation, rng: np.random.Generator) -> None:
    """Give the open deals of those who leave on this day to others of their region."""
    if day not in staff.left:
        return
    deals = np.flatnonzero(pipeline.is_open)
    deals = deals[staff.left[pipeline.owner[deals]] == day]
    owner = staff.assign(pipeline.region[deals], np.full(len(deals), day), rng)
    pipeline.set(Field.OWNER_ID, day, Moment.REASSIGNED, deals, owner, by=owner)


def plan_reopening(
    day: int, lost: Ints, pipeline: Pipeline, share: float, days: Days, rng: np.random.Generator
) -> None:
    """Choose which of the deals just lost come back, and when."""
    back = lost[rng.random(len(lost)) < share]
    pipeline.reopens[back] = days.after_weekend(day + rng.integers(*REOPEN_DAYS, len(back)))


def reopen(day: int, pipeline: Pipeline, staff: Organisation, rng: np.random.Generator) -> None:
    """Open the deals again whose day has come, in the stage they were lost from."""
    deals = np.flatnonzero(pipeline.reopens == day)
    pipeline.reopens[deals] = NONE
    gone = ~staff.is_active(pipeline.owner[deals], np.full(len(deals), day))
    owner = pipeline.owner[deals].copy()
    owner[gone] = staff.assign(pipeline.region[deals[gone]], np.full(gone.sum(), day), rng)
    pipeline.set(Field.OWNER_ID, day, Moment.REOPENED, deals, owner)
    pipeline.enter_stage(day, Moment.REOPENED, deals, pipeline.last_open_stage[deals])
    pipeline.set(Field.LOSS_REASON, day, Moment.REOPENED, deals, np.full(len(deals), NONE))
    pipeline.set(
        Field.CLOSE_DATE, day, Moment.REOPENED, deals, day + rng.integers(*NEW_CLOSE_DAYS, len(deals))
    )
    pipeline.is_open[deals] = True
