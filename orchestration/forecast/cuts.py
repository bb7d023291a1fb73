"""The cuts of the company (segment name x value) and how money is laid over them without a cent lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.classes import Floats, Ints, tally
from orchestration.forecast.coherence import share_out, to_cents
from orchestration.forecast.fiscal_periods import Period, cut

TOTAL: Final = ("all", "all")
ARRIVAL_DAYS: Final = 365
HALF_LIFE_DAYS: Final = 182
KEY: Final = ["segment_name", "segment_value"]


@dataclass(frozen=True)
class Cuts:
    """Every segment value with open deals, with wins in the periods shown or with recent arrivals.

    Money is in cents. The values of one segment name add up to the whole company.
    """

    keys: list[tuple[str, str]]
    groups: list[Ints]  # positions of the values of each segment name
    member_cut: Ints  # one element per open deal and segment name
    member_deal: Ints
    arrival_weight: Floats
    won: Ints  # cut x period
    wins: Floats

    @classmethod
    def known_at(
        cls, aggregates: Aggregates, deal_ids: pl.Series, periods: list[Period], as_of: date
    ) -> "Cuts":
        """The cuts as of a date."""
        members = aggregates["open_segments"].join(
            pl.DataFrame({"deal_id": deal_ids, "deal": np.arange(len(deal_ids))}), on="deal_id"
        )
        wins = aggregates.known("segment_wins", "known_date", as_of)
        names = [period.name for period in periods]
        arrivals = aggregates.known("segment_arrivals", "created_date", as_of).filter(
            pl.col("created_date") >= as_of - timedelta(days=ARRIVAL_DAYS)
        )
        shown = wins.filter(pl.col("fiscal_period").is_in(names))
        total = pl.DataFrame([TOTAL], schema=KEY, orient="row")
        seen = pl.concat([frame.select(KEY) for frame in (total, members, shown, arrivals)])
        keys = seen.unique().sort(KEY).with_columns(cut=pl.int_range(pl.len()))

        def per_cut(frame: pl.DataFrame, value: pl.Expr) -> Floats:
            summed = frame.group_by(KEY).agg(value=value.cast(pl.Float64))
            joined = keys.join(summed, on=KEY, how="left", maintain_order="left")
            return joined["value"].fill_null(0.0).to_numpy()

        age = (pl.lit(as_of) - pl.col("created_date")).dt.total_days()
        # deals of one day summed in order, so that the sum does not depend on the engine's threads
        weight = (pl.col("deals") * (0.5 ** (age / HALF_LIFE_DAYS)).round(9)).round(9)
        by_arrivals = per_cut(arrivals, weight.sum())
        by_wins = per_cut(wins, pl.col("deals").sum())
        numbered = members.join(keys, on=KEY).sort("cut", "deal")
        return cls(
            keys=list(keys.select(KEY).iter_rows()),
            groups=[
                np.array(frame["cut"]) for frame in keys.partition_by("segment_name", maintain_order=True)
            ],
            member_cut=numbered["cut"].to_numpy(),
            member_deal=numbered["deal"].to_numpy(),
            arrival_weight=by_arrivals if by_arrivals.any() else np.maximum(by_wins, 0),
            won=np.column_stack(
                [to_cents(per_cut(cut(wins, period), pl.col("amount").sum())) for period in periods]
            ),
            wins=by_wins,
        )

    @property
    def total(self) -> int:
        """Position of the whole company."""
        return self.keys.index(TOTAL)

    def sum_of_deals(self, values: Floats | Ints) -> Floats:
        """Sum over the open deals of each cut."""
        return tally(self.member_cut, values[self.member_deal].astype(np.float64), len(self.keys))

    def cents_of_deals(self, cents: Ints) -> Ints:
        """The same for whole cents, exactly."""
        sums = np.zeros(len(self.keys), dtype=np.int64)
        np.add.at(sums, self.member_cut, cents[self.member_deal])
        return sums

    def share(self, total: int, weights: Floats) -> Ints:
        """`total` cents laid over the values of each segment name in proportion to `weights`.

        Where a segment's weights are all 0, recent arrivals decide.
        """
        parts = np.zeros(len(self.keys), dtype=np.int64)
        for group in self.groups:
            weighed = weights[group] if weights[group].sum() > 0 else self.arrival_weight[group]
            parts[group] = share_out(total, weighed)
        return parts

    def arrival_shares(self) -> Floats:
        """Each cut's share of recent arrivals within its segment name."""
        shares = np.zeros(len(self.keys))
        for group in self.groups:
            weight = self.arrival_weight[group]
            shares[group] = weight / weight.sum() if weight.sum() > 0 else 1 / len(group)
        return shares

    def __iter__(self) -> Iterator[tuple[int, tuple[str, str]]]:
        return iter(enumerate(self.keys))
