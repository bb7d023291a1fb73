"""Rows of forecast_quarters."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.classes import Floats, Ints
from orchestration.forecast.coherence import to_cents
from orchestration.forecast.cuts import Cuts
from orchestration.forecast.fiscal_periods import Period
from orchestration.forecast.interval import Range
from orchestration.forecast.reliability import Reliability

MONEY: Final = pl.Decimal(18, 2)
PARTS: Final = ("won_to_date", "open_expected", "new_expected", "expected")
RANGE: Final = ("p10", "p50", "p90", "sd_deal", "sd_system")
SCHEMA: Final = {
    "as_of_date": pl.Date(),
    "fiscal_period": pl.String(),
    "period_start": pl.Date(),
    "period_end": pl.Date(),
    "segment_name": pl.String(),
    "segment_value": pl.String(),
    "method": pl.String(),
    **dict.fromkeys((*PARTS, *RANGE), MONEY),
    "n_open": pl.Int64(),
    "open_amount": MONEY,
    "wins_in_history": pl.Int64(),
    "reliability": pl.String(),
    "reliability_reason": pl.String(),
    "blend_weight": pl.Float64(),
    "actual": MONEY,
}


@dataclass(frozen=True)
class Parts:
    """Cents per cut: won to date, from open deals, from deals not created yet."""

    won: Ints
    open: Ints
    new: Ints

    @property
    def expected(self) -> Ints:
        """Their sum."""
        return self.won + self.open + self.new


def quarter_table(
    as_of: date,
    period: Period,
    method: str,
    cuts: Cuts,
    parts: Parts,
    verdicts: list[Reliability],
    ranges: list[Range | None],
    open_amount: Floats,
    blend_weight: float | None = None,
) -> pl.DataFrame:
    """One row per cut of one method and period; `blend_weight` is the method's in the headline."""
    height = len(cuts.keys)
    shown = {
        name: money([None if one is None else round(getattr(one, name) * 100) for one in ranges])
        for name in RANGE
    }
    return pl.DataFrame(
        {
            "as_of_date": [as_of] * height,
            "fiscal_period": [period.name] * height,
            "period_start": [period.start] * height,
            "period_end": [period.last_day] * height,
            "segment_name": [name for name, _ in cuts.keys],
            "segment_value": [value for _, value in cuts.keys],
            "method": [method] * height,
            "won_to_date": money(parts.won),
            "open_expected": money(parts.open),
            "new_expected": money(parts.new),
            "expected": money(parts.expected),
            **shown,
            "n_open": cuts.cents_of_deals(np.ones(len(open_amount), dtype=np.int64)),
            "open_amount": money(cuts.cents_of_deals(to_cents(open_amount))),
            "wins_in_history": cuts.wins.astype(np.int64),
            "reliability": [verdict.verdict for verdict in verdicts],
            "reliability_reason": [verdict.reason for verdict in verdicts],
            "blend_weight": [blend_weight] * height,
            "actual": [None] * height,
        },
        schema=SCHEMA,
    )


def money(cents: Ints | list[int | None]) -> pl.Series:
    """Whole cents as money."""
    scaled = pl.Series(cents, dtype=pl.Int64).cast(pl.Decimal(38, 0)) * pl.Series(["0.01"]).cast(MONEY)
    return scaled.cast(MONEY)
