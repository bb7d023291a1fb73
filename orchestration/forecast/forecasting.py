"""The forecast as of a date: every method, period and segment, laid out as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.baselines import crm_weighted
from orchestration.forecast.classes import Floats
from orchestration.forecast.coherence import split_rest, to_cents
from orchestration.forecast.cuts import Cuts
from orchestration.forecast.deal_table import deal_table
from orchestration.forecast.fit import Fit
from orchestration.forecast.hazard_table import hazard_table
from orchestration.forecast.headline import Headline, Member, PastDay, headline
from orchestration.forecast.interval import PRIOR_SD, PRIOR_SD_AHEAD, BigDeals, Range
from orchestration.forecast.landmark_method import stage_chances
from orchestration.forecast.quarter_table import Parts, quarter_table
from orchestration.forecast.track_record import brought_before, ended_before


@dataclass(frozen=True)
class ForecastTables:
    """`quarters`: period x segment x method; `deals`: open deals; `hazards`: the fitted rates.

    `fit` and `headline` are what they were laid out from: scenarios begin there.
    """

    quarters: pl.DataFrame
    deals: pl.DataFrame
    hazards: pl.DataFrame
    fit: Fit
    headline: Headline


@dataclass(frozen=True)
class CurrentForecast:
    """What all methods but the headline say of the current period, and what the headline is made of."""

    rows: pl.DataFrame  # as `quarters`
    members: Mapping[str, Member]
    deal_variance: float  # of the company's total
    big_deals: BigDeals
    chances: Mapping[str, Floats]  # by method, of each open deal to be won in the period


def forecast(frames: Mapping[str, pl.DataFrame], as_of: date, past: Sequence[PastDay] = ()) -> ForecastTables:
    """The forecast from the tables of AGGREGATES, each read in its order, using days before `as_of`.

    `past` is what was said on past days, in order: the headline learns from it how far to trust what.
    """
    fit = Fit.of(frames, as_of, is_current_only=False)
    found = headline(
        fit.members,
        float(fit.cuts.won[fit.cuts.total, 0]) / 100,
        fit.phase,
        ended_before(past, as_of),
        brought_before(frames, as_of),
    )
    rows = [
        _table(fit, number, method, parts, ranges, found.weights)
        for number in range(len(fit.periods))
        for method, parts, ranges in [
            ("headline", *headline_parts(fit, number, found)),
            *_methods(fit, number),
        ]
    ]
    deal_cents = to_cents(fit.hazard.open_expected)[:, 0]
    return ForecastTables(
        quarters=pl.concat(rows).sort("period_start", "segment_name", "segment_value", "method"),
        deals=deal_table(fit.hazard, deal_cents, as_of, fit.periods[0].name),
        hazards=hazard_table(fit.hazard.hazards, fit.aggregates.stages, as_of),
        fit=fit,
        headline=found,
    )


def forecast_current(frames: Mapping[str, pl.DataFrame], as_of: date) -> CurrentForecast:
    """What `forecast` says of the current period, but for the headline and without what lies after it."""
    fit = Fit.of(frames, as_of, is_current_only=True)
    rows = [_table(fit, 0, method, parts, ranges, {}) for method, parts, ranges in _methods(fit, 0)]
    chances = _by_deal(fit, 0, np.ones(len(fit.hazard.deals)))
    return CurrentForecast(
        pl.concat(rows),
        fit.members,
        float(fit.deal_variances(0)[fit.cuts.total]),
        fit.big_deals(0),
        {"hazard": fit.hazard.probabilities.in_period[:, 0], **chances},
    )


def _table(
    fit: Fit,
    number: int,
    method: str,
    parts: Parts,
    ranges: list[Range | None],
    weights: Mapping[str, float],
) -> pl.DataFrame:
    if number:  # later periods have one member
        weights = {"hazard": 1.0}
    return quarter_table(
        fit.as_of,
        fit.periods[number],
        method,
        fit.cuts,
        parts,
        fit.verdicts,
        ranges,
        fit.hazard.deals.amount,
        weights.get(method),
    )


def headline_parts(fit: Fit, number: int, found: Headline) -> tuple[Parts, list[Range | None]]:
    """The headline's money per cut in one period, and its ranges: one total, laid out as hazard's."""
    hazard = fit.parts[number]
    by_mean = fit.totals[number].get("mean_of_3")
    if not fit.verdicts[fit.cuts.total].has_range:
        parts = hazard if by_mean is None else _spread_total(by_mean, hazard, fit.cuts)
    else:
        parts = hazard if number else _spread_total(found.expected, hazard, fit.cuts)
    return parts, fit.ranges(number, parts, PRIOR_SD_AHEAD if number else found.relative_sd)


def _methods(fit: Fit, number: int) -> list[tuple[str, Parts, list[Range | None]]]:
    """Each other method's money per cut in one period, and its ranges."""
    hazard, cuts = fit.parts[number], fit.cuts
    no_ranges: list[Range | None] = [None] * len(cuts.keys)
    methods = [("hazard", hazard, fit.ranges(number, hazard, PRIOR_SD_AHEAD if number else PRIOR_SD))]
    for method, money in _by_deal(fit, number, fit.hazard.deals.amount).items():
        open_cents = cuts.cents_of_deals(to_cents(money))
        methods.append((method, Parts(hazard.won, open_cents, np.zeros_like(hazard.won)), no_ranges))
    return methods + [
        (method, _spread_total(total, hazard, cuts), no_ranges)
        for method, total in fit.totals[number].items()
    ]


def _by_deal(fit: Fit, number: int, amount: Floats) -> dict[str, Floats]:
    """What methods that look at open deals alone make of each: its chance in the period x an amount."""
    deals, period = fit.hazard.deals, fit.periods[number]
    found = {"crm_weighted": crm_weighted(deals.frame, amount, period, is_current=number == 0)}
    if number == 0:
        ended = fit.calendar.ended(fit.aggregates.history_start, fit.as_of)
        chance = stage_chances(fit.aggregates, deals, period, ended, fit.as_of)
        found["stage_history"] = None if chance is None else chance * amount
    return {method: money for method, money in found.items() if money is not None}


def _spread_total(expected: float, hazard: Parts, cuts: Cuts) -> Parts:
    """A total without parts of its own, split as the hazard method splits and spreads its total.

    What is won already is the least that it can come to.
    """
    total = cuts.total
    open_cents, new_cents = split_rest(
        expected, int(hazard.won[total]), int(hazard.open[total]), int(hazard.new[total])
    )
    return Parts(
        hazard.won,
        cuts.share(open_cents, hazard.open.astype(np.float64)),
        cuts.share(new_cents, hazard.new.astype(np.float64)),
    )
