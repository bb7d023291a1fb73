"""The forecast as of a date: every method, period and segment, laid out as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.baselines import crm_weighted, past_totals
from orchestration.forecast.classes import Floats
from orchestration.forecast.coherence import split_rest, to_cents
from orchestration.forecast.cuts import Cuts
from orchestration.forecast.deal_table import deal_table
from orchestration.forecast.fiscal_periods import Calendar, Period, ninths_passed
from orchestration.forecast.hazard_method import HazardForecast, forecast_by_hazards
from orchestration.forecast.hazard_table import hazard_table
from orchestration.forecast.headline import Headline, Member, PastDay, headline, prior_variance
from orchestration.forecast.interval import PRIOR_SD, PRIOR_SD_AHEAD, BigDeals, Range, range_of
from orchestration.forecast.landmark_method import forecast_by_landmark, stage_chances
from orchestration.forecast.quarter_table import Parts, quarter_table
from orchestration.forecast.reliability import NO_WIN_SEEN, Reliability, judge, without_arrivals
from orchestration.forecast.series_method import revenue_ahead
from orchestration.forecast.track_record import brought_before, ended_before


@dataclass(frozen=True)
class ForecastTables:
    """`quarters`: period x segment x method; `deals`: open deals; `hazards`: the fitted rates."""

    quarters: pl.DataFrame
    deals: pl.DataFrame
    hazards: pl.DataFrame


@dataclass(frozen=True)
class CurrentForecast:
    """What all methods but the headline say of the current period, and what the headline is made of."""

    rows: pl.DataFrame  # as `quarters`
    members: Mapping[str, Member]
    deal_variance: float  # of the company's total
    big_deals: BigDeals
    chances: Mapping[str, Floats]  # by method, of each open deal to be won in the period


@dataclass(frozen=True)
class _Fit:
    """What was learnt as of a date, and what it says of each period."""

    aggregates: Aggregates
    calendar: Calendar
    as_of: date
    periods: list[Period]
    hazard: HazardForecast
    cuts: Cuts
    verdicts: list[Reliability]
    parts: list[Parts]  # the hazard method's, by period
    totals: list[dict[str, float]]  # by period and method, of methods without parts of their own
    members: Mapping[str, Member]  # of the headline in the current period

    @classmethod
    def of(cls, frames: Mapping[str, pl.DataFrame], as_of: date, is_current_only: bool) -> "_Fit":
        """Fit every method to the tables of AGGREGATES, using days before `as_of`."""
        aggregates = Aggregates.of(frames)
        calendar = Calendar.of(aggregates)
        horizon = 0 if is_current_only else int(aggregates["history"]["horizon"].item())
        periods = calendar.from_current(as_of, horizon)
        ended = calendar.ended(aggregates.history_start, as_of)
        hazard = forecast_by_hazards(
            aggregates, calendar, as_of, periods, ended, is_ever_asked=not is_current_only
        )
        cuts = Cuts.known_at(aggregates, hazard.deals.frame["deal_id"], periods, as_of)
        deal_cents = to_cents(hazard.open_expected)
        new_cents = to_cents(hazard.new_expected)
        parts = [
            Parts(
                cuts.won[:, number],
                cuts.cents_of_deals(deal_cents[:, number]),
                cuts.share(int(new_cents[number]), cuts.arrival_weight),
            )
            for number in range(len(periods))
        ]
        totals = past_totals(aggregates, calendar.whole(aggregates, as_of), periods, as_of)
        variation, wins = hazard.won_amounts.squared_variation, float(cuts.wins[cuts.total])
        expected = float(parts[0].expected[cuts.total]) / 100
        members = {"hazard": Member(expected, prior_variance(variation, wins))}
        by_series = revenue_ahead(aggregates, calendar, periods, hazard.won_amounts.mean, as_of)
        if by_series is not None:
            won = cuts.won[cuts.total] / 100
            sums = [float(brought + ahead) for brought, ahead in zip(won, by_series.revenue, strict=True)]
            totals = [{**total, "series": one} for total, one in zip(totals, sums, strict=True)]
            members["series"] = Member(sums[0], prior_variance(variation, by_series.wins))
        by_landmark = forecast_by_landmark(aggregates, calendar, hazard, periods[0], ended, as_of)
        if by_landmark is not None:
            expected = float(cuts.won[cuts.total, 0]) / 100 + by_landmark.revenue
            totals[0] = {**totals[0], "landmark": expected}
            members["landmark"] = Member(expected, prior_variance(variation, by_landmark.wins))
        verdicts = _verdicts(cuts, hazard, aggregates, ended, as_of)
        return cls(aggregates, calendar, as_of, periods, hazard, cuts, verdicts, parts, totals, members)

    @property
    def phase(self) -> float:
        """The part of the current period that is over, in ninths."""
        return ninths_passed(self.as_of, self.periods[0]) / 9

    def big_deals(self, number: int) -> BigDeals:
        """The open deals that are large beside what is expected of a period."""
        return BigDeals.among(
            self.hazard.win_amount,
            self.hazard.probabilities.in_period[:, number],
            float(self.parts[number].expected[self.cuts.total]) / 100,
        )

    def deal_variances(self, number: int) -> Floats:
        """Per cut, the variance of a period's total that the chance of single deals makes."""
        new = self.hazard.new_variance[number] * self.cuts.arrival_shares()
        variances: Floats = self.cuts.sum_of_deals(self.hazard.open_variance[:, number]) + new
        return variances

    def ranges(self, number: int, parts: Parts, relative_sd: float) -> list[Range | None]:
        """The range of each cut: deal variances add up, the system's relative error is the total's."""
        variance = self.deal_variances(number)
        rest = (parts.open + parts.new) / 100
        none = BigDeals(np.zeros(0), np.zeros(0))
        big = self.big_deals(number)
        return [
            range_of(
                float(parts.won[cut]) / 100,
                float(rest[cut]),
                float(variance[cut]),
                relative_sd,
                big if cut == self.cuts.total else none,
                self.as_of,
            )
            if self.verdicts[cut].has_range
            else None
            for cut, _ in self.cuts
        ]


