"""Deals at risk and events per cell and day, as known at an as-of date."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, Segmentation, day_number, days, floats, ints
from orchestration.forecast.classes import Floats, Ints, tally


@dataclass(frozen=True)
class Exposure:
    """The cells' circumstances, changes of the number at risk in them, and the events.

    Days are counted from the history's start; `length` of them are before the as-of date.
    """

    length: int
    stage: Ints
    age: Ints
    due: Ints
    amount: Ints
    segment: Ints
    change_cell: Ints
    change_day: Ints
    change: Floats
    event_cell: Ints
    event_day: Ints
    event_kind: pl.Series
    event_next: Ints  # stage moved to, -1 for none
    event_deals: Floats
    event_amount: Floats

    @classmethod
    def known_at(cls, aggregates: Aggregates, segmentation: Segmentation, as_of: date) -> "Exposure":
        """What was at risk and happened before the as-of date."""
        start = day_number(aggregates.history_start)
        cells = aggregates["cells"]
        changes = aggregates.known("exposure_changes", "day_date", as_of)
        events = aggregates.known("events", "day_date", as_of)
        return cls(
            length=max(0, day_number(as_of) - start),
            stage=aggregates.stage_codes(cells["stage"]),
            age=ints(cells, "age_bucket"),
            due=ints(cells, "due_class"),
            amount=ints(cells, "amount_class"),
            segment=segmentation.codes(cells["segment_key"]),
            change_cell=ints(changes, "cell_id"),
            change_day=days(changes, "day_date") - start,
            change=floats(changes, "change"),
            event_cell=ints(events, "cell_id"),
            event_day=days(events, "day_date") - start,
            event_kind=events["exit_kind"],
            event_next=aggregates.stage_codes(events["next_stage"]),
            event_deals=floats(events, "deals"),
            event_amount=floats(events, "amount"),
        )

    def of_kind(self, kind: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which events are of a kind: won, lost or moved."""
        return (self.event_kind == kind).to_numpy()

    def days_at_risk(self, daily: Floats | None = None) -> Floats:
        """Deal-days per cell, each day weighted by `daily`."""
        weight = np.ones(self.length) if daily is None else daily
        passed = np.concatenate([[0.0], np.cumsum(weight)])
        contributed = self.change * (passed[-1] - passed[self.change_day])
        return tally(self.change_cell, contributed, len(self.stage))

    def per_day(self, by_cell: Floats) -> Floats:
        """Sum over the deals at risk on each day of what `by_cell` gives for their cell."""
        jumps = tally(self.change_day, self.change * by_cell[self.change_cell], self.length)
        return np.cumsum(jumps)[: self.length]

    def events_per_cell(self, kind: str) -> Floats:
        """Events of a kind per cell."""
        rows = self.of_kind(kind)
        return tally(self.event_cell[rows], self.event_deals[rows], len(self.stage))

    def events_per_day(self, kind: str) -> Floats:
        """Events of a kind per day."""
        rows = self.of_kind(kind)
        return tally(self.event_day[rows], self.event_deals[rows], self.length)
