"""The fiscal periods around an as-of date, and each day's place in the calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, day_number, days, ints
from orchestration.forecast.classes import Ints

LAST_PERIODS: Final = 3  # that a mean of past periods is made of
LAST_WEEK = 13  # weeks to the fiscal quarter's end are 0 to 13


@dataclass(frozen=True)
class Period:
    """A fiscal period: its name, first day and the day after its last."""

    name: str
    start: date
    end: date

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.end - timedelta(days=1)

    @property
    def length(self) -> int:
        """Days in the period."""
        return (self.end - self.start).days


@dataclass(frozen=True)
class Calendar:
    """Days from the history's first period on: weekday (0 = Monday), weeks to the quarter's end, quarter."""

    first: int  # day number of the first element
    weekday: Ints
    week: Ints
    quarter: Ints  # numbered by their order
    periods: list[Period]

    @classmethod
    def of(cls, aggregates: Aggregates) -> "Calendar":
        """The calendar that SQL hands over, one row a day without gaps."""
        frame = aggregates["calendar"]
        day, quarter_end = days(frame, "date_day"), days(frame, "quarter_end")
        names = frame.group_by("fiscal_period", "period_start", "period_end").agg().sort("period_start")
        return cls(
            first=int(day[0]),
            weekday=ints(frame, "weekday") - 1,
            week=np.minimum((quarter_end - day) // 7, LAST_WEEK),
            quarter=np.unique(quarter_end, return_inverse=True)[1].astype(np.int64),
            periods=[Period(name, start, end + timedelta(days=1)) for name, start, end in names.iter_rows()],
        )

    def between(self, start: date, end: date) -> slice:
        """Positions of the days from `start` up to but without `end`."""
        return slice(day_number(start) - self.first, day_number(end) - self.first)

    def from_current(self, as_of: date, horizon: int) -> list[Period]:
        """The period of the as-of date and the `horizon` after it."""
        running = [period for period in self.periods if period.end > as_of]
        return running[: horizon + 1]

    def ended(self, history_start: date, as_of: date) -> list[Period]:
        """Periods over by the as-of date that the history covers whole, in order."""
        return [period for period in self.periods if history_start <= period.start and period.end <= as_of]

    def whole(self, aggregates: Aggregates, as_of: date) -> list[Period]:
        """Ended periods of which all bookings are known, in order.

        Those that the history covers; without one, those after the first booking of a load that
        brought older ones, if the last three hold any.
        """
        ended = self.ended(aggregates.history_start, as_of)
        if ended:
            return ended
        booked = set(aggregates.known("wins", "known_date", as_of)["fiscal_period"])
        past = [period for period in self.periods if period.end <= as_of]
        first = next((number for number, period in enumerate(past) if period.name in booked), len(past))
        after = past[first + 1 :]
        return after if any(period.name in booked for period in after[-LAST_PERIODS:]) else []


def ninths_passed(day: date, period: Period) -> int:
    """Which of the nine days of a period that the back-test forecasts from (0 to 8) is the last by a day."""
    return 9 * (2 * (day - period.start).days + 1) // (2 * period.length)


def landmark_day(as_of: date, current: Period, past: Period) -> date:
    """The day of a past period that lies as far in it as the as-of date lies in the current one.

    Half days are rounded up, as in int_forecast_landmark_days.
    """
    passed = (as_of - current.start).days * past.length
    return past.start + timedelta(days=(2 * passed + current.length) // (2 * current.length))


def cut(frame: pl.DataFrame, period: Period) -> pl.DataFrame:
    """The rows that count in one period."""
    return frame.filter(pl.col("fiscal_period") == period.name)
