"""What a forecast must beat: the CRM's own number and the mean of the last periods."""

from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, floats
from orchestration.forecast.classes import Floats
from orchestration.forecast.fiscal_periods import LAST_PERIODS, Period, cut
from orchestration.forecast.learnt_wins import learnt_wins


def crm_weighted(open_deals: pl.DataFrame, amount: Floats, period: Period, is_current: bool) -> Floats | None:
    """Amount x stage probability per open deal expected to close in the period.

    Where no open deal carries a date, all of them count in the current period. None where the CRM
    has no probabilities, or no dates for a later period.
    """
    probability = floats(open_deals, "probability")
    if open_deals.is_empty():
        return np.zeros(0)
    if np.isnan(probability).all():
        return None
    weighted = amount * np.nan_to_num(probability)
    close_date = open_deals["close_date"]
    if close_date.null_count() == len(close_date):
        return weighted if is_current else None
    counts = close_date.is_between(period.start, period.end, closed="left").fill_null(False)
    return np.asarray(weighted * counts.to_numpy(), dtype=np.float64)


def mean_of_last(aggregates: Aggregates, ended: list[Period], as_of: date) -> float | None:
    """Mean revenue of the last three of the ended periods; None without one."""
    wins, _ = learnt_wins(aggregates, as_of)
    revenue = [float(cut(wins, period)["amount"].sum() or 0) for period in ended[-LAST_PERIODS:]]
    return sum(revenue) / len(revenue) if revenue else None
