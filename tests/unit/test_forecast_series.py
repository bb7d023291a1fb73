"""Method `series` and the baselines of past periods, as worked by hand."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from orchestration.forecast import forecast
from orchestration.forecast.baselines import year_before
from orchestration.forecast.fiscal_periods import Calendar, Period
from orchestration.forecast.series_method import wins_per_day
from tests.unit.forecast_tables import Deal, Warehouse


def calendar_of(days: int, weekdays: int) -> Calendar:
    """Days of `weekdays` classes that take turns, all in one week of one quarter."""
    none = np.zeros(days, dtype=np.int64)
    return Calendar(0, np.arange(days, dtype=np.int64) % weekdays, none, none, [])


def test_the_level_is_the_mean_of_wins_halved_in_weight_every_91_days() -> None:
    observed = np.zeros(92)
    observed[[0, 91]] = 4.0, 1.0
    weights = 0.5 ** (np.arange(91, -1, -1) / 91)
    daily = wins_per_day(observed, calendar_of(102, 1), slice(0, 92), slice(92, 102))
    assert daily == pytest.approx(np.full(10, (0.5 * 4 + 1 * 1) / weights.sum()))


def test_wins_on_mondays_only_are_expected_on_mondays_as_far_as_ten_of_them_show() -> None:
    observed = np.tile([1.0, 0, 0, 0, 0, 0, 0], 10)
    daily = wins_per_day(observed, calendar_of(77, 7), slice(0, 70), slice(70, 77))
    # (10 + 5) / (10 / 7 + 5) on Mondays, 5 / (10 / 7 + 5) on other days
    assert daily[0] / daily[1] == pytest.approx(3)
    factors = np.tile([7 / 3, *[7 / 9] * 6], 10)
    weights = 0.5 ** (np.arange(69, -1, -1) / 91)
    assert daily[0] == pytest.approx(7 / 3 * (weights @ observed) / (weights @ factors))


def test_a_win_of_100_every_day_is_expected_to_go_on() -> None:
    start, as_of = date(2024, 1, 1), date(2026, 2, 10)
    deals = [
        Deal(f"D{number:04d}", [(day, "Qualified"), (day + timedelta(days=3), "Won")], [(day, 100.0)])
        for number in range((as_of - start).days)
        for day in [start + timedelta(days=number)]
    ]
    found = forecast(Warehouse(deals, as_of).aggregates(), as_of).quarters.filter(segment_name="all")
    rows = {
        (method, period): float(expected)
        for method, period, expected in found.select("method", "fiscal_period", "expected").iter_rows()
    }
    assert rows["series", "FY2026-Q1"] == pytest.approx(9000, rel=0.01)  # 90 days
    assert rows["series", "FY2026-Q2"] == pytest.approx(9100, rel=0.01)
    assert rows["last_period", "FY2026-Q1"] == 9200  # October to December
    assert rows["last_period", "FY2026-Q3"] == 9200
    assert rows["same_period_last_year", "FY2026-Q1"] == 9000
    assert rows["same_period_last_year", "FY2026-Q2"] == 9100
    assert ("same_period_last_year", "FY2027-Q1") not in rows  # a year before it has not ended


def test_without_a_year_of_history_no_period_is_compared_with_the_last_year() -> None:
    start, as_of = date(2025, 4, 1), date(2026, 2, 10)
    deals = [
        Deal(f"D{number:04d}", [(day, "Qualified"), (day + timedelta(days=3), "Won")], [(day, 100.0)])
        for number in range((as_of - start).days)
        for day in [start + timedelta(days=number)]
    ]
    found = forecast(Warehouse(deals, as_of).aggregates(), as_of).quarters
    assert found.filter(method="same_period_last_year").is_empty()
    assert not found.filter(pl.col("method") == "last_period").is_empty()


def test_the_period_a_year_before_is_the_one_that_holds_the_same_day() -> None:
    months = [Period(f"M{month}", date(2025, month, 1), date(2025, month + 1, 1)) for month in range(1, 12)]
    assert year_before(Period("M2", date(2026, 2, 1), date(2026, 3, 1)), months) == months[1]
    assert year_before(Period("M12", date(2026, 12, 1), date(2027, 1, 1)), months) is None
