"""What a forecast must beat: the CRM's own number and the mean of the last periods."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, floats
from orchestration.forecast.classes import Floats
from orchestration.forecast.fiscal_periods import LAST_PERIODS, Period, cut
from orchestration.forecast.learnt_wins import learnt_wins

DAYS_A_YEAR: Final = 365


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


def past_totals(
    aggregates: Aggregates, ended: list[Period], periods: list[Period], as_of: date
) -> list[dict[str, float]]:
    """Per period what each baseline makes of the ended ones; a baseline with nothing to go by is left out.

    The mean of the last three, the last one, and the one that lies a year before. The last is given
    only where the history reaches back a year from the current period.
    """
    wins, _ = learnt_wins(aggregates, as_of)
    revenue = {past: float(cut(wins, past)["amount"].sum() or 0) for past in ended}
    if not ended:
        return [{} for _ in periods]
    recent = [revenue[past] for past in ended[-LAST_PERIODS:]]
    always = {"mean_of_3": sum(recent) / len(recent), "last_period": recent[-1]}
    last_year = [year_before(period, ended) for period in periods]
    return [
        always if past is None or last_year[0] is None else {**always, "same_period_last_year": revenue[past]}
        for past in last_year
    ]


def year_before(period: Period, ended: list[Period]) -> Period | None:
    """The ended period in which the day a year before the middle of a period lies."""
    day = period.start + timedelta(days=period.length // 2 - DAYS_A_YEAR)
    return next((past for past in ended if past.start <= day < past.end), None)
