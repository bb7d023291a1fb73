"""The forecast as of a date: every method, period and segment, laid out as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.baselines import crm_weighted, past_totals
from orchestration.forecast.classes import Floats, Ints
from orchestration.forecast.coherence import share_out, to_cents
from orchestration.forecast.cuts import Cuts
from orchestration.forecast.deal_table import deal_table
from orchestration.forecast.fiscal_periods import Calendar, Period
from orchestration.forecast.hazard_method import HazardForecast, forecast_by_hazards
from orchestration.forecast.hazard_table import hazard_table
from orchestration.forecast.interval import PRIOR_SD, PRIOR_SD_AHEAD, BigDeals, Range, range_of
from orchestration.forecast.landmark_method import forecast_by_landmark
from orchestration.forecast.quarter_table import Parts, quarter_table
from orchestration.forecast.reliability import NO_WIN_SEEN, Reliability, judge, without_arrivals
from orchestration.forecast.series_method import revenue_ahead


@dataclass(frozen=True)
class ForecastTables:
    """`quarters`: period x segment x method; `deals`: open deals; `hazards`: the fitted rates."""

    quarters: pl.DataFrame
    deals: pl.DataFrame
    hazards: pl.DataFrame


def forecast(frames: Mapping[str, pl.DataFrame], as_of: date) -> ForecastTables:
    """The forecast from the tables of AGGREGATES, each read in its order, using days before `as_of`."""
    aggregates = Aggregates.of(frames)
    calendar = Calendar.of(aggregates)
    periods = calendar.from_current(as_of, int(aggregates["history"]["horizon"].item()))
    ended = calendar.ended(aggregates.history_start, as_of)
    fitted = forecast_by_hazards(aggregates, calendar, as_of, periods, ended)
    return ForecastTables(
        quarters=_quarters(aggregates, calendar, fitted, periods, as_of),
        deals=deal_table(fitted, to_cents(fitted.open_expected)[:, 0], as_of, periods[0].name),
        hazards=hazard_table(fitted.hazards, aggregates.stages, as_of),
    )


def forecast_current(frames: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """The rows of `forecast`'s quarters for the current period, without what lies after it."""
    aggregates = Aggregates.of(frames)
    calendar = Calendar.of(aggregates)
    periods = calendar.from_current(as_of, 0)
    ended = calendar.ended(aggregates.history_start, as_of)
    fitted = forecast_by_hazards(aggregates, calendar, as_of, periods, ended, is_ever_asked=False)
    return _quarters(aggregates, calendar, fitted, periods, as_of)


def _quarters(
    aggregates: Aggregates, calendar: Calendar, fitted: HazardForecast, periods: list[Period], as_of: date
) -> pl.DataFrame:
    """Every method, period and cut."""
    cuts = Cuts.known_at(aggregates, fitted.deals.frame["deal_id"], periods, as_of)
    totals = past_totals(aggregates, calendar.whole(aggregates, as_of), periods, as_of)
    by_series = revenue_ahead(aggregates, calendar, periods, fitted.won_amounts.mean, as_of)
    if by_series is not None:
        won = cuts.won[cuts.total] / 100
        totals = [
            {**total, "series": float(brought + ahead)}
            for total, brought, ahead in zip(totals, won, by_series, strict=True)
        ]
    ended = calendar.ended(aggregates.history_start, as_of)
    by_landmark = forecast_by_landmark(aggregates, calendar, fitted, periods[0], ended, as_of)
    if by_landmark is not None:
        won_now = float(cuts.won[cuts.total, 0]) / 100
        totals[0] = {**totals[0], "landmark": won_now + by_landmark.revenue}
    verdicts = _verdicts(cuts, fitted, aggregates, ended, as_of)
    deal_cents = to_cents(fitted.open_expected)
    rows = [
        quarter_table(as_of, period, method, cuts, parts, verdicts, ranges, fitted.deals.amount)
        for number, (period, total) in enumerate(zip(periods, totals, strict=True))
        for method, parts, ranges in _methods(
            number, period, cuts, fitted, deal_cents, total, verdicts, as_of
        )
    ]
    return pl.concat(rows).sort("period_start", "segment_name", "segment_value", "method")


