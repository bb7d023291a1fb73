"""The calendar of a simulation: what is special about each of its days."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Floats, Ints
from orchestration.simulation.settings import SimulationSettings
from orchestration.time_zones import to_utc

EPOCH = date(1970, 1, 1)
WEEKEND = 5  # weekday of Saturday, Monday being 0
LAST_WEEK = 13  # the first days of a long quarter count to its 13th week before the end
# New deals by calendar month: quiet Augusts and Decembers. A plausible shape, not a measurement.
SEASON = (1.08, 1.06, 1.05, 1.0, 0.98, 0.98, 0.92, 0.78, 1.08, 1.1, 1.07, 0.78)
ARRIVAL_WEEKDAY = (1.35, 1.4, 1.4, 1.35, 1.3, 0.12, 0.08)


@dataclass(frozen=True)
class Days:
    """The days of a simulation, numbered from 0 at its start."""

    start: date
    weekday: Ints  # Monday 0
    weeks_to_quarter_end: Ints  # 0 in the fiscal quarter's last seven days
    month: Ints  # months since the start's month
    arrival_weight: Floats

    @classmethod
    def of(cls, settings: SimulationSettings) -> "Days":
        """The days from the settings' start to their end."""
        dates = [settings.start + timedelta(days=n) for n in range(settings.span_days)]
        weekday = np.array([day.weekday() for day in dates], dtype=np.int64)
        to_end = [(quarter_end(day, settings.fiscal_start_month) - day).days // 7 for day in dates]
        month = np.array([12 * day.year + day.month for day in dates], dtype=np.int64)
        season = np.array([SEASON[day.month - 1] for day in dates])
        growth = (1 + settings.growth) ** (np.arange(len(dates)) / 365.25)
        return cls(
            start=settings.start,
            weekday=weekday,
            weeks_to_quarter_end=np.minimum(to_end, LAST_WEEK).astype(np.int64),
            month=month - month[0],
            arrival_weight=season * growth * np.array(ARRIVAL_WEEKDAY)[weekday],
        )

    def __len__(self) -> int:
        """How many days are simulated."""
        return len(self.weekday)

    def number(self, day: date) -> int:
        """The number of a date, negative before the start."""
        return (day - self.start).days

    def date(self, number: int) -> date:
        """The date of a day's number."""
        return self.start + timedelta(days=int(number))

    def dates(self, numbers: Ints) -> pl.Series:
        """The dates of days' numbers."""
        return pl.Series(numbers + (self.start - EPOCH).days).cast(pl.Int32).cast(pl.Date)

    def month_end(self, numbers: Ints) -> Ints:
        """The last day of the month in which each day lies."""
        origin = (self.start - EPOCH).days
        months = (numbers + origin).astype("datetime64[D]").astype("datetime64[M]")
        last: Ints = (months + 1).astype("datetime64[D]").astype(np.int64) - 1 - origin
        return last

    def after_weekend(self, numbers: Ints) -> Ints:
        """Each day, or the Monday after it where it lies on a weekend."""
        weekday = (numbers + self.start.weekday()) % 7
        shifted: Ints = numbers + np.where(weekday >= WEEKEND, 7 - weekday, 0)
        return shifted


def quarter_end(day: date, start_month: int) -> date:
    """The last day of the fiscal quarter that holds `day`, fiscal years starting in `start_month`."""
    months_left = 2 - (day.month - start_month) % 3
    month_after = day.year * 12 + day.month - 1 + months_left + 1
    return date(month_after // 12, month_after % 12 + 1, 1) - timedelta(days=1)


def utc(local: pl.Series, time_zone: str) -> pl.Series:
    """Local moments without a zone as UTC without a zone.

    A moment that the clock skips in spring counts as one hour later.
    """
    return pl.DataFrame({"local": local}).select(to_utc(pl.col("local"), time_zone)).to_series()


def moments(microseconds: Ints) -> pl.Series:
    """UTC microseconds as moments, null for NONE."""
    return pl.Series(microseconds).set(pl.Series(microseconds == NONE), None).cast(pl.Datetime("us"))
