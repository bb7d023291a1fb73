"""The headline: weights from past errors, their median, and a range as wide as its own errors."""

from datetime import date
from itertools import permutations

import numpy as np
import pytest

from orchestration.forecast.headline import (
    Headline,
    Member,
    PastDay,
    headline,
    learnt_sd,
    member_weight,
    prior_variance,
    weighted_median,
)


def past_day(
    headline: float, phase: float = 0.0, period: str = "P1", won: float = 0.0, variance: float = 0.0,
    **members: float,
) -> PastDay:  # fmt: skip
    said = {name: Member(expected, 0.04) for name, expected in members.items()}
    return PastDay(phase, period, date(2025, 3, 31), won, variance, said, headline)


def of(members: dict[str, float], past: list[PastDay] | None = None, **brought: float) -> Headline:
    said = {name: Member(expected, 0.04) for name, expected in members.items()}
    return headline(said, 0.0, 0.0, past or [], brought)


def test_a_weight_is_one_over_the_mean_squared_error_with_a_prior_of_two() -> None:
    assert member_weight(0.04, []) == pytest.approx(25)
    assert member_weight(0.04, [0.1, -0.3]) == pytest.approx(4 / (0.01 + 0.09 + 0.08))
    assert member_weight(0.04, [9.0]) == pytest.approx(3 / (1 + 0.08))  # no error counts more than all of it


def test_the_prior_error_is_that_of_the_system_and_of_the_wins_learnt_from() -> None:
    assert prior_variance(0.5, 100) == pytest.approx(0.15**2 + 0.015)
    assert prior_variance(0.5, 0) == pytest.approx(0.15**2 + 1.5)


def test_the_median_of_equals_is_themselves_and_of_three_equal_weights_the_middle() -> None:
    third = np.full(3, 1 / 3)
    assert weighted_median(np.full(3, 7.0), np.array([0.2, 0.5, 0.3])) == 7
    for values in permutations([10.0, 20.0, 90.0]):
        assert weighted_median(np.array(values), third) == 20
    assert weighted_median(np.array([5.0]), np.ones(1)) == 5


def test_the_median_lies_between_values_by_the_middles_of_their_weights() -> None:
    """Middles at 0.2, 0.55 and 0.85: 0.5 is 30/35 of the way from 10 to 20."""
    found = weighted_median(np.array([20.0, 10.0, 40.0]), np.array([0.3, 0.4, 0.3]))
    assert found == pytest.approx(10 + 10 * 0.3 / 0.35)
    # one member with nearly all the weight is the median
    assert weighted_median(np.array([10.0, 40.0]), np.array([0.999, 0.001])) == pytest.approx(10, abs=0.1)


def test_the_median_moves_evenly_with_the_weights() -> None:
    values = np.array([10.0, 20.0, 40.0])
    shares = np.linspace(0, 1, 1001)
    found = [weighted_median(values, np.array([0.6 * (1 - s), 0.4, 0.6 * s])) for s in shares]
    assert np.abs(np.diff(found)).max() < 0.2


def test_the_member_that_has_been_right_counts_more() -> None:
    past = [past_day(100.0, period=f"P{n}", hazard=101.0, series=150.0) for n in range(4)]
    brought = {f"P{n}": 100.0 for n in range(4)}
    found = of({"hazard": 100.0, "series": 200.0}, past, **brought)
    assert found.weights["hazard"] == pytest.approx((6 / (0.0004 + 0.08)) / (6 / 0.0804 + 6 / 1.08), abs=1e-6)
    assert found.expected == pytest.approx(100 + 100 * found.weights["series"], abs=1e-3)  # of two, the mean
    assert of({"hazard": 100.0, "series": 200.0}).expected == 150


def test_what_is_won_is_the_least() -> None:
    assert headline({"hazard": Member(10.0, 0.04)}, 50.0, 0.5, [], {}).expected == 50


def test_a_period_that_brought_nothing_teaches_nothing() -> None:
    past = [past_day(100.0, hazard=500.0)]
    assert of({"hazard": 100.0}, past, P1=0.0) == of({"hazard": 100.0}, past) == of({"hazard": 100.0})


def test_the_range_learns_from_errors_that_chance_does_not_explain() -> None:
    """Prior: three errors of 15 %. An error of 40 of 100 to come, of which deals explain 700 of 1600."""
    assert learnt_sd([], 0.0) == pytest.approx(0.15)
    same = past_day(120.0, phase=4 / 9, won=20.0, variance=700.0)
    assert learnt_sd([(same, 80.0)], 0.444444) == pytest.approx(((3 * 0.15**2 + 0.09) / 4) ** 0.5)
    assert learnt_sd([(same, 80.0)], 0.9) == pytest.approx(((3 * 0.15**2 + 0.3 * 0.09) / 3.3) ** 0.5)
    explained = past_day(120.0, won=20.0, variance=1600.0)
    assert learnt_sd([(explained, 80.0)], 0.0) == pytest.approx((3 * 0.15**2 / 4) ** 0.5)
    absurd = past_day(120.0, won=20.0)
    assert learnt_sd([(absurd, 9000.0)], 0.0) == pytest.approx(((3 * 0.15**2 + 0.25) / 4) ** 0.5)
    nothing_to_come = past_day(20.0, won=20.0)
    assert learnt_sd([(nothing_to_come, 80.0)], 0.0) == pytest.approx(0.15)
