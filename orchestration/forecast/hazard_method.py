"""Method `hazard`: what open deals and deals not created yet bring, per period."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.forecast.aggregates import Aggregates, Segmentation
from orchestration.forecast.arrivals import Arrivals
from orchestration.forecast.classes import TOP_AMOUNT, Floats
from orchestration.forecast.curves_ahead import CurvesAhead, curves_ahead
from orchestration.forecast.due_path import DuePath
from orchestration.forecast.exposure import Exposure
from orchestration.forecast.fiscal_periods import Calendar, Period
from orchestration.forecast.hazards import Hazards, fit_hazards
from orchestration.forecast.not_yet_created import by_arrivals, by_growth, mix
from orchestration.forecast.open_deals import OpenDeals, WinProbabilities, win_probabilities
from orchestration.forecast.past_mean import PastMean, missing_arrivals
from orchestration.forecast.won_amounts import WonAmounts

REVISION_SD = 0.3  # of an open deal's amount until it closes, relative


@dataclass(frozen=True)
class HazardForecast:
    """Per open deal and period: expected money and its variance; per period: the new deals'."""

    hazards: Hazards
    deals: OpenDeals
    probabilities: WinProbabilities
    win_amount: Floats  # per open deal, what it brings if won
    open_variance: Floats
    new_expected: Floats
    new_variance: Floats
    won_amounts: WonAmounts
    missing_arrivals: str | None  # why new deals are not learnt from arrivals
    past_periods: int  # that they are the mean of then
    arrivals: Arrivals
    curves: CurvesAhead
    path: DuePath
    amount_spread: Floats  # per open deal, the squared relative error of what it brings if won

    @property
    def open_expected(self) -> Floats:
        """Per open deal and period."""
        expected: Floats = self.win_amount[:, None] * self.probabilities.in_period
        return expected


def forecast_by_hazards(
    aggregates: Aggregates,
    calendar: Calendar,
    as_of: date,
    periods: list[Period],
    ended: list[Period],
    is_ever_asked: bool = True,
) -> HazardForecast:
    """The forecast of the current period and those after it, from what was known before `as_of`.

    Growth of earlier periods enters the current one only: it does not carry over. Without arrivals
    to learn from, what past periods brought stands in for deals not created yet. Unless
    `is_ever_asked`, a deal's probability of being won at all stops at the last period's end.
    """
    segmentation = Segmentation.known_at(aggregates, as_of)
    exposure = Exposure.known_at(aggregates, segmentation, as_of)
    hazards = fit_hazards(aggregates, exposure, segmentation, calendar, as_of)
    path = DuePath.known_at(aggregates, as_of)
    won = WonAmounts.known_at(aggregates, exposure, as_of)

    deals = OpenDeals.known_at(aggregates, segmentation, as_of)
    arrivals = Arrivals.known_at(aggregates, segmentation, calendar, as_of, periods)
    combinations = np.union1d(deals.combination, arrivals.combinations)
    curves = curves_ahead(hazards, path, combinations, calendar, as_of, periods, is_ever_asked)
    probabilities = win_probabilities(deals, curves)
    amount = np.where(deals.amount_class == TOP_AMOUNT, deals.amount * won.top_factor, deals.amount)
    revised = REVISION_SD**2 if aggregates["attributes"]["do_amounts_change"].item() else 0.0
    spread = np.where(deals.is_assumed, max(won.squared_variation, revised), revised)
    chance = probabilities.in_period
    variance = variance_of_open(amount, chance, spread)

    missing = missing_arrivals(aggregates, periods[0], as_of)
    if missing is None:
        new = by_arrivals(arrivals, curves, path, won)
        growth, wins = by_growth(aggregates, ended, periods[0], as_of)
        new[0] = mix(new[0], growth, wins, min(len(ended), 3), won.squared_variation)
        wins_expected = new / won.mean if won.mean > 0 else np.zeros(len(new))
        past = PastMean(new, wins_expected * won.mean_square, 0)
    else:
        whole = calendar.whole(aggregates, as_of)
        past = PastMean.known_at(aggregates, whole, periods, amount @ chance, won, as_of)
    return HazardForecast(
        hazards,
        deals,
        probabilities,
        amount,
        variance,
        past.expected,
        past.variance,
        won,
        missing,
        past.periods,
        arrivals,
        curves,
        path,
        spread,
    )


def variance_of_open(amount: Floats, chance: Floats, spread: Floats) -> Floats:
    """Per open deal and period, the variance of what it brings: won or not, and of an uncertain amount."""
    variance: Floats = amount[:, None] ** 2 * (chance * (1 - chance) + chance**2 * spread[:, None])
    return variance
