"""Rates to some other currency, as CRMs keep them, as rates to the reporting currency."""

from collections.abc import Sequence

import polars as pl

from orchestration.extracts.landings import SOURCE_ROW

KEY = ("currency", "valid_from")


def rebased(tables: Sequence[pl.DataFrame], reporting_currency: str) -> pl.DataFrame:
    """Rates to any one currency, divided by that of the reporting one; unknown where it has none.

    A currency has the rates of the first table that names it. What it is worth changes also on days on which
    only the reporting currency's own rate does.
    """
    rates = tables[0]
    for table in tables[1:]:
        rates = pl.concat([rates, table.join(rates, on="currency", how="anti")])
    own = rates.filter(pl.col("currency") == reporting_currency).select(
        "valid_from", pl.col("rate_to_reporting").alias("_own")
    )
    days = rates.select(*KEY)
    if own.height:
        moved = days.select("currency").unique().join(own.select("valid_from"), how="cross")
        days = pl.concat([days, moved]).unique()
    in_force = (
        (pl.col("rate_to_reporting", SOURCE_ROW)).forward_fill().over("currency", order_by="valid_from")
    )
    return (
        days.join(rates, on=KEY, how="left")
        .join(own, on="valid_from", how="left")
        .sort(*KEY)
        .with_columns(in_force, pl.col("_own").forward_fill().over("currency", order_by="valid_from"))
        .filter(pl.col(SOURCE_ROW).is_not_null())
        .with_columns((pl.col("rate_to_reporting") / pl.col("_own")).alias("rate_to_reporting"))
        .select(rates.columns)
        .sort(SOURCE_ROW, "valid_from")
    )
