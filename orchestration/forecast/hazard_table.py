"""The fitted hazards as rows that can be read and checked."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.classes import AGE_EDGES, AMOUNT_CLASSES, DUE_CLASSES, Floats
from orchestration.forecast.hazards import CauseHazards, Hazards

SCHEMA = {
    "as_of_date": pl.Date,
    "cause": pl.String,
    "factor": pl.String,
    "stage": pl.String,
    "next_stage": pl.String,
    "class": pl.String,
    "value": pl.Float64,
}
Row = tuple[str, str, str | None, str | None, str, float]


def hazard_table(hazards: Hazards, stages: list[str], as_of: date) -> pl.DataFrame:
    """One row per cause, factor, stage and class; a hazard is the product of its factors.

    `base` is in events per deal and day at risk, by days in the stage; the others multiply it.
    """
    rows = [
        *_of_cause("won", hazards.won, hazards, stages),
        *_of_cause("lost", hazards.lost, hazards, stages),
        *_of_moves(hazards.moves, stages),
    ]
    return pl.DataFrame([(as_of, *row[:-1], round(row[-1], 6)) for row in rows], schema=SCHEMA, orient="row")


def _of_cause(name: str, cause: CauseHazards, hazards: Hazards, stages: list[str]) -> Iterator[Row]:
    for stage, rates in zip(stages, cause.base, strict=True):
        for age, rate in zip(AGE_EDGES, rates, strict=True):
            yield name, "base", stage, None, f"from day {age}", float(rate)
    for number, (values, factors) in enumerate(
        zip(hazards.segmentation.values, cause.segments, strict=True), start=1
    ):
        for value, factor in zip(values, factors, strict=True):
            yield name, f"segment {number}", None, None, value, float(factor)
    calendar = cause.calendar
    for family, classes, factors in (
        ("amount", AMOUNT_CLASSES, cause.amount),
        ("days to expected close", DUE_CLASSES, cause.due),
        ("weekday", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), calendar.weekday),
        ("weeks to quarter end", tuple(str(week) for week in range(len(calendar.week))), calendar.week),
        ("level", ("recent weeks",), np.array([cause.level])),
    ):
        for label, factor in zip(classes, factors, strict=True):
            yield name, family, None, None, label, float(factor)


def _of_moves(moves: Floats, stages: list[str]) -> Iterator[Row]:
    for origin, target in zip(*np.nonzero(moves.any(axis=2)), strict=True):
        for age, rate in zip(AGE_EDGES, moves[origin, target], strict=True):
            yield "moved", "base", stages[origin], stages[target], f"from day {age}", float(rate)
