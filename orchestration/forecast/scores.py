"""How right each method was: errors, bias and ranges of the back-test's forecasts."""

from typing import Final

import polars as pl

BENCHMARK: Final = "mean_of_3"
LEVELS: Final = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
SCHEMA: Final = {
    "basis": pl.String(),
    "method": pl.String(),
    "phase": pl.Float64(),
    "n_forecasts": pl.Int64(),
    "first_period": pl.String(),
    "last_period": pl.String(),
    "wape": pl.Float64(),
    "bias": pl.Float64(),
    "pinball": pl.Float64(),
    "coverage": pl.Float64(),
    "brier": pl.Float64(),
    "skill": pl.Float64(),
}


def scores(forecasts: pl.DataFrame, basis: str = "backtest") -> pl.DataFrame:
    """One row per method and phase, of the days that count on which the method gave a number.

    `forecasts` are rows of the back-test, or of `published`.

    WAPE is the sum of absolute errors over the sum of actuals, bias the same with signs (above 0 is too
    high), pinball the same of p10, p50 and p90: what an error costs a quantile, 0.1 or 0.9 of it on either
    side; coverage the share of actuals from p10 to p90, brier the mean squared error of open deals' chances,
    skill 1 - WAPE / WAPE of the mean of the last three periods on the same days.
    """
    error = pl.col("expected").cast(pl.Float64) - pl.col("actual").cast(pl.Float64)
    brought = pl.col("actual").cast(pl.Float64).sum()
    missed, benchmark = pl.col("error").abs().sum(), pl.col("benchmark").abs().sum()
    actual = pl.col("actual").cast(pl.Float64)
    misses = [(level, actual - pl.col(name).cast(pl.Float64)) for name, level in LEVELS.items()]
    losses = [pl.max_horizontal(level * miss, (level - 1) * miss) for level, miss in misses]
    pinball = pl.mean_horizontal(losses, ignore_nulls=False).sum()
    has_range = pl.col("p10").is_not_null()
    deals = pl.col("n_open").filter(pl.col("brier").is_not_null()).sum()
    within = pl.col("actual").is_between(pl.col("p10"), pl.col("p90")).cast(pl.Float64)
    compared = (
        scored(forecasts)
        .sort("as_of_date", "method")
        .with_columns(error=error)
        .with_columns(
            benchmark=pl.col("error").filter(pl.col("method") == BENCHMARK).first().over("as_of_date")
        )
        .group_by("method", "phase", maintain_order=True)
        .agg(
            n_forecasts=pl.len().cast(pl.Int64),
            first_period=pl.col("fiscal_period").first(),
            last_period=pl.col("fiscal_period").last(),
            wape=pl.when(brought > 0).then(missed / brought),
            bias=pl.when(brought > 0).then(pl.col("error").sum() / brought),
            pinball=pl.when(actual.filter(has_range).sum() > 0).then(
                pinball / actual.filter(has_range).sum()
            ),
            coverage=within.mean(),
            brier=pl.when(deals > 0).then((pl.col("brier") * pl.col("n_open")).sum() / deals),
            skill=pl.when(benchmark > 0).then(1 - missed / benchmark),
        )
        .with_columns(basis=pl.lit(basis))
    )
    rounded = pl.col("wape", "bias", "pinball", "coverage", "brier", "skill").round(6)
    return compared.with_columns(rounded).select(SCHEMA.keys()).sort("basis", "method", "phase")


def published(quarters: pl.DataFrame) -> pl.DataFrame:
    """What was published of the company's then current periods, laid out as the back-test is.

    The phase is that of the last of the nine days of the back-test before the as-of date. Of deals nothing
    is said: their chances were not kept.
    """
    length = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    passed = (pl.col("as_of_date") - pl.col("period_start")).dt.total_days()
    current = pl.col("as_of_date").is_between(pl.col("period_start"), pl.col("period_end"))
    return quarters.filter(current, segment_name="all", segment_value="all").with_columns(
        phase=((9 * (2 * passed + 1) // (2 * length)) / 9).round(6), brier=pl.lit(None, dtype=pl.Float64)
    )


def scored(backtest: pl.DataFrame) -> pl.DataFrame:
    """The rows of the back-test that count.

    They are of settled periods and of days on which there were enough wins for a forecast
    (reliability is not too_few) and one whole period to take a mean of.
    """
    comparable = backtest.filter(pl.col("actual").is_not_null(), pl.col("reliability") != "too_few")
    days = comparable.filter(method=BENCHMARK).select("as_of_date")
    return comparable.join(days, on="as_of_date", how="semi")
