"""How right each person's calls were: of ended periods, on the days of the back-test."""

from typing import Final

import polars as pl

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.calls import called_at
from orchestration.forecast.fiscal_periods import Calendar
from orchestration.forecast.quarter_table import MONEY

SCHEMA: Final = {
    "owner_id": pl.String(),
    "phase": pl.Float64(),
    "n_periods": pl.Int64(),
    "first_period": pl.String(),
    "last_period": pl.String(),
    "called": MONEY,
    "actual": MONEY,
    "wape": pl.Float64(),
    "bias": pl.Float64(),
}


def call_scores(aggregates: Aggregates, days: pl.DataFrame, settled: pl.Series) -> pl.DataFrame:
    """One row per person and part of the period that was over (phase), of the periods that are `settled`.

    `days` are those of the back-test: as_of_date and phase. `called` and `actual` are sums over the periods
    that the person had called by that day; actual is what the person and everyone below them brought. WAPE is
    the sum of absolute errors over the sum of actuals, bias the same with signs: above 0, the person hopes.
    Both are null where nothing was brought.
    """
    if days.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    calendar = Calendar.of(aggregates)
    brought = (
        aggregates["owner_wins"].group_by("fiscal_period", "owner_id").agg(actual=pl.col("amount").sum())
    )
    asked = days.select("as_of_date", "phase").sort("as_of_date")
    periods = [calendar.from_current(as_of, 0)[0] for as_of in asked["as_of_date"]]
    called = pl.concat(
        called_at(aggregates, period, as_of).select(
            "owner_id", "called", phase=pl.lit(phase), fiscal_period=pl.lit(period.name)
        )
        for (as_of, phase), period in zip(asked.iter_rows(), periods, strict=True)
    ).filter(pl.col("fiscal_period").is_in(settled.implode()))
    error = pl.col("called") - pl.col("actual")
    missed, off, total = error.abs().sum(), error.sum(), pl.col("actual").sum()
    return (
        called.join(brought, on=["fiscal_period", "owner_id"], how="left", maintain_order="left")
        .with_columns(pl.col("called").cast(MONEY), pl.col("actual").fill_null(0).cast(MONEY))
        .group_by("owner_id", "phase", maintain_order=True)
        .agg(
            n_periods=pl.len().cast(pl.Int64),
            first_period=pl.col("fiscal_period").first(),
            last_period=pl.col("fiscal_period").last(),
            called=pl.col("called").sum(),
            actual=total,
            wape=pl.when(total > 0).then((missed.cast(pl.Float64) / total.cast(pl.Float64)).round(6)),
            bias=pl.when(total > 0).then((off.cast(pl.Float64) / total.cast(pl.Float64)).round(6)),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort("owner_id", "phase")
    )