def forecast(frames: Mapping[str, pl.DataFrame], as_of: date, past: Sequence[PastDay] = ()) -> ForecastTables:
    """The forecast from the tables of AGGREGATES, each read in its order, using days before `as_of`.

    `past` is what was said on past days, in order: the headline learns from it how far to trust what.
    """
    fit = _Fit.of(frames, as_of, is_current_only=False)
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
            ("headline", *_headline(fit, number, found)),
            *_methods(fit, number),
        ]
    ]
    deal_cents = to_cents(fit.hazard.open_expected)[:, 0]
    return ForecastTables(
        quarters=pl.concat(rows).sort("period_start", "segment_name", "segment_value", "method"),
        deals=deal_table(fit.hazard, deal_cents, as_of, fit.periods[0].name),
        hazards=hazard_table(fit.hazard.hazards, fit.aggregates.stages, as_of),
    )


def forecast_current(frames: Mapping[str, pl.DataFrame], as_of: date) -> CurrentForecast:
    """What `forecast` says of the current period, but for the headline and without what lies after it."""
    fit = _Fit.of(frames, as_of, is_current_only=True)
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
    fit: _Fit,
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


def _headline(fit: _Fit, number: int, found: Headline) -> tuple[Parts, list[Range | None]]:
    """The headline's money per cut in one period, and its ranges: one total, laid out as hazard's."""
    hazard = fit.parts[number]
    by_mean = fit.totals[number].get("mean_of_3")
    if not fit.verdicts[fit.cuts.total].has_range:
        parts = hazard if by_mean is None else _spread_total(by_mean, hazard, fit.cuts)
    else:
        parts = hazard if number else _spread_total(found.expected, hazard, fit.cuts)
    return parts, fit.ranges(number, parts, PRIOR_SD_AHEAD if number else found.relative_sd)


def _methods(fit: _Fit, number: int) -> list[tuple[str, Parts, list[Range | None]]]:
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


def _by_deal(fit: _Fit, number: int, amount: Floats) -> dict[str, Floats]:
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
