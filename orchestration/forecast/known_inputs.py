"""What was known on a past day: the forecast's input cut back to it, and a fingerprint of it."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import PREFIX, Aggregates, ints
from orchestration.forecast.cuts import KEY, TOTAL
from orchestration.forecast.fiscal_periods import Calendar
from orchestration.forecast.landmark_method import days_like
from orchestration.forecast.learnt_wins import learnt_wins
from orchestration.forecast.quarter_table import MONEY
from orchestration.forecast.won_amounts import MEMORY_DAYS

LANDMARKS: Final = "landmarks"

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
    "calls": "day_date",
    "owner_wins": "known_date",
    LANDMARKS: "period_end",
}
OF_THE_COMPANY: Final = ("segment_wins", "segment_arrivals")
BY_CELL: Final = ("exposure_changes", "events")
AT_ALL_TIMES: Final = (
    "attributes",
    "calendar",
    "history",
)  # as the company file and its extracts decide today


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
    for name in OF_THE_COMPANY:
        tables[name] = tables[name].filter(segment_name=TOTAL[0], segment_value=TOTAL[1])
    seen = np.unique(ints(tables["exposure_changes"], "cell_id"))
    tables["cells"] = _renumbered(tables["cells"].filter(pl.col("cell_id").is_in(seen)), seen)
    for name in BY_CELL:
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


class KnownInputs:
    """Fingerprints of what was known on past days: equal ones give equal forecasts.

    A table counts up to a day as the sum of the hashes of its rows until then, worked out once for all
    days. Of the landmarks only those days count that a forecast of the day looks at: each night adds others.
    """

    def __init__(self, frames: Mapping[str, pl.DataFrame], program: str) -> None:
        """`program` stands for the code that forecasts."""
        tables = {name.removeprefix(PREFIX): frame for name, frame in frames.items()}
        always = [tables[name].select(pl.exclude("as_of_date")) for name in AT_ALL_TIMES]
        self._always = [program, *(_hash(frame) for frame in always)]
        cells = tables["cells"].sort("cell_id")
        cell = cells.select("cell_id", cell=cells.drop("cell_id").hash_rows())
        self._sums = []
        for name, column in KNOWN_BY.items():
            table = tables[name]
            if name in OF_THE_COMPANY:
                table = table.filter(segment_name=TOTAL[0], segment_value=TOTAL[1])
            if name in BY_CELL:
                table = table.join(cell, on="cell_id", how="left", maintain_order="left").drop("cell_id")
            if name != LANDMARKS:
                by_day = _by_day(table, column)
                self._sums.append((by_day["day"].to_numpy(), np.cumsum(by_day["row"].to_numpy())))
        self._landmarks = dict(_by_day(tables[LANDMARKS], "landmark_date").iter_rows())
        self._history_start = tables["history"]["history_start"].item()
        self._calendar = Calendar.of(Aggregates.of(frames))

    def fingerprint(self, as_of: date, open_deals: pl.DataFrame) -> str:
        """Of the tables before a day, and of the deals open on it."""
        sums = [
            int(total[place - 1]) if (place := int(np.searchsorted(day, np.datetime64(as_of)))) else 0
            for day, total in self._sums
        ]
        ended = self._calendar.ended(self._history_start, as_of)
        [current] = self._calendar.from_current(as_of, 0)
        landmarks = [self._landmarks.get(day, 0) for day in days_like(as_of, current, ended)]
        parts = [*self._always, str(as_of), *map(str, sums), *map(str, landmarks), _hash(open_deals)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _by_day(table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Per day of a column the sum of the hashes of its rows."""
    hashed = table.select(day=column).with_columns(row=table.hash_rows()).drop_nulls("day")
    return hashed.group_by("day").agg(pl.col("row").sum()).sort("day")


def _hash(frame: pl.DataFrame) -> str:
    return f"{frame.height} {frame.hash_rows().sum()}"
