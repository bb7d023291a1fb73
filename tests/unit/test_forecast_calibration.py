"""Chances of deals against what became of them, worked by hand."""

import numpy as np
import polars as pl
import pytest

from orchestration.forecast.backtest import SAID_SCHEMA
from orchestration.forecast.calibration import BINS, EDGES, DealOutcomes, calibration


def test_deals_are_counted_by_band_and_the_brier_score_is_their_mean_squared_error() -> None:
    found = DealOutcomes.of(np.array([0.0, 0.05, 0.6, 1.0]), np.array([False, True, True, True]))
    assert found.deals.tolist() == [1, 0, 1, 0, 0, 0, 1, 1]  # a band begins with its lower edge
    assert found.expected.tolist() == [0, 0, 0.05, 0, 0, 0, 0.6, 1]
    assert found.won.tolist() == [0, 0, 1, 0, 0, 0, 1, 1]
    assert found.brier == pytest.approx((0.95**2 + 0.4**2) / 4)


def test_a_day_without_open_deals_has_no_brier_score() -> None:
    found = DealOutcomes.of(np.zeros(0), np.zeros(0, dtype=bool))
    assert (found.brier, found.deals.sum()) == (None, 0)


def test_bands_add_up_over_days_and_those_with_too_few_wins_do_not_count() -> None:
    def day(deals: int, expected: float, won: int, reliability: str = "good") -> dict[str, object]:
        def only(value: float) -> list[float]:
            return [0.0, value, *[0.0] * (BINS - 2)]

        counts = {"bin_deals": only(deals), "bin_expected": only(expected), "bin_won": only(won)}
        known = {"method": "hazard", "reliability": reliability, **counts}
        return {**dict.fromkeys(SAID_SCHEMA), **known}

    rows = [day(10, 0.3, 1), day(30, 1.2, 0), day(50, 2, 50, "too_few")]
    without = {**dict.fromkeys(SAID_SCHEMA), "method": "mean_of_3", "reliability": "good"}
    found = calibration(pl.DataFrame([*rows, without], schema=SAID_SCHEMA, orient="row"))
    assert found.rows() == [("backtest", "hazard", EDGES[1], EDGES[2], 40, 1, 0.0375, 0.025)]
    assert calibration(pl.DataFrame(schema=SAID_SCHEMA)).is_empty()
