"""What was said on past days, as a headline of today may learn from it."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from orchestration.forecast.aggregates import PREFIX
from orchestration.forecast.headline import PastDay


def ended_before(past: Sequence[PastDay], as_of: date) -> list[PastDay]:
    """The days of periods that were over by a day."""
    return [day for day in past if day.period_end < as_of]


def brought_before(frames: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, float]:
    """What each period brought, as it was known at the start of a day."""
    wins = frames[PREFIX + "wins"].filter(pl.col("known_date") < as_of)
    sums = wins.group_by("fiscal_period").agg(pl.col("amount").sum().cast(pl.Float64))
    return dict(sums.iter_rows())
