"""Every change of every deal, in order: any past state is a fold over it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Ints
from orchestration.simulation.days import Days, utc

MOMENTS = 8  # of one deal on one day: see journeys.Moment
DAY_SECONDS = 86_400
# Most people work by day; some save at night, when the UTC day is another than the local one.
OPENING = (7 * 3600, 17 * 3600)
LATE = (22 * 3600, 23 * 3600 + 30 * 60)
EARLY = (5 * 60, 20 * 60)
LATE_SHARE, EARLY_SHARE = 0.04, 0.02
GAP_SECONDS = 97  # between two moments; eight of them end before midnight


class Field(IntEnum):
    """What a change is about; each value is held as an integer code."""

    PIPELINE = 0
    STAGE = 1
    AMOUNT = 2  # cents of the deal's currency
    CLOSE_DATE = 3  # day number
    OWNER_ID = 4
    FORECAST_CATEGORY = 5
    LOSS_REASON = 6
    DELETED = 7
    MERGED_INTO = 8


TRACKED = (
    Field.PIPELINE,
    Field.STAGE,
    Field.AMOUNT,
    Field.CLOSE_DATE,
    Field.OWNER_ID,
    Field.FORECAST_CATEGORY,
)


class LedgerBook:
    """A ledger while it is written: chunks of changes of one field, day and moment."""

    def __init__(self) -> None:
        """An empty book."""
        self._chunks: list[tuple[int, int, int, Ints, Ints, Ints, Ints]] = []

    def record(self, field: Field, day: int, moment: int, deal: Ints, old: Ints, new: Ints, by: Ints) -> None:
        """Append the changes of some deals; each deal occurs once."""
        if len(deal):
            self._chunks.append((field, day, moment, deal, old, new, by))

    def close(self, days: Days, time_zone: str, rng: np.random.Generator) -> "Ledger":
        """The finished ledger: each change gets its time of day, in the order of its moments."""
        sizes = [len(chunk[3]) for chunk in self._chunks]
        field, day, moment = (
            np.repeat(np.array([chunk[part] for chunk in self._chunks], dtype=np.int64), sizes)
            for part in range(3)
        )
        deal, old, new, by = (np.concatenate([chunk[part] for chunk in self._chunks]) for part in range(3, 7))
        visits, of_visit = np.unique(deal * len(days) + day, return_inverse=True)
        second = start_of_work(len(visits), rng)[of_visit] + moment * GAP_SECONDS
        local = days.dates(day).cast(pl.Datetime("us")) + pl.Series(second * 1_000_000).cast(
            pl.Duration("us")
        )
        at = utc(local, time_zone).to_physical().to_numpy()
        order = np.lexsort((np.arange(len(deal)), deal, at))
        return Ledger(*(column[order] for column in (field, day, at, deal, old, new, by)))


def start_of_work(size: int, rng: np.random.Generator) -> Ints:
    """The second of the local day at which work on a deal begins."""
    kind = rng.random(size)
    spans = np.array([EARLY, LATE, OPENING])[np.digitize(kind, [EARLY_SHARE, EARLY_SHARE + LATE_SHARE])]
    start: Ints = (spans[:, 0] + rng.random(size) * (spans[:, 1] - spans[:, 0])).astype(np.int64)
    return start


@dataclass(frozen=True)
class Ledger:
    """All changes by time; `at` is UTC microseconds, `day` the number of the local day."""

    field: Ints
    day: Ints
    at: Ints
    deal: Ints
    old: Ints
    new: Ints
    by: Ints

    def known(self, day: int) -> Self:
        """The changes up to the end of a day."""
        return self._where(self.day <= day)

    def of(self, *fields: Field) -> Self:
        """The changes of some fields."""
        return self._where(np.isin(self.field, fields))

    def latest(self, deals: int) -> Ints:
        """Each deal's newest value, NONE where there is none: of a ledger of one field."""
        value = np.full(deals, NONE, dtype=np.int64)
        value[self.deal] = self.new  # where a deal occurs more than once, the last one stays
        return value

    def latest_at(self, deals: int) -> Ints:
        """The time of each deal's newest change."""
        at = np.full(deals, NONE, dtype=np.int64)
        at[self.deal] = self.at
        return at

    def first_at(self, deals: int) -> Ints:
        """The time of each deal's first change: its creation."""
        at = np.full(deals, NONE, dtype=np.int64)
        at[self.deal[::-1]] = self.at[::-1]
        return at

    def _where(self, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Self:
        columns = (self.field, self.day, self.at, self.deal, self.old, self.new, self.by)
        return type(self)(*(column[rows] for column in columns))

    def __len__(self) -> int:
        """How many changes there are."""
        return len(self.deal)
