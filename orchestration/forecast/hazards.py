"""Daily hazards of winning, losing and moving on, as products of factors fitted one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

import numpy as np

from orchestration.forecast.aggregates import Aggregates, Segmentation
from orchestration.forecast.base_rates import base_rates
from orchestration.forecast.calendar_factors import CalendarFactors, shrunk_factors
from orchestration.forecast.classes import AGE_EDGES, AMOUNT_CLASSES, DUE_CLASSES, Floats, Ints, tally
from orchestration.forecast.exposure import Exposure
from orchestration.forecast.fiscal_periods import Calendar
from orchestration.forecast.level import recent_level

Array = TypeVar("Array", Floats, Ints)
ROUNDS: Final = 4
AGES: Final = len(AGE_EDGES)
PSEUDO_EVENTS: Final = 5.0  # of a segment's or amount class's factor, on 1
DUE_PSEUDO_EVENTS: Final = 10.0


@dataclass(frozen=True)
class CauseHazards:
    """One cause, won or lost: its rate is the product of all of these."""

    base: Floats  # stage x age bucket
    segments: list[Floats]  # per segment, a factor per value
    amount: Floats
    due: Floats
    calendar: CalendarFactors
    level: float

    def of_combinations(self, segmentation: Segmentation) -> Floats:
        """Factor per combination of segment values (rows) and amount class (columns)."""
        by_segment = np.ones(len(segmentation.keys))
        for factors, codes in zip(self.segments, segmentation.value_codes, strict=True):
            by_segment = by_segment * factors[codes]
        return by_segment[:, None] * self.amount[None, :]


@dataclass(frozen=True)
class Hazards:
    """Everything that governs an open deal from the as-of date on."""

    won: CauseHazards
    lost: CauseHazards
    moves: Floats  # stage x stage moved to x age bucket
    segmentation: Segmentation


def fit_hazards(
    aggregates: Aggregates, exposure: Exposure, segmentation: Segmentation, calendar: Calendar, as_of: date
) -> Hazards:
    """The hazards as known at the as-of date.

    Source: piecewise exponential model with proportional factors and competing causes, fitted by
    cyclic ascent on observed over expected events; Kalbfleisch & Prentice, "The Statistical
    Analysis of Failure Time Data", 2002; Holford, "The analysis of rates and of survivorship using
    log-linear models", 1980. Each factor is shrunk by pseudo-events as under a gamma prior.
    """
    days = calendar.between(aggregates.history_start, as_of)
    stages = len(aggregates.stages)
    won, lost = (_fit_cause(exposure, segmentation, calendar, days, stages, kind) for kind in ("won", "lost"))
    return Hazards(won, lost, _fit_moves(exposure, stages), segmentation)


def _fit_cause(
    exposure: Exposure,
    segmentation: Segmentation,
    calendar: Calendar,
    days: slice,
    stages: int,
    kind: str,
) -> CauseHazards:
    families = [codes[exposure.segment] for codes in segmentation.value_codes]
    families += [exposure.amount, exposure.due]
    sizes = [*(len(values) for values in segmentation.values), len(AMOUNT_CLASSES), len(DUE_CLASSES)]
    pseudo = [PSEUDO_EVENTS] * (len(families) - 1) + [DUE_PSEUDO_EVENTS]
    factors: list[Floats] = [np.ones(size) for size in sizes]
    events, daily_events = exposure.events_per_cell(kind), exposure.events_per_day(kind)
    calendar_factors = CalendarFactors(np.ones(7), np.ones(14))
    daily = np.ones(exposure.length)
    for _ in range(ROUNDS):
        at_risk = exposure.days_at_risk(daily)
        product = _product(factors, families)
        base = _base_per_stage(exposure, events, at_risk * product, stages)
        basic = base[exposure.stage, exposure.age]
        for number, codes in enumerate(families):
            if not _is_told_apart(codes):
                continue  # one class only: the base holds it
            others = _product(_without(factors, number), _without(families, number))
            seen = tally(codes, events, sizes[number])
            due = tally(codes, at_risk * basic * others, sizes[number])
            factors[number] = (seen + pseudo[number]) / (due + pseudo[number])
        expected = exposure.per_day(basic * _product(factors, families))
        calendar_factors = shrunk_factors(daily_events, expected, calendar, days)
        daily = calendar_factors.on(calendar, days)
    level = recent_level(daily_events, expected * daily, calendar_factors.dispersion)
    return CauseHazards(base, factors[:-2], factors[-2], factors[-1], calendar_factors, level)


def _base_per_stage(exposure: Exposure, events: Floats, at_risk: Floats, stages: int) -> Floats:
    place = exposure.stage * AGES + exposure.age
    seen = tally(place, events, stages * AGES).reshape(stages, AGES)
    due = tally(place, at_risk, stages * AGES).reshape(stages, AGES)
    return np.array([base_rates(seen[stage], due[stage]) for stage in range(stages)]).reshape(stages, AGES)


def _fit_moves(exposure: Exposure, stages: int) -> Floats:
    """Hazards of moving between stages: by age only."""
    rows = exposure.of_kind("moved")
    cell = exposure.event_cell[rows]
    seen = np.zeros((stages, stages, AGES))
    place = exposure.stage[cell], exposure.event_next[rows], exposure.age[cell]
    np.add.at(seen, place, exposure.event_deals[rows])
    at_risk = np.zeros((stages, AGES))
    np.add.at(at_risk, (exposure.stage, exposure.age), exposure.days_at_risk())
    moves = np.zeros_like(seen)
    for origin, target in zip(*np.nonzero(seen.sum(axis=2)), strict=True):
        moves[origin, target] = base_rates(seen[origin, target], at_risk[origin])
    return moves


def _product(factors: Sequence[Floats], families: Sequence[Ints]) -> Floats:
    product: Floats = np.ones(len(families[0]) if families else 1)
    for factor, codes in zip(factors, families, strict=True):
        product = product * factor[codes]
    return product


def _without(arrays: list[Array], number: int) -> list[Array]:
    return arrays[:number] + arrays[number + 1 :]


def _is_told_apart(codes: Ints) -> bool:
    return len(codes) > 0 and bool((codes != codes[0]).any())
