"""What a won deal brings: the mean, by amount class, and how much it varies."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, floats, ints
from orchestration.forecast.classes import AMOUNT_CLASSES, TOP_AMOUNT, Floats, tally
from orchestration.forecast.exposure import Exposure
from orchestration.forecast.learnt_wins import learnt_wins

MEMORY_DAYS: Final = 365
PSEUDO_DEALS: Final = 3.0
PSEUDO_TOP_DEALS: Final = 5.0


@dataclass(frozen=True)
class WonAmounts:
    """Money per won deal. `top_factor` scales open deals of the top class: its bigger ones win less."""

    mean: float
    mean_square: float
    by_class: Floats
    top_factor: float

    @property
    def squared_variation(self) -> float:
        """Variance over squared mean."""
        return max(0.0, self.mean_square / self.mean**2 - 1) if self.mean > 0 else 0.0

    @classmethod
    def known_at(cls, aggregates: Aggregates, exposure: Exposure, as_of: date) -> "WonAmounts":
        """Amounts of the year before the as-of date; of all history where that holds no amount."""
        wins, cap = learnt_wins(aggregates, as_of)
        recent = wins.filter(pl.col("known_date") >= as_of - timedelta(days=MEMORY_DAYS))
        wins = recent if recent["deals"].sum() > 0 and recent["amount"].sum() > 0 else wins
        deals, amount = _by_class(wins, "deals"), _by_class(wins, "amount")
        mean = _mean(amount.sum(), deals.sum(), 0.0)
        has_classes = bool(aggregates["attributes"]["has_amount_classes"].item())
        by_class = np.full(len(AMOUNT_CLASSES), mean)
        if has_classes:
            created = aggregates.known("arrivals", "created_date", as_of).with_columns(
                pl.min_horizontal(pl.col("amount").cast(pl.Float64), pl.col("deals") * cap)
            )
            all_deals, all_amount = _by_class(created, "deals"), _by_class(created, "amount")
            typical = np.where(all_amount > 0, all_amount / np.maximum(all_deals, 1), mean)
            by_class = (amount + PSEUDO_DEALS * typical) / (deals + PSEUDO_DEALS)
        return cls(
            mean,
            _mean(_by_class(wins, "squared_amount").sum(), deals.sum(), 0.0),
            by_class,
            _top_factor(exposure, cap) if has_classes else 1.0,
        )


def _top_factor(exposure: Exposure, cap: float) -> float:
    """Mean amount of the top class's won deals over that of all its closed ones, shrunk to 1."""
    closed = (exposure.amount[exposure.event_cell] == TOP_AMOUNT) & ~exposure.of_kind("moved")
    if not closed.any():
        return 1.0
    won = closed & exposure.of_kind("won")
    amount = np.minimum(exposure.event_amount, exposure.event_deals * cap)
    mean = _mean(amount[closed].sum(), exposure.event_deals[closed].sum(), 0.0)
    if mean <= 0:
        return 1.0
    won_in_means = amount[won].sum() / mean
    return float((won_in_means + PSEUDO_TOP_DEALS) / (exposure.event_deals[won].sum() + PSEUDO_TOP_DEALS))


def _by_class(frame: pl.DataFrame, column: str) -> Floats:
    return tally(ints(frame, "amount_class"), floats(frame, column), len(AMOUNT_CLASSES))


def _mean(total: float, count: float, otherwise: float) -> float:
    return float(total / count) if count > 0 else otherwise
