"""What wins teach about amounts: no single amount may outweigh all others."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, floats

FEWEST_WINS: Final = 20  # below, no amount can be called absurd
MEDIANS: Final = 20.0
P99_IN_QUARTILES: Final = 2.326 / 0.674  # of a normal: p99 over p75


def learnt_wins(aggregates: Aggregates, as_of: date) -> tuple[pl.DataFrame, float]:
    """The wins known before the as-of date, with no amount above the cap, and the cap.

    `amount` and `squared_amount` are sums over `deals`; taken-back wins are negative.
    """
    wins = aggregates.known("wins", "known_date", as_of)
    cap = amount_cap(wins)
    one = pl.col("win_amount").cast(pl.Float64).clip(upper_bound=cap)
    deals = pl.col("deals").cast(pl.Float64)
    return wins.with_columns(amount=deals * one, squared_amount=deals * one**2), cap


def amount_cap(wins: pl.DataFrame) -> float:
    """The largest amount that may count in a mean; infinite with fewer than twenty wins.

    It is twenty medians, or the 99 % quantile of a log-normal with the wins' own median and upper
    quartile where that is more. The wins' own 99 % quantile would not do: among fewer than a
    hundred it is the absurd amount itself.
    """
    each = wins.group_by("win_amount").agg(pl.col("deals").sum()).sort("win_amount")
    each = each.filter((pl.col("win_amount") > 0) & (pl.col("deals") > 0))
    if float(each["deals"].sum()) < FEWEST_WINS:
        return float("inf")
    amount, passed = floats(each, "win_amount"), np.cumsum(floats(each, "deals"))
    median, upper = amount[np.searchsorted(passed, np.array([0.5, 0.75]) * passed[-1])]
    return float(median * max(MEDIANS, (upper / median) ** P99_IN_QUARTILES))