def _methods(
    number: int,
    period: Period,
    cuts: Cuts,
    fitted: HazardForecast,
    deal_cents: Ints,
    totals: Mapping[str, float],
    verdicts: list[Reliability],
    as_of: date,
) -> list[tuple[str, Parts, list[Range | None]]]:
    """Each method's money per cut in one period, and its ranges.

    `totals` are what methods without parts of their own expect of the whole company.
    """
    won = cuts.won[:, number]
    new_cents = int(to_cents(fitted.new_expected[number : number + 1])[0])
    hazard = Parts(
        won, cuts.cents_of_deals(deal_cents[:, number]), cuts.share(new_cents, cuts.arrival_weight)
    )
    by_total = {method: _spread_total(total, hazard, cuts) for method, total in totals.items()}
    by_mean = by_total.get("mean_of_3")
    no_ranges: list[Range | None] = [None] * len(cuts.keys)
    ranges = _ranges(number, hazard, cuts, fitted, verdicts, as_of)
    is_modelled = verdicts[cuts.total].has_range or by_mean is None
    methods = [
        ("headline", hazard if is_modelled or by_mean is None else by_mean, ranges),
        ("hazard", hazard, ranges),
    ]
    by_crm = crm_weighted(fitted.deals.frame, fitted.deals.amount, period, is_current=number == 0)
    if by_crm is not None:
        open_cents = cuts.cents_of_deals(to_cents(by_crm))
        methods.append(("crm_weighted", Parts(won, open_cents, np.zeros_like(won)), no_ranges))
    return methods + [(method, parts, no_ranges) for method, parts in by_total.items()]


def _spread_total(expected: float, hazard: Parts, cuts: Cuts) -> Parts:
    """A total without parts of its own, split as the hazard method splits and spreads its total.

    What is won already is the least that it can come to.
    """
    total = cuts.total
    rest = max(0, round(expected * 100) - int(hazard.won[total]))
    split = np.array([hazard.open[total], hazard.new[total]], dtype=np.float64)
    open_cents, new_cents = share_out(rest, split if split.sum() > 0 else np.array([0.0, 1.0]))
    return Parts(
        hazard.won,
        cuts.share(int(open_cents), hazard.open.astype(np.float64)),
        cuts.share(int(new_cents), hazard.new.astype(np.float64)),
    )


def _ranges(
    number: int, parts: Parts, cuts: Cuts, fitted: HazardForecast, verdicts: list[Reliability], as_of: date
) -> list[Range | None]:
    """The range of each cut: deal variances add up, the system's relative error is the total's."""
    variance = cuts.sum_of_deals(fitted.open_variance[:, number])
    variance += fitted.new_variance[number] * cuts.arrival_shares()
    rest = (parts.open + parts.new) / 100
    none = BigDeals(np.zeros(0), np.zeros(0))
    big = BigDeals.among(
        fitted.win_amount, fitted.probabilities.in_period[:, number], float(parts.expected[cuts.total]) / 100
    )
    return [
        range_of(
            float(parts.won[cut]) / 100,
            float(rest[cut]),
            float(variance[cut]),
            PRIOR_SD if number == 0 else PRIOR_SD_AHEAD,
            big if cut == cuts.total else none,
            as_of,
        )
        if verdicts[cut].has_range
        else None
        for cut, _ in cuts
    ]


def _verdicts(
    cuts: Cuts, fitted: HazardForecast, aggregates: Aggregates, ended: list[Period], as_of: date
) -> list[Reliability]:
    """How far each cut's forecast can be trusted, by its own wins and by what the company does not know."""
    if fitted.won_amounts.mean <= 0 and cuts.wins[cuts.total] > 0:
        return [Reliability("too_few", "no won deal has an amount")] * len(cuts.keys)
    covered: Floats = np.maximum(cuts.wins, 0)
    days = max((as_of - aggregates.history_start).days, 1)
    length = ended[-1].length if ended else days
    verdicts = [
        judge(float(wins), len(ended), float(wins) * length / days, fitted.won_amounts.squared_variation)
        for wins in covered
    ]
    is_win_seen = bool(fitted.hazards.won.base.any())
    if fitted.missing_arrivals is not None:
        why, past = fitted.missing_arrivals, fitted.past_periods
        return [without_arrivals(one, why, past, is_win_seen) for one in verdicts]
    if not is_win_seen and cuts.wins[cuts.total] > 0:
        return [Reliability("too_few", NO_WIN_SEEN)] * len(cuts.keys)
    return verdicts
