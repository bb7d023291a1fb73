"""The back-test: what the forecast would have said on days of ended periods, from what was known then."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import PREFIX, Aggregates, ints
from orchestration.forecast.cuts import KEY, TOTAL
from orchestration.forecast.forecasting import forecast_current
from orchestration.forecast.learnt_wins import learnt_wins
from orchestration.forecast.quarter_table import MONEY, SCHEMA
from orchestration.forecast.won_amounts import MEMORY_DAYS

PAST_DAYS: Final = PREFIX + "past_days"
PAST_OPEN_DEALS: Final = PREFIX + "past_open_deals"
BACKTEST_SCHEMA: Final = {"as_of_date": SCHEMA["as_of_date"], "phase": pl.Float64(), **SCHEMA}

# Day by which a row of a table was known.
KNOWN_BY: Final = {
    "exposure_changes": "day_date",
    "events": "day_date",
    "arrivals": "created_date",
    "due_moves": "known_date",
    "redatings": "day_date",
    "wins": "known_date",
    "segment_wins": "known_date",
    "segment_arrivals": "created_date",
    "landmarks": "period_end",
}


def backtest(
    frames: Mapping[str, pl.DataFrame],
    days: pl.DataFrame,
    open_deals: Callable[[date], pl.DataFrame],
    actuals: pl.DataFrame,
) -> pl.DataFrame:
    """The forecast of the whole company for the then current period, as of every day of `days`.

    `frames` are the tables of AGGREGATES as of today, `days` the columns as_of_date and phase,
    `open_deals` gives the rows of the past open deals as of one day, ordered by deal. `actuals` has
    what each settled period brought by cut; a period before a settled one without a row brought 0.
    """
    rows = [
        forecast_current(known_at(frames, open_deals(as_of), as_of), as_of).with_columns(
            phase=pl.lit(phase, dtype=pl.Float64)
        )
        for as_of, phase in days.select("as_of_date", "phase").sort("as_of_date").iter_rows()
    ]
    found = pl.concat(rows) if rows else pl.DataFrame(schema=BACKTEST_SCHEMA)
    settled = found.drop("actual").join(_of_the_company(frames, actuals), on="fiscal_period", how="left")
    return settled.select(BACKTEST_SCHEMA.keys()).sort("as_of_date", "method")


def known_at(
    frames: Mapping[str, pl.DataFrame], open_deals: pl.DataFrame, as_of: date
) -> dict[str, pl.DataFrame]:
    """The tables of AGGREGATES for the whole company as one cut, with only what was known before `as_of`.

    Cells that no deal had been at risk in are left out, too, and the others numbered anew. What the
    company file and the form of its extracts decide (`attributes`, the history's start) stays as it
    is today.
    """
    tables = {name.removeprefix(PREFIX): frame for name, frame in frames.items()}
    for name, column in KNOWN_BY.items():
        tables[name] = tables[name].filter(pl.col(column) < as_of)
    for name in ("segment_wins", "segment_arrivals"):
        tables[name] = tables[name].filter(segment_name=TOTAL[0], segment_value=TOTAL[1])
    seen = np.unique(ints(tables["exposure_changes"], "cell_id"))
    tables["cells"] = _renumbered(tables["cells"].filter(pl.col("cell_id").is_in(seen)), seen)
    for name in ("exposure_changes", "events"):
        tables[name] = _renumbered(tables[name], seen)
    tables["history"] = tables["history"].with_columns(as_of_date=pl.lit(as_of))
    known = Aggregates.of({PREFIX + name: frame for name, frame in tables.items()})
    tables["open_deals"] = _priced(known, open_deals, as_of)
    total = dict(zip(KEY, map(pl.lit, TOTAL), strict=True))
    tables["open_segments"] = tables["open_deals"].select("deal_id", **total)
    return {PREFIX + name: frame for name, frame in tables.items()}


def _renumbered(frame: pl.DataFrame, cells: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.DataFrame:
    return frame.with_columns(cell_id=pl.Series(np.searchsorted(cells, ints(frame, "cell_id"))))


def _priced(known: Aggregates, open_deals: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A deal without an amount is assumed to be worth the mean of the wins of the year before."""
    wins, _ = learnt_wins(known, as_of)
    recent = wins.filter(pl.col("known_date") >= as_of - timedelta(days=MEMORY_DAYS))
    deals, amount = float(recent["deals"].sum()), float(recent["amount"].sum())
    assumed = pl.lit(max(0.0, round(amount / deals, 2)) if deals > 0 else 0.0, dtype=pl.Float64).cast(MONEY)
    return open_deals.with_columns(
        is_amount_assumed=pl.col("amount").is_null(),
        amount=pl.col("amount").cast(MONEY).fill_null(assumed),
    )


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
