"""Rows of forecast_deals."""

from datetime import date

import polars as pl

from orchestration.forecast.classes import Ints
from orchestration.forecast.hazard_method import HazardForecast
from orchestration.forecast.quarter_table import MONEY, money


def deal_table(fitted: HazardForecast, cents: Ints, as_of: date, fiscal_period: str) -> pl.DataFrame:
    """One row per open deal: `expected_amount` sums to the hazard method's open part, to the cent.

    It is amount x p_won_in_period, but for deals of the top amount class, of which the bigger win
    less.
    """
    probabilities = fitted.probabilities
    return fitted.deals.frame.select(
        as_of_date=pl.lit(as_of),
        deal_id="deal_id",
        fiscal_period=pl.lit(fiscal_period),
        stage="stage",
        owner_id="owner_id",
        amount=pl.col("amount").cast(MONEY),
        is_amount_assumed="is_amount_assumed",
        close_date="close_date",
        age_in_stage_days=pl.col("age_days").cast(pl.Int64),
        p_won=pl.Series(probabilities.ever.round(6)),
        p_won_in_period=pl.Series(probabilities.in_period[:, 0].round(6)),
        expected_amount=money(cents),
    )
