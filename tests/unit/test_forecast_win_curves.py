import numpy as np
import pytest

from orchestration.forecast.classes import AGE_EDGES, OLDEST, Floats
from orchestration.forecast.due_path import DuePath
from orchestration.forecast.rate_profiles import RateProfiles
from orchestration.forecast.win_curves import Rates, day_by_day, week_by_week, weekly_to_daily

AGES = len(AGE_EDGES)


def undated(stages: int) -> DuePath:
    one = np.ones((stages, 1))
    return DuePath(np.ones((1, 1)), one, np.zeros(stages), one, has_dates=False)


def rates_of(
    won: Floats, lost: Floats, moves: Floats | None = None, days: int = 200, profile: float = 1.0
) -> Rates:
    stages = len(won)
    return Rates(
        won, lost, np.zeros((stages, stages, AGES)) if moves is None else moves,
        np.array([profile]), np.ones(1), np.ones((1, 2)), np.ones((1, 2)),
        np.ones(days), np.ones(days), undated(stages),
    )  # fmt: skip


def constant(*per_stage: float) -> Floats:
    return np.repeat(np.array(per_stage)[:, None], AGES, axis=1)


def curve(rates: Rates, days: int, reward: Floats | None = None) -> Floats:
    rewards = np.ones((1, days)) if reward is None else reward
    start = np.zeros((1, *rates.shape, OLDEST + 1))
    *_, (_, value) = day_by_day(rates, rewards, start)
    return value[0, 0, 0]


def test_one_stage_and_two_days_as_worked_by_hand() -> None:
    value = curve(rates_of(constant(0.1), constant(0.2)), 2)
    assert value[0, 5] == pytest.approx(0.1 + 0.7 * 0.1)


def test_a_move_today_can_be_won_from_tomorrow_on_at_age_one() -> None:
    won = constant(0.0, 0.0)
    won[1, 1] = 0.5  # the second stage wins at ages 1 and 2 only
    moves = np.zeros((2, 2, AGES))
    moves[0, 1] = 0.3
    value = curve(rates_of(won, constant(0.0, 0.0), moves), 2)
    assert value[0, 0] == pytest.approx(0.3 * 0.5)
    assert value[1, 0] == pytest.approx(0.5)  # not on the day of creation, but on the next
    assert value[1, 2] == pytest.approx(0.5)


def test_three_days_over_two_stages_as_worked_by_hand() -> None:
    moves = np.zeros((2, 2, AGES))
    moves[0, 1] = 0.2
    value = curve(rates_of(constant(0.1, 0.4), constant(0.1, 0.1), moves), 3)
    second = [0.4, 0.4 + 0.5 * 0.4]
    first = [0.1, 0.1 + 0.2 * second[0] + 0.6 * 0.1]
    assert value[0, 1] == pytest.approx(0.1 + 0.2 * second[1] + 0.6 * first[1])


def test_a_closed_form_for_constant_hazards() -> None:
    value = curve(rates_of(constant(0.01), constant(0.03)), 90)
    assert value[0, 40] == pytest.approx(0.25 * (1 - 0.96**90))


def test_hazards_of_a_day_never_sum_to_more_than_98_percent() -> None:
    value = curve(rates_of(constant(0.9), constant(0.9)), 400)
    assert value[0, 1] == pytest.approx(0.5)
    assert curve(rates_of(constant(0.9), constant(0.9)), 1)[0, 1] == pytest.approx(0.49)


def test_only_days_that_the_reward_counts_are_counted() -> None:
    reward = np.zeros((1, 10))
    reward[0, 4:] = 1
    rates = rates_of(constant(0.1), constant(0.2))
    assert curve(rates, 10, reward)[0, 3] == pytest.approx(0.7**4 * curve(rates, 6)[0, 3])


def test_weeks_come_to_what_days_come_to() -> None:
    rng = np.random.default_rng(5)
    moves = np.zeros((3, 3, AGES))
    moves[0, 1], moves[1, 2], moves[1, 0] = 0.03, 0.04, 0.004
    won, lost = rng.uniform(0, 0.02, (3, AGES)), rng.uniform(0, 0.02, (3, AGES))
    rates = rates_of(won, lost, moves, days=180)
    by_day = curve(rates, 180)
    steps = [slice(0, 5), *(slice(day, day + 7) for day in range(5, 180, 7))]
    for _, value in week_by_week(rates, np.ones((1, 180)), steps):
        by_week = weekly_to_daily(value[0, 0, 0])
    ages = np.array([1, 10, 30, 70, 150, 250])
    assert by_week[:, ages] == pytest.approx(by_day[:, ages], rel=0.04)


def test_few_profiles_stand_for_many_combinations() -> None:
    rng = np.random.default_rng(6)
    won, lost = rng.lognormal(0, 0.5, 60), rng.lognormal(0, 0.3, 60)
    profiles = RateProfiles.of(won, lost)
    assert len(profiles.won) == 16

    def value(at_won: float, at_lost: float) -> float:
        total = 0.006 * at_won + 0.01 * at_lost
        return 0.006 * at_won / total * (1 - (1 - total) ** 91)

    nodes = np.array([value(*pair) for pair in zip(profiles.won, profiles.lost, strict=True)])
    found = profiles.mix(np.arange(60), np.tile(nodes, (60, 1)))
    exact = [value(*pair) for pair in zip(won, lost, strict=True)]
    assert found == pytest.approx(exact, rel=0.02)


def test_up_to_sixteen_combinations_are_exact() -> None:
    profiles = RateProfiles.of(np.array([2.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0]))
    assert profiles.won.tolist() == [1, 2]
    assert profiles.mix(np.array([0, 1, 2]), np.tile([10.0, 20.0], (3, 1))).tolist() == [20, 10, 20]
