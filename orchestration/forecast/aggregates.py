"""What the forecast reads: counts per cell and day made by SQL, and the open deals of the as-of date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.classes import Floats, Ints

PREFIX: Final = "int_forecast_"

# Table in schema `intermediate` -> the total order in which it is read.
AGGREGATES: Final[dict[str, str]] = {
    PREFIX + "history": "as_of_date",
    PREFIX + "attributes": "as_of_date",
    PREFIX + "calendar": "date_day",
    PREFIX + "cells": "cell_id",
    PREFIX + "exposure_changes": "cell_id, day_date",
    PREFIX + "events": "cell_id, day_date, exit_kind, next_stage",
    PREFIX + "arrivals": "created_date, segment_key, stage, amount_class, due_state",
    PREFIX + "due_moves": "known_date, due_state, next_due_state",
    PREFIX + "redatings": "day_date, next_stage, is_redated, due_state",
    PREFIX + "wins": "known_date, fiscal_period, created_in_period_date, amount_class, win_amount",
    PREFIX + "segment_wins": "segment_name, segment_value, fiscal_period, known_date",
    PREFIX + "segment_arrivals": "segment_name, segment_value, created_date",
    PREFIX + "calls": "fiscal_period, owner_id, day_date",
    PREFIX + "owner_wins": "fiscal_period, owner_id, known_date",
    PREFIX + "landmarks": "landmark_date, stage, prospect_class, amount_class",
    PREFIX + "open_deals": "deal_id",
    PREFIX + "open_segments": "segment_name, segment_value, deal_id",
}

POOLED: Final = "(other)"
POOLED_SHARE: Final = 0.01  # combinations of segments with fewer of the deals are pooled


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def days(frame: pl.DataFrame, column: str) -> Ints:
    """A date column as day numbers; nulls are far in the past."""
    return frame[column].cast(pl.Int32).fill_null(-(10**6)).cast(pl.Int64).to_numpy()


def floats(frame: pl.DataFrame, column: str) -> Floats:
    """A numeric column as floats; nulls are NaN."""
    return frame[column].cast(pl.Float64).fill_null(np.nan).to_numpy()


def ints(frame: pl.DataFrame, column: str) -> Ints:
    """A column of whole numbers."""
    return frame[column].cast(pl.Int64).to_numpy()


@dataclass(frozen=True)
class Aggregates:
    """The tables by their names without prefix. Whatever is read from them is cut at an as-of day."""

    tables: Mapping[str, pl.DataFrame]

    @classmethod
    def of(cls, frames: Mapping[str, pl.DataFrame]) -> "Aggregates":
        """Take the tables of AGGREGATES.

        Raises:
            KeyError: one is missing.
        """
        return cls({name.removeprefix(PREFIX): frames[name] for name in AGGREGATES})

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.tables[name]

    def known(self, name: str, column: str, as_of: date) -> pl.DataFrame:
        """The rows of a table whose day lies before the as-of date."""
        return self.tables[name].filter(pl.col(column) < as_of)

    @cached_property
    def history_start(self) -> date:
        """First day whose events and deals at risk count."""
        start: date = self["history"]["history_start"].item()
        return start

    @cached_property
    def stages(self) -> list[str]:
        """Every stage that hazards are known or asked for, in the order of their codes."""
        names = [
            self["cells"]["stage"],
            self["events"]["next_stage"],
            self["arrivals"]["stage"],
            self["open_deals"]["hazard_stage"],
        ]
        return sorted({name for series in names for name in series.unique().drop_nulls()})

    def stage_codes(self, names: pl.Series) -> Ints:
        """The code of each stage, -1 for none."""
        codes = {name: code for code, name in enumerate(self.stages)}
        replaced = names.replace_strict(codes, default=-1, return_dtype=pl.Int64)
        return replaced.fill_null(-1).to_numpy()


@dataclass(frozen=True)
class Segmentation:
    """Combinations of the configured segments' values, small ones pooled, and the values of each."""

    keys: list[str]
    values: list[list[str]]  # per segment, the values in the order of their codes
    value_codes: list[Ints]  # per segment, the code of the value that each combination has

    @classmethod
    def known_at(cls, aggregates: Aggregates, as_of: date) -> "Segmentation":
        """Combinations with at least 1 % of the deals known at the as-of date; the rest is one."""
        counts = (
            pl.concat(
                [
                    aggregates.known("arrivals", "created_date", as_of).select("segment_key", "deals"),
                    aggregates["open_deals"].select("segment_key", deals=pl.lit(1, dtype=pl.Int64)),
                ],
                how="vertical_relaxed",
            )
            .group_by("segment_key")
            .agg(pl.col("deals").sum())
        )
        enough = counts.filter(pl.col("deals") >= POOLED_SHARE * pl.col("deals").sum())
        keys = [*sorted(enough["segment_key"]), POOLED]
        parts = [key.split(" | ") for key in keys[:-1]]
        if len({len(part) for part in parts}) != 1:  # a value holds the separator: one factor per combination
            parts = [[key] for key in keys[:-1]]
        parts.append([POOLED] * (len(parts[0]) if parts else 1))
        by_segment = [list(column) for column in zip(*parts, strict=True)]
        values = [sorted(set(column)) for column in by_segment]
        codes = [
            np.array([known.index(value) for value in column], dtype=np.int64)
            for known, column in zip(values, by_segment, strict=True)
        ]
        return cls(keys, values, codes)

    def codes(self, keys: pl.Series) -> Ints:
        """The code of each combination; those not among `keys` are pooled."""
        codes = {key: code for code, key in enumerate(self.keys)}
        replaced = keys.replace_strict(codes, default=len(self.keys) - 1, return_dtype=pl.Int64)
        return replaced.fill_null(len(self.keys) - 1).to_numpy()
