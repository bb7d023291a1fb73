"""Of deals that were given some chance to be won within the period, how many were."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from orchestration.forecast.classes import Floats, tally

EDGES: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
BINS: Final = len(EDGES) - 1
SCHEMA: Final = {
    "basis": pl.String(),
    "method": pl.String(),
    "p_from": pl.Float64(),
    "p_to": pl.Float64(),
    "n_forecasts": pl.Int64(),
    "n_won": pl.Int64(),
    "expected_share": pl.Float64(),
    "won_share": pl.Float64(),
}
COUNTS: Final = ("bin_deals", "bin_expected", "bin_won")


@dataclass(frozen=True)
class DealOutcomes:
    """Open deals of one day by the chance that a method gave them: how many, their chances, those won."""

    deals: Floats
    expected: Floats
    won: Floats
    brier: float | None  # mean squared difference between chance and outcome; none without deals

    @classmethod
    def of(cls, chance: Floats, is_won: np.ndarray[Any, np.dtype[np.bool_]]) -> "DealOutcomes":
        """The outcomes of deals that were given these chances."""
        place = np.clip(np.searchsorted(EDGES, chance, side="right") - 1, 0, BINS - 1)
        won = is_won.astype(np.float64)
        return cls(
            tally(place, np.ones(len(chance)), BINS),
            tally(place, chance, BINS),
            tally(place, won, BINS),
            round(float(((chance - won) ** 2).mean()), 9) if len(chance) else None,
        )


def calibration(said: pl.DataFrame) -> pl.DataFrame:
    """One row per method and band of chances (`p_from` up to below `p_to`), over the days of the back-test.

    `said` has a row per day and method, its counts per band in lists. A deal counts on every day that
    it was open. Days with too few wins for a forecast do not count.
    """
    counted = said.filter(pl.col("reliability") != "too_few", pl.col("bin_deals").is_not_null())
    bands = pl.lit(list(range(BINS)), dtype=pl.List(pl.Int64()))
    summed = (
        counted.select("method", *COUNTS, band=bands)
        .explode(*COUNTS, "band")
        .group_by("method", "band")
        .agg(pl.col(COUNTS).sum())
        .filter(pl.col("bin_deals") > 0)
        .sort("method", "band")
    )
    edges = pl.Series(EDGES)
    shown = summed.select(
        basis=pl.lit("backtest"),
        method="method",
        p_from=edges.gather(summed["band"]),
        p_to=edges.gather(summed["band"] + 1),
        n_forecasts=pl.col("bin_deals").cast(pl.Int64),
        n_won=pl.col("bin_won").cast(pl.Int64),
        expected_share=(pl.col("bin_expected") / pl.col("bin_deals")).round(6),
        won_share=(pl.col("bin_won") / pl.col("bin_deals")).round(6),
    )
    return shown.cast(pl.Schema(SCHEMA))
