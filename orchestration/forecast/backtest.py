"""The back-test: what the forecast would have said on days of ended periods, from what was known then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import PREFIX
from orchestration.forecast.calibration import COUNTS, DealOutcomes
from orchestration.forecast.coherence import split_rest
from orchestration.forecast.cuts import TOTAL
from orchestration.forecast.forecasting import forecast_current
from orchestration.forecast.headline import Headline, Member, PastDay, headline
from orchestration.forecast.interval import BigDeals, range_of
from orchestration.forecast.known_inputs import KnownInputs, known_at
from orchestration.forecast.quarter_table import MONEY, PARTS, RANGE, SCHEMA
from orchestration.forecast.track_record import brought_before, ended_before

PAST_DAYS: Final = PREFIX + "past_days"
PAST_OPEN_DEALS: Final = PREFIX + "past_open_deals"
OUTCOME: Final = "is_won_in_period"  # of a past open deal: what the forecast must not see
BACKTEST_SCHEMA: Final = {
    "as_of_date": SCHEMA["as_of_date"],
    "phase": pl.Float64(),
    **SCHEMA,
    "brier": pl.Float64(),
}
SAID_SCHEMA: Final = {
    "fingerprint": pl.String(),
    **BACKTEST_SCHEMA,
    "prior_variance": pl.Float64(),
    "deal_variance": pl.Float64(),
    "big_amounts": pl.List(pl.Float64()),
    "big_chances": pl.List(pl.Float64()),
    **dict.fromkeys(COUNTS, pl.List(pl.Float64())),
}


@dataclass(frozen=True)
class Backtest:
    """`rows` of every past day and method, beside the actual; `said` keeps the costly part of them.

    `past` is what the headline of today may learn from, `days_anew` how many days were not taken over.
    """

    rows: pl.DataFrame
    said: pl.DataFrame
    past: list[PastDay]
    days_anew: int


def backtest(
    frames: Mapping[str, pl.DataFrame],
    days: pl.DataFrame,
    open_deals: Callable[[date], pl.DataFrame],
    actuals: pl.DataFrame,
    program: str = "",
    said_before: pl.DataFrame | None = None,
) -> Backtest:
    """The forecast of the whole company for the then current period, as of every day of `days`.

    `frames` are the tables of AGGREGATES as of today, `days` the columns as_of_date and phase,
    `open_deals` gives the rows of the past open deals as of one day, ordered by deal, and whether each
    was won in the period. `actuals` has what each settled period brought by cut; a period before a
    settled one without a row brought 0.

    What a `program` has `said_before` of a day is taken over where it would read the same again. The headline
    is made anew of all days: it learns from the ones before.
    """
    known = KnownInputs(frames, program)
    before = {} if said_before is None else said_before.partition_by("fingerprint", as_dict=True)
    said, days_anew = [], 0
    for as_of, phase in days.select("as_of_date", "phase").sort("as_of_date").iter_rows():
        deals = open_deals(as_of)
        fingerprint = known.fingerprint(as_of, deals)
        kept = before.get((fingerprint,))
        days_anew += kept is None
        said.append(_said(frames, deals, as_of, phase, fingerprint) if kept is None else kept)
    past: list[PastDay] = []
    rows = []
    for one_day in said:
        as_of = one_day["as_of_date"][0]
        day = _DaySaid.of(one_day)
        found = day.headline(ended_before(past, as_of), brought_before(frames, as_of))
        rows.append(day.rows(found))
        past.append(day.as_past(found))
    kept_rows = pl.concat(said) if said else pl.DataFrame(schema=SAID_SCHEMA)
    all_rows = pl.concat(rows) if rows else pl.DataFrame(schema=BACKTEST_SCHEMA)
    settled = all_rows.drop("actual").join(_of_the_company(frames, actuals), on="fiscal_period", how="left")
    return Backtest(
        settled.select(BACKTEST_SCHEMA.keys()).sort("as_of_date", "method"), kept_rows, past, days_anew
    )


def _said(
    frames: Mapping[str, pl.DataFrame], open_deals: pl.DataFrame, as_of: date, phase: float, fingerprint: str
) -> pl.DataFrame:
    """What the methods say on one day, and what the headline needs to know of them."""
    current = forecast_current(known_at(frames, open_deals.drop(OUTCOME), as_of), as_of)
    outcomes = {
        method: DealOutcomes.of(chance, open_deals[OUTCOME].to_numpy())
        for method, chance in current.chances.items()
    }
    by_method = [outcomes.get(method) for method in current.rows["method"]]
    prior = {name: member.prior_variance for name, member in current.members.items()}
    height = current.rows.height
    beside = {
        "fingerprint": [fingerprint] * height,
        "phase": [phase] * height,
        "prior_variance": [prior.get(method) for method in current.rows["method"]],
        "deal_variance": [current.deal_variance] * height,
        "big_amounts": [current.big_deals.amount.tolist()] * height,
        "big_chances": [current.big_deals.probability.tolist()] * height,
        "bin_deals": [None if one is None else one.deals.tolist() for one in by_method],
        "bin_expected": [None if one is None else one.expected.tolist() for one in by_method],
        "bin_won": [None if one is None else one.won.tolist() for one in by_method],
        "brier": [None if one is None else one.brier for one in by_method],
    }
    schema = {name: SAID_SCHEMA[name] for name in beside}
    return pl.concat([current.rows, pl.DataFrame(beside, schema=schema)], how="horizontal").select(
        SAID_SCHEMA.keys()
    )


@dataclass(frozen=True)
class _DaySaid:
    """What the methods said on one day, read back."""

    said: pl.DataFrame
    hazard: dict[str, Any]  # its row
    members: Mapping[str, Member]

    @classmethod
    def of(cls, said: pl.DataFrame) -> "_DaySaid":
        rows = list(said.iter_rows(named=True))
        members = {
            row["method"]: Member(float(row["expected"]), row["prior_variance"])
            for row in rows
            if row["prior_variance"] is not None
        }
        return cls(said, next(row for row in rows if row["method"] == "hazard"), members)

    def headline(self, past: Sequence[PastDay], brought: Mapping[str, float]) -> Headline:
        return headline(self.members, float(self.hazard["won_to_date"]), self.hazard["phase"], past, brought)

    def rows(self, found: Headline) -> pl.DataFrame:
        """The rows of the back-test: the headline's, and the others with their weight in it."""
        weights = pl.Series([found.weights.get(method) for method in self.said["method"]], dtype=pl.Float64)
        return pl.concat(
            [
                self.said.select(BACKTEST_SCHEMA.keys()).with_columns(blend_weight=weights),
                pl.DataFrame([self._headline_row(found)], schema=BACKTEST_SCHEMA),
            ]
        )

    def as_past(self, found: Headline) -> PastDay:
        hazard = self.hazard
        return PastDay(
            hazard["phase"],
            hazard["fiscal_period"],
            hazard["period_end"],
            float(hazard["won_to_date"]),
            hazard["deal_variance"],
            self.members,
            found.expected,
        )

    def _headline_row(self, found: Headline) -> dict[str, Any]:
        hazard = self.hazard
        is_modelled = hazard["reliability"] != "too_few"
        by_mean = self.said.filter(method="mean_of_3")["expected"]
        if is_modelled:
            expected = found.expected
        else:
            expected = float(hazard["expected"] if by_mean.is_empty() else by_mean.item())
        won, open_part, new_part = (
            int(hazard[name] * 100) for name in ("won_to_date", "open_expected", "new_expected")
        )
        parts = (won, *split_rest(expected, won, open_part, new_part))
        cents = dict(zip(PARTS, (*parts, sum(parts)), strict=True))
        if is_modelled:
            range_ = range_of(
                won / 100,
                (cents["open_expected"] + cents["new_expected"]) / 100,
                hazard["deal_variance"],
                found.relative_sd,
                BigDeals(np.array(hazard["big_amounts"]), np.array(hazard["big_chances"])),
                hazard["as_of_date"],
            )
            cents |= {name: round(getattr(range_, name) * 100) for name in RANGE}
        shown = {name: Decimal(cents[name]) / 100 if name in cents else None for name in (*PARTS, *RANGE)}
        row = {name: hazard[name] for name in BACKTEST_SCHEMA}
        return row | shown | {"method": "headline", "blend_weight": None, "brier": None}


def _of_the_company(frames: Mapping[str, pl.DataFrame], actuals: pl.DataFrame) -> pl.DataFrame:
    """What each settled period brought in all."""
    total = actuals.filter(segment_name=TOTAL[0], segment_value=TOTAL[1])
    calendar = frames[PREFIX + "calendar"]
    newest = calendar.join(total, on="fiscal_period", how="semi")["period_start"].max()
    if newest is None:
        return total.select("fiscal_period", "actual")
    settled = calendar.filter(pl.col("period_start") <= newest).select("fiscal_period").unique()
    brought = pl.col("actual").fill_null(0).cast(MONEY)
    return settled.join(total, on="fiscal_period", how="left").select("fiscal_period", actual=brought)
