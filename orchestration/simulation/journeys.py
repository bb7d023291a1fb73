"""The daily loop: every open deal is at risk of a move, a win or a loss, once a day."""

import numpy as np

from orchestration.simulation.arrays import NONE, Ints
from orchestration.simulation.births import Births
from orchestration.simulation.close_dates import re_estimate, revise_close_dates
from orchestration.simulation.days import Days
from orchestration.simulation.hazards import LOST, WON, Circumstances, Tally, TrueHazards
from orchestration.simulation.ledger import Field
from orchestration.simulation.pipeline import Moment, Pipeline
from orchestration.simulation.process import PIPELINES
from orchestration.simulation.removals import delete_some, hand_over, merge_duplicates, plan_reopening, reopen
from orchestration.simulation.settings import SimulationSettings
from orchestration.simulation.vocabulary import LOSS_REASON_SHARES

REVISION_HAZARD = 0.012  # a day, of an amount
REVISION_SPREAD = 0.18  # of its log
DISCOUNT_SHARE = 0.3  # of wins
DISCOUNT = (0.82, 0.99)  # what is left of the amount
SAME_DAY_SHARE = 0.3  # of wins before the last stage that pass through the next one on their last day


def run_journeys(
    settings: SimulationSettings, days: Days, births: Births, pipeline: Pipeline, rng: np.random.Generator
) -> Tally:
    """Live through every day; what happened is in the pipeline's book afterwards.

    A deal is at risk from the day of its creation (age 0), after a move or reopening from the day
    after (age 1). Dates and amounts change after the day's hazards have struck, so a day's hazards
    depend on what was recorded before it. Removed deals are not at risk on the day they go.
    """
    hazards = TrueHazards(settings, days)
    tally = Tally(hazards, len(days))
    for day in range(len(days)):
        pace = settings.process.weekday[days.weekday[day]]
        hand_over(day, pipeline, births.staff, rng)
        delete_some(day, pipeline, settings.deletion_hazard * pace, rng)
        merge_duplicates(day, pipeline, pace, rng)
        births.create(day, pipeline, rng)
        deals = np.flatnonzero(pipeline.is_open)
        at_risk = circumstances(day, deals, pipeline)
        rates = hazards.on(day, at_risk)
        cause = strike(rates, rng)
        tally.add(day, int(days.weeks_to_quarter_end[day]), at_risk, rates, cause)

        month = int(days.month[day])
        move(day, deals, cause, hazards, pipeline, days, rng)
        won, lost = deals[cause == WON], deals[cause == LOST]
        win(day, won, pipeline, month, rng)
        births.accounts.become_customers(day, pipeline.account[won])
        lose(day, lost, pipeline, rng)
        plan_reopening(day, lost, pipeline, settings.reopened_share, days, rng)

        still_open = deals[(cause != WON) & (cause != LOST)]
        revise_amounts(day, still_open, pipeline, month, pace, rng)
        revise_close_dates(day, still_open, pipeline, days, pace, rng)
        reopen(day, pipeline, births.staff, rng)
    return tally


def circumstances(day: int, deals: Ints, pipeline: Pipeline) -> Circumstances:
    """What the hazards of a day depend on."""
    return Circumstances(
        stage=pipeline.stage[deals],
        age=day - pipeline.entered[deals],
        region=pipeline.region[deals],
        due_in=pipeline.close_day[deals] - day,
        amount_class=pipeline.amount_class[deals],
        deal_type=pipeline.deal_type[deals],
    )


def strike(hazards: np.ndarray[tuple[int, int], np.dtype[np.float64]], rng: np.random.Generator) -> Ints:
    """The cause that strikes each deal, at most one a day; NONE for most."""
    draw = rng.random(hazards.shape[1])
    reached = (draw >= np.cumsum(hazards, axis=0)).sum(axis=0)
    cause: Ints = np.where(reached == len(hazards), NONE, reached)
    return cause


def move(
    day: int,
    deals: Ints,
    cause: Ints,
    hazards: TrueHazards,
    pipeline: Pipeline,
    days: Days,
    rng: np.random.Generator,
) -> None:
    """Take the deals that move into their next stages."""
    moves = cause > LOST
    moving = deals[moves]
    targets = hazards.targets[pipeline.stage[moving], cause[moves] - 2]
    pipeline.enter_stage(day, Moment.EXIT, moving, targets)
    re_estimate(day, moving, pipeline, days, rng)


def close(day: int, deals: Ints, pipeline: Pipeline, *, is_won: bool) -> None:
    """Put deals into their pipelines' closing stages; the day becomes their close date."""
    codes = np.array([pipeline.process.closing_code(name, is_won=is_won) for name in PIPELINES])
    pipeline.last_open_stage[deals] = pipeline.stage[deals]
    pipeline.enter_stage(day, Moment.EXIT, deals, codes[pipeline.values[Field.PIPELINE][deals]])
    pipeline.set(Field.CLOSE_DATE, day, Moment.EXIT, deals, np.full(len(deals), day))
    pipeline.closed[deals] = day
    pipeline.is_open[deals] = False


def win(day: int, deals: Ints, pipeline: Pipeline, month: int, rng: np.random.Generator) -> None:
    """Close deals as won, some after a stage of a few minutes, some at a discount."""
    after = np.array([pipeline.process.next_code(code) for code in range(len(pipeline.process.open_stages))])
    target = after[pipeline.stage[deals]]
    passes = (target != NONE) & (rng.random(len(deals)) < SAME_DAY_SHARE)
    pipeline.enter_stage(day, Moment.PASSED_THROUGH, deals[passes], target[passes])
    close(day, deals, pipeline, is_won=True)
    discounted = deals[rng.random(len(deals)) < DISCOUNT_SHARE]
    cents = pipeline.amount[discounted] * rng.uniform(*DISCOUNT, len(discounted))
    pipeline.set_amount(day, Moment.EXIT, discounted, cents.astype(np.int64), month)


def lose(day: int, deals: Ints, pipeline: Pipeline, rng: np.random.Generator) -> None:
    """Close deals as lost, with a reason."""
    close(day, deals, pipeline, is_won=False)
    reasons = rng.choice(len(LOSS_REASON_SHARES), size=len(deals), p=LOSS_REASON_SHARES)
    pipeline.set(Field.LOSS_REASON, day, Moment.EXIT, deals, reasons)


def revise_amounts(
    day: int, deals: Ints, pipeline: Pipeline, month: int, pace: float, rng: np.random.Generator
) -> None:
    """Change some amounts a little."""
    deals = deals[rng.random(len(deals)) < REVISION_HAZARD * pace]
    cents = pipeline.amount[deals] * np.exp(rng.normal(0, REVISION_SPREAD, len(deals)))
    pipeline.set_amount(day, Moment.REVISED, deals, np.maximum(cents.astype(np.int64), 1), month)
