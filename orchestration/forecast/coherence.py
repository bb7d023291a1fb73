"""Money shared out in whole cents, so that parts add up to their total exactly."""

import numpy as np

from orchestration.forecast.classes import Floats, Ints


def to_cents(amounts: Floats) -> Ints:
    """Amounts in whole cents."""
    return np.round(amounts * 100).astype(np.int64)


def share_out(total: int, weights: Floats) -> Ints:
    """`total` cents divided in proportion to `weights`, by largest remainder; equally if all are 0.

    Ties go to the first. Source: Balinski & Young, "Fair Representation", 1982 (Hamilton's method).

    >>> share_out(100, np.array([1.0, 1.0, 1.0])).tolist()
    [34, 33, 33]
    """
    if len(weights) == 0:
        return np.zeros(0, dtype=np.int64)
    if weights.sum() <= 0:
        weights = np.ones(len(weights))
    exact = total * (weights / weights.sum())
    parts = np.floor(exact).astype(np.int64)
    missing = total - int(parts.sum())
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[:missing]] += 1
    return np.asarray(parts, dtype=np.int64)


def split_rest(expected: float, won: int, open_part: int, new_part: int) -> tuple[int, int]:
    """What is expected beyond the cents won, as cents from open and from new deals in the ratio of two parts.

    All of it is new where both parts are 0; none where more is won than expected.
    """
    rest = max(0, round(expected * 100) - won)
    ratio = np.array([open_part, new_part] if open_part + new_part > 0 else [0, 1], dtype=np.float64)
    open_cents, new_cents = share_out(rest, ratio)
    return int(open_cents), int(new_cents)
