import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orchestration.forecast.coherence import share_out, to_cents


def test_cents_go_to_the_largest_remainders() -> None:
    assert share_out(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert share_out(100, np.array([0.5, 0.3, 0.2])).tolist() == [50, 30, 20]


def test_without_weights_all_get_the_same() -> None:
    assert share_out(4, np.zeros(2)).tolist() == [2, 2]


@given(
    st.integers(0, 10**12),
    st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=40),
)
def test_parts_always_add_up(total: int, weights: list[float]) -> None:
    parts = share_out(total, np.array(weights))
    assert parts.sum() == total
    assert (parts >= 0).all()


def test_amounts_become_whole_cents() -> None:
    assert to_cents(np.array([0.1 + 0.2, 1234567.895])).tolist() == [30, 123456790]
