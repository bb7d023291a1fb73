"""What people call of the current period, as they said it and corrected by how right they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, floats
from orchestration.forecast.classes import Floats, Ints
from orchestration.forecast.fiscal_periods import (
    LAST_PERIODS,
    Period,
    cut,
    landmark_day,
)

PAST_CALLS_SCHEMA: Final = {
    "fiscal_period": pl.String(),
    "owner_id": pl.String(),
    "is_topmost": pl.Boolean(),
    "called": pl.Float64(),
    "actual": pl.Float64(),
}


def called_totals(
    aggregates: Aggregates, ended: Sequence[Period], current: Period, as_of: date
) -> dict[str, float]:
    """The company's total of the current period by the methods that people's calls give.

    `calls` adds what the topmost callers said; it is left out where nobody called. `calls_corrected` adds
    each of these calls times the caller's `Correction`, learnt on the same day of ended periods, and what
    the last three of these brought beside the callers; it needs one ended period that somebody called.
    """
    called = called_at(aggregates, current, as_of).filter("is_topmost")
    if called.is_empty():
        return {}
    totals = {"calls": float(called["called"].sum())}
    past = past_calls(aggregates, ended, current, as_of)
    if not past.is_empty():
        ratio = Correction.of(past).ratios(called["owner_id"])
        totals["calls_corrected"] = float((floats(called, "called") * ratio).sum()) + _uncalled(
            aggregates, past, as_of
        )
    return totals


def called_at(aggregates: Aggregates, period: Period, as_of: date) -> pl.DataFrame:
    """Each person's newest call of a period before a day (owner_id, called, is_topmost), by person."""
    known = cut(aggregates.known("calls", "day_date", as_of), period)
    newest = known.group_by("owner_id").agg(pl.all().sort_by("day_date").last())
    return newest.drop_nulls("amount").select("owner_id", "is_topmost", called="amount").sort("owner_id")


def past_calls(aggregates: Aggregates, ended: Sequence[Period], current: Period, as_of: date) -> pl.DataFrame:
    """What was called of ended periods, as far in them as the as-of date lies in the current one.

    One row per period and person, in this order, beside what the person and everyone below them brought as
    it is known before the as-of date.
    """
    wins = aggregates.known("owner_wins", "known_date", as_of)
    brought = wins.group_by("fiscal_period", "owner_id").agg(actual=pl.col("amount").sum().cast(pl.Float64))
    frames = [
        called_at(aggregates, past, landmark_day(as_of, current, past))
        .with_columns(fiscal_period=pl.lit(past.name))
        .join(brought, on=["fiscal_period", "owner_id"], how="left", maintain_order="left")
        .with_columns(pl.col("called").cast(pl.Float64), pl.col("actual").fill_null(0.0))
        .select(PAST_CALLS_SCHEMA.keys())
        for past in ended
    ]
    return pl.concat([pl.DataFrame(schema=PAST_CALLS_SCHEMA), *frames])


@dataclass(frozen=True)
class Correction:
    """What each person's call must be multiplied with: their own actual over called, shrunk.

    A person's ratio is `Z * own + (1 - Z) * pooled`, with the weight Z = called / (called + s2 / a) of what
    they called so far; s2 is the variance of a person's ratios from period to period, a that of the persons
    about the pooled ratio, both weighed by what was called. Z is 0 where persons differ no more than
    chance has it, or where nobody called twice.

    Source: Buehlmann and Straub, "Glaubwuerdigkeit fuer Schadensaetze", Mitteilungen der Vereinigung
    schweizerischer Versicherungsmathematiker 70 (1970), 111-133.
    """

    owners: list[str]
    shrunk: Floats
    pooled: float

    @classmethod
    def of(cls, past: pl.DataFrame) -> "Correction":
        """Learn it from rows of `past_calls`; calls of nothing have no ratio."""
        rows = past.filter(pl.col("called") > 0)
        if rows.is_empty():
            return cls([], np.zeros(0), 1.0)
        owners = sorted(set(rows["owner_id"]))
        number = {owner: position for position, owner in enumerate(owners)}
        code: Ints = np.array([number[owner] for owner in rows["owner_id"]], dtype=np.int64)
        called, actual = floats(rows, "called"), floats(rows, "actual")
        weight = np.bincount(code, called)
        own = np.bincount(code, actual) / weight
        pooled = float(actual.sum() / called.sum())
        repeated = len(rows) - len(owners)
        persons = len(owners) - 1
        spread = weight.sum() - (weight**2).sum() / weight.sum()
        if repeated == 0 or persons == 0 or spread <= 0:
            return cls(owners, np.full(len(owners), pooled), pooled)
        within = float((called * (actual / called - own[code]) ** 2).sum()) / repeated
        between = (float((weight * (own - pooled) ** 2).sum()) - persons * within) / spread
        trust = weight / (weight + within / between) if between > 0 else np.zeros(len(owners))
        return cls(owners, trust * own + (1 - trust) * pooled, pooled)

    def ratios(self, owners: pl.Series) -> Floats:
        """The ratio of each person; the pooled one of whoever has not called before."""
        known = dict(zip(self.owners, self.shrunk.tolist(), strict=True))
        return np.array([known.get(owner, self.pooled) for owner in owners], dtype=np.float64)


def _uncalled(aggregates: Aggregates, past: pl.DataFrame, as_of: date) -> float:
    """The mean of what the last called periods brought beside those whose calls counted."""
    wins = aggregates.known("wins", "known_date", as_of)
    in_all = wins.group_by("fiscal_period").agg(total=pl.col("amount").sum().cast(pl.Float64))
    called = pl.col("actual").filter("is_topmost").sum()
    by_period = past.group_by("fiscal_period", maintain_order=True).agg(called=called).tail(LAST_PERIODS)
    rest = by_period.join(in_all, on="fiscal_period", how="left", maintain_order="left").select(
        (pl.col("total").fill_null(0.0) - pl.col("called")).clip(lower_bound=0.0)
    )
    return float(rest.to_series().sum()) / len(rest)
