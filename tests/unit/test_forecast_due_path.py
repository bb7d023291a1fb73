import numpy as np
import pytest

from orchestration.forecast.classes import (
    DUE_CLASS_OF_STATE,
    DUE_STATES,
    FAR,
    LATE,
    NO_DATE,
    THIS_WEEK,
    VERY_LATE,
    due_state,
)
from orchestration.forecast.due_path import DuePath, transition


def path_of(counts: np.ndarray, redated_share: float = 0.0) -> DuePath:
    redated = np.zeros((2, DUE_STATES))
    redated[:, FAR] = 1
    creation = np.full((2, DUE_STATES), 1 / DUE_STATES)
    return DuePath(transition(counts), creation, np.array([redated_share, 0.0]), redated)


def test_days_to_the_expected_date_fall_into_states_and_classes() -> None:
    days = np.array([np.nan, -31, -30, -1, 0, 6, 7, 84, 90, 91])
    states = due_state(days)
    assert states.tolist() == [NO_DATE, VERY_LATE, LATE, LATE, THIS_WEEK, THIS_WEEK, 4, 15, 15, FAR]
    assert DUE_CLASS_OF_STATE[states].tolist() == [0, 1, 2, 2, 3, 3, 4, 7, 7, 8]


def test_rows_of_transitions_sum_to_one() -> None:
    counts = np.random.default_rng(1).integers(0, 50, (DUE_STATES, DUE_STATES)).astype(float)
    assert transition(counts).sum(axis=1) == pytest.approx(np.ones(DUE_STATES))


def test_without_evidence_a_date_comes_one_week_nearer_and_then_is_late() -> None:
    moves = transition(np.zeros((DUE_STATES, DUE_STATES)))
    assert moves[THIS_WEEK + 1, THIS_WEEK] == 1
    assert moves[THIS_WEEK, LATE] == 1
    assert moves[LATE, VERY_LATE] == 1
    for stays in (VERY_LATE, NO_DATE, FAR):
        assert moves[stays, stays] == 1


def test_pushes_are_weighed_against_five_pseudo_moves() -> None:
    counts = np.zeros((DUE_STATES, DUE_STATES))
    counts[THIS_WEEK, THIS_WEEK + 4] = 15
    assert transition(counts)[THIS_WEEK, [THIS_WEEK + 4, LATE]].tolist() == [0.75, 0.25]


def test_the_factor_today_is_that_of_the_deals_class() -> None:
    by_class = np.arange(9) + 1.0
    factors = path_of(np.zeros((DUE_STATES, DUE_STATES))).factors(by_class)
    assert factors[:, 0].tolist() == by_class[DUE_CLASS_OF_STATE].tolist()
    assert factors[THIS_WEEK, 1] == by_class[DUE_CLASS_OF_STATE[LATE]]


def test_a_move_that_always_sets_the_date_anew_forgets_the_old_one() -> None:
    value = np.random.default_rng(2).random((1, 1, DUE_STATES, 2))
    after = path_of(np.zeros((DUE_STATES, DUE_STATES)), redated_share=1.0).after_move(value)
    assert after[0, 0, :, 0] == pytest.approx(np.full(DUE_STATES, value[0, 0, FAR, 0]))
    assert after[0, 0, :, 1] == pytest.approx(value[0, 0, :, 1])


def test_part_of_a_week_moves_that_part_of_the_way() -> None:
    value = np.random.default_rng(3).random((1, 1, DUE_STATES, 2, 3))
    path = path_of(np.zeros((DUE_STATES, DUE_STATES)))
    halfway = (value + path.later(value, 1)) / 2
    assert path.later(value, 0.5) == pytest.approx(halfway)
