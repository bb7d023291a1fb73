import numpy as np
import pytest

from orchestration.forecast.base_rates import base_rates
from orchestration.forecast.level import recent_level, weights


def test_a_cause_never_seen_has_no_hazard() -> None:
    assert base_rates(np.zeros(3), np.array([10.0, 5.0, 0.0])).tolist() == [0, 0, 0]


def test_an_age_leans_on_its_neighbours_as_worked_by_hand() -> None:
    # rate 3/60 = .05. First bucket: before it (1, 20), after it the second bucket (1, 20) by half.
    # Second: before it (1, 20) + (2, 40) = (3, 60), after it nothing.
    rates = base_rates(np.array([2.0, 1.0]), np.array([40.0, 20.0]))
    assert rates == pytest.approx([(2 + 2) / (40 + 2 * 20), (1 + 2) / (20 + 2 * 20)])


def test_the_memory_of_younger_ages_is_cut_to_four_events() -> None:
    # before the third bucket: (1, 10) + (9, 90) -> (4, 40); + (0, 60) -> (4, 100)
    rates = base_rates(np.array([9.0, 0.0, 1.0]), np.array([90.0, 60.0, 0.0]))
    rate = 10 / 150
    first = np.array([1 + 9, 1 / rate + 90])
    kept = 4 * first[1] / first[0]
    assert rates[2] == pytest.approx((1 + 2) / (0 + 2 * (kept + 60) / 4))


def test_an_age_not_seen_yet_keeps_the_last_rate_not_the_stage_mean() -> None:
    events, exposure = np.array([50.0, 1.0, 0.0]), np.array([100.0, 1000.0, 0.0])
    rates = base_rates(events, exposure)
    assert rates[2] < 0.02 < events.sum() / exposure.sum()


def test_the_level_is_one_where_observed_equals_expected() -> None:
    daily = np.full(60, 0.7)
    assert recent_level(daily, daily, 1.0) == pytest.approx(1)


@pytest.mark.parametrize("ratio", [0.4, 2.5])
def test_the_level_lies_between_one_and_observed_over_expected(ratio: float) -> None:
    expected = np.full(90, 0.5)
    level = recent_level(expected * ratio, expected, 1.3)
    assert min(1, ratio) < level < max(1, ratio)


def test_the_level_of_two_days_as_worked_by_hand() -> None:
    half = 0.5 ** (1 / 30)
    seen, due = 3 * half + 1, 1 * half + 1
    prior = (half**2 + 1) / due / 0.09
    assert recent_level(np.array([3.0, 1.0]), np.ones(2), 1.0) == pytest.approx(
        (seen + prior) / (due + prior)
    )


def test_weights_halve_every_half_life() -> None:
    assert weights(31, 30)[0] == pytest.approx(0.5)
    assert weights(31, 30)[-1] == 1
