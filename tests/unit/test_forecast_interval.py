from datetime import date

import numpy as np
import pytest
from scipy.stats import gamma

from orchestration.forecast.interval import BigDeals, range_of
from orchestration.forecast.reliability import judge

AS_OF = date(2026, 5, 1)
NONE = BigDeals(np.zeros(0), np.zeros(0))


def test_without_big_deals_the_rest_is_a_gamma() -> None:
    found = range_of(100.0, 400.0, 900.0, 0.15, NONE, AS_OF)
    variance = 900 + (0.15 * 400) ** 2
    expected = gamma(400**2 / variance, scale=variance / 400)
    assert [found.p10, found.p50, found.p90] == pytest.approx(
        [100 + q for q in expected.ppf([0.1, 0.5, 0.9])]
    )
    assert found.sd_deal == 30
    assert found.sd_system == pytest.approx(60)


def test_nothing_left_to_come_is_a_point() -> None:
    found = range_of(100.0, 0.0, 0.0, 0.15, NONE, AS_OF)
    assert (found.p10, found.p50, found.p90) == (100, 100, 100)


def test_a_big_deal_comes_whole_or_not_at_all() -> None:
    big = BigDeals(np.array([1000.0]), np.array([0.5]))
    found = range_of(0.0, 600.0, 1000.0**2 * 0.25, 0.0, big, AS_OF)
    assert found.p10 == pytest.approx(100, abs=1)
    assert found.p90 == pytest.approx(1100, abs=1)


def test_a_mixture_keeps_its_order_and_its_seed() -> None:
    many = BigDeals(np.linspace(50, 80, 14), np.full(14, 0.3))
    first = range_of(10.0, 500.0, 20_000.0, 0.15, many, AS_OF)
    assert first == range_of(10.0, 500.0, 20_000.0, 0.15, many, AS_OF)
    assert 10 < first.p10 < first.p50 < first.p90


def test_big_deals_are_those_over_a_tenth_of_what_is_expected() -> None:
    big = BigDeals.among(np.array([99.0, 101.0, 500.0]), np.array([0.2, 0.2, 0.0]), 1000.0)
    assert big.amount.tolist() == [101]


@pytest.mark.parametrize(
    ("wins", "periods", "a_period", "verdict"),
    [(14, 8, 5, "too_few"), (15, 8, 5, "limited"), (400, 3, 130, "limited"), (400, 4, 130, "good")],
)
def test_reliability_follows_wins_and_periods(wins: int, periods: int, a_period: int, verdict: str) -> None:
    found = judge(wins, periods, a_period, 1.0)
    assert found.verdict == verdict
    assert found.reason
