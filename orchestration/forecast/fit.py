"""All methods fitted as of a date: what the tables of the forecast are laid out from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.baselines import past_totals
from orchestration.forecast.calls import called_totals
from orchestration.forecast.classes import Floats
from orchestration.forecast.coherence import to_cents
from orchestration.forecast.cuts import Cuts
from orchestration.forecast.fiscal_periods import Calendar, Period, ninths_passed
from orchestration.forecast.hazard_method import HazardForecast, forecast_by_hazards
from orchestration.forecast.headline import Member, prior_variance
from orchestration.forecast.interval import BigDeals, Range, range_of
from orchestration.forecast.landmark_method import forecast_by_landmark
from orchestration.forecast.quarter_table import Parts
from orchestration.forecast.reliability import NO_WIN_SEEN, Reliability, judge, without_arrivals
from orchestration.forecast.series_method import revenue_ahead


@dataclass(frozen=True)
class Fit:
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
    def of(cls, frames: Mapping[str, pl.DataFrame], as_of: date, is_current_only: bool) -> "Fit":
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
        parts = parts_of(hazard, cuts)
        totals = past_totals(aggregates, calendar.whole(aggregates, as_of), periods, as_of)
        totals[0] = {**totals[0], **called_totals(aggregates, ended, periods[0], as_of)}
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


def parts_of(hazard: HazardForecast, cuts: Cuts) -> list[Parts]:
    """The hazard method's money per cut, by period."""
    deal_cents = to_cents(hazard.open_expected)
    new_cents = to_cents(hazard.new_expected)
    return [
        Parts(
            cuts.won[:, number],
            cuts.cents_of_deals(deal_cents[:, number]),
            cuts.share(int(new_cents[number]), cuts.arrival_weight),
        )
        for number in range(len(new_cents))
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
