"""Method `landmark`: what became of the deals that were open at the same point of the last periods."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, floats, ints
from orchestration.forecast.classes import AMOUNT_CLASSES, Floats, Ints
from orchestration.forecast.fiscal_periods import Calendar, Period, landmark_day
from orchestration.forecast.hazard_method import HazardForecast
from orchestration.forecast.not_yet_created import by_growth
from orchestration.forecast.open_deals import OpenDeals

LANDMARK_PERIODS: Final = 6
PROSPECT_CLASSES: Final = 8  # by expected close: late, in the period, next 91 days, later; undated by age
NEXT_DAYS: Final = 91
UNDATED: Final = 4
AGE_EDGES: Final = (14, 45, 100)
PSEUDO_DEALS: Final = 10.0
PSEUDO_WINS: Final = 5.0
LEAST, MOST = 0.001, 0.98  # what a probability can be


@dataclass(frozen=True)
class Landmarks:
    """Deals open on the landmark days and those of them won by the period's end.

    Both are stage x prospect class x amount class.
    """

    open: Floats
    won: Floats

    @classmethod
    def on(cls, aggregates: Aggregates, landmark_days: list[date]) -> "Landmarks":
        """The sums over these days."""
        rows = aggregates["landmarks"].filter(pl.col("landmark_date").is_in(landmark_days))
        shape = len(aggregates.stages), PROSPECT_CLASSES, len(AMOUNT_CLASSES)
        place = (
            aggregates.stage_codes(rows["stage"]),
            ints(rows, "prospect_class"),
            ints(rows, "amount_class"),
        )
        counts = np.zeros((2, *shape))
        for count, column in zip(counts, ("deals", "won_deals"), strict=True):
            np.add.at(count, place, floats(rows, column))
        return cls(*counts)

    @property
    def mean(self) -> float:
        """The part of all deals that was won."""
        return float((self.won.sum() + 1) / (self.open.sum() + 5))

    def stage_probabilities(self) -> Floats:
        """Of being won by the period's end per stage, shrunk to the mean of all."""
        return _shrunk(self.won.sum(axis=(1, 2)), self.open.sum(axis=(1, 2)), self.mean)

    def win_probabilities(self) -> Floats:
        """Of being won by the period's end, per stage x prospect class x amount class.

        A stage and prospect class is shrunk to what both say by themselves, these to the mean of all.
        Amount classes change it by won over expected wins; without such classes there is one.
        """
        mean, of_stage = self.mean, self.stage_probabilities()
        seen, won = self.open.sum(axis=2), self.won.sum(axis=2)
        of_prospect = _shrunk(won.sum(axis=0), seen.sum(axis=0), mean)
        prior = np.clip(of_stage[:, None] * of_prospect / mean, LEAST, MOST)
        chance = _shrunk(won, seen, prior)[:, :, None]
        by_amount = self.open.sum(axis=(0, 1))
        factor = np.ones(len(by_amount))
        if (by_amount > 0).sum() > 1:
            expected = (self.open * chance).sum(axis=(0, 1))
            factor = (self.won.sum(axis=(0, 1)) + PSEUDO_WINS) / (expected + PSEUDO_WINS)
        return np.minimum(chance * factor, MOST)


@dataclass(frozen=True)
class LandmarkForecast:
    """Revenue from the as-of date to the current period's end, and how many wins it was learnt from."""

    revenue: float
    wins: float


def forecast_by_landmark(
    aggregates: Aggregates,
    calendar: Calendar,
    fitted: HazardForecast,
    current: Period,
    ended: list[Period],
    as_of: date,
) -> LandmarkForecast | None:
    """The forecast of the current period, with the new deals of `hazard`.

    The chance of an open deal is that of its like on the same day of the last six periods, for as
    many and as good days as are left in this one. None where no deal was open on such a day.

    Source: landmark analysis; van Houwelingen & Putter, "Dynamic Prediction in Clinical Survival
    Analysis", 2012, chapter 7. The calendar enters by proportional hazards: 1 - p = (1 - p_past)^rho.
    """
    past = ended[-LANDMARK_PERIODS:]
    landmark_days = days_like(as_of, current, ended)
    landmarks = Landmarks.on(aggregates, landmark_days)
    if not landmarks.open.any():
        return None
    factors = fitted.hazards.won.calendar

    def calendar_left(day: date, period: Period) -> float:
        return float(factors.on(calendar, calendar.between(day, period.end)).sum())

    past_left = [calendar_left(day, period) for day, period in zip(landmark_days, past, strict=True)]
    rho = calendar_left(as_of, current) * len(past) / sum(past_left)
    deals = fitted.deals
    has_dates = bool(aggregates["attributes"]["has_expected_dates"].item())
    prospect = prospect_class(
        floats(deals.frame, "days_to_close") if has_dates else np.full(len(deals), np.nan),
        deals.age,
        (current.last_day - as_of).days,
    )
    chance = landmarks.win_probabilities()[deals.stage, prospect, deals.amount_class]
    scaled = 1 - (1 - chance) ** rho
    _, later_wins = by_growth(aggregates, ended, current, as_of)
    return LandmarkForecast(
        revenue=float(scaled @ fitted.win_amount) + float(fitted.new_expected[0]),
        wins=float(landmarks.won.sum()) + later_wins,
    )


def stage_chances(
    aggregates: Aggregates, deals: OpenDeals, current: Period, ended: list[Period], as_of: date
) -> Floats | None:
    """Method `stage_history`: per open deal, how often its stage was won by the period's end.

    It is the share of the deals in the stage on the same day of the last six periods. None where no deal was
    open on such a day.
    """
    landmarks = Landmarks.on(aggregates, days_like(as_of, current, ended))
    return landmarks.stage_probabilities()[deals.stage] if landmarks.open.any() else None


def days_like(as_of: date, current: Period, ended: list[Period]) -> list[date]:
    """The days of the last periods that lie as far in them as the as-of date lies in the current one."""
    return [landmark_day(as_of, current, period) for period in ended[-LANDMARK_PERIODS:]]


def prospect_class(days_to_close: Floats, age: Ints, days_left: int) -> Ints:
    """Class of each deal by its expected close date; without one (NaN), by its days in the stage.

    `days_left` are those from the landmark day to the period's last.
    """
    by_date = np.searchsorted([0, days_left + 1, days_left + NEXT_DAYS + 1], days_to_close, side="right")
    by_age = UNDATED + np.digitize(age, AGE_EDGES)
    return np.where(np.isnan(days_to_close), by_age, by_date).astype(np.int64)


def _shrunk(won: Floats, seen: Floats, prior: Floats | float) -> Floats:
    chance: Floats = (won + PSEUDO_DEALS * prior) / (seen + PSEUDO_DEALS)
    return chance
