from datetime import date

import numpy as np
import pytest

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.calendar_factors import plain_factors, shrunk_factors
from orchestration.forecast.fiscal_periods import Calendar
from tests.unit.forecast_tables import calendar

QUARTER = 91


def days_of(first: date, days: int) -> tuple[Calendar, slice]:
    known = Calendar.of(Aggregates({"calendar": calendar("quarter", 1, 2030)}))
    start = known.between(first, first).start
    return known, slice(start, start + days)


def poisson_days(days: int, per_day: float, season: np.ndarray, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(per_day * season).astype(float)


def test_without_events_every_factor_is_one() -> None:
    known, days = days_of(date(2024, 1, 1), 200)
    factors = shrunk_factors(np.zeros(200), np.zeros(200), known, days)
    assert np.allclose(factors.weekday, 1)
    assert np.allclose(factors.week, 1)
    assert factors.dispersion == 1


def test_plain_factors_are_observed_over_expected_with_five_pseudo_events() -> None:
    known, days = days_of(date(2024, 1, 1), 7)  # one week: weekdays differ, the week class is one
    observed = np.array([70.0, 0, 0, 0, 0, 0, 0])
    factors = plain_factors(observed, np.full(7, 10.0), known, days)
    assert factors.weekday == pytest.approx([75 / 15] + [5 / 15] * 6)


def test_a_calendar_without_season_gets_factors_near_one() -> None:
    known, days = days_of(date(2023, 1, 1), 8 * QUARTER)
    largest = []
    for seed in range(20):
        observed = poisson_days(8 * QUARTER, 1.0, np.ones(8 * QUARTER), seed)
        largest.append(shrunk_factors(observed, np.ones(8 * QUARTER), known, days).week.max())
    assert np.mean(largest) <= 1.15


@pytest.mark.parametrize(("quarters", "share"), [(1, 0.11), (2, 0.20), (3, 0.41), (8, 0.75)])
def test_a_doubling_in_the_last_week_is_recovered_with_caution(quarters: int, share: float) -> None:
    known, days = days_of(date(2023, 1, 1), quarters * QUARTER)
    season = np.where(known.week[days] == 0, 2.0, 1.0)
    recovered = []
    for seed in range(150):
        observed = poisson_days(quarters * QUARTER, 1.0, season, seed)
        factors = shrunk_factors(observed, np.ones(quarters * QUARTER), known, days)
        recovered.append(np.log(factors.week[0]) - np.log(factors.week[1:13]).mean())
    assert np.mean(recovered) / np.log(2) == pytest.approx(share, abs=0.1)


def test_a_weekend_without_closes_is_learnt() -> None:
    known, days = days_of(date(2024, 1, 1), 2 * QUARTER)
    season = np.where(known.weekday[days] >= 5, 0.0, 1.0)
    observed = poisson_days(2 * QUARTER, 5.0, season, 1)
    factors = shrunk_factors(observed, np.full(2 * QUARTER, 5.0), known, days)
    assert factors.weekday[5:].max() < 0.1
    assert factors.weekday[:5].min() > 1.2
