"""How right each method was: errors, bias and ranges of the back-test's forecasts."""

from typing import Final

import polars as pl

BENCHMARK: Final = "mean_of_3"
SCHEMA: Final = {
    "basis": pl.String(),
    "method": pl.String(),
    "phase": pl.Float64(),
    "n_forecasts": pl.Int64(),
    "first_period": pl.String(),
    "last_period": pl.String(),
    "wape": pl.Float64(),
    "bias": pl.Float64(),
    "coverage": pl.Float64(),
    "skill": pl.Float64(),
}


def scores(backtest: pl.DataFrame) -> pl.DataFrame:
    """One row per method and phase: all methods are scored on the same days.

    Those are days of settled periods on which there were enough wins for a forecast (reliability is
    not too_few) and one whole period to take a mean of. WAPE is the sum of absolute errors over the
    sum of actuals, bias the same with signs (above 0 is too high), coverage the share of actuals
    from p10 to p90, skill 1 - WAPE / WAPE of the mean of the last three periods.
    """
    error = pl.col("expected").cast(pl.Float64) - pl.col("actual").cast(pl.Float64)
    brought = pl.col("actual").cast(pl.Float64).sum()
    within = pl.col("actual").is_between(pl.col("p10"), pl.col("p90")).cast(pl.Float64)
    by_method = (
        scored(backtest)
        .sort("as_of_date", "method")
        .group_by("method", "phase", maintain_order=True)
        .agg(
            n_forecasts=pl.len().cast(pl.Int64),
            first_period=pl.col("fiscal_period").first(),
            last_period=pl.col("fiscal_period").last(),
            wape=pl.when(brought > 0).then(error.abs().sum() / brought),
            bias=pl.when(brought > 0).then(error.sum() / brought),
            coverage=within.mean(),
        )
    )
    benchmark = by_method.filter(method=BENCHMARK).select("phase", benchmark="wape")
    compared = by_method.join(benchmark, on="phase", how="left").with_columns(
        basis=pl.lit("backtest"),
        skill=pl.when(pl.col("benchmark") > 0).then(1 - pl.col("wape") / pl.col("benchmark")),
    )
    rounded = pl.col("wape", "bias", "coverage", "skill").round(6)
    return compared.with_columns(rounded).select(SCHEMA.keys()).sort("basis", "method", "phase")


def scored(backtest: pl.DataFrame) -> pl.DataFrame:
    """The rows of the back-test that count."""
    comparable = backtest.filter(pl.col("actual").is_not_null(), pl.col("reliability") != "too_few")
    days = comparable.filter(method=BENCHMARK).select("as_of_date")
    return comparable.join(days, on="as_of_date", how="semi")
