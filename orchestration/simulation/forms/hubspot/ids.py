"""Ids as HubSpot writes them: numbers, of another range for each kind of object."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables

FIRST: Final = {  # of accounts, leads, deals and owners
    "A": 18_400_000_000,
    "L": 31_000_000_000,
    "D": 22_600_000_000,
    "U": 740_000_000,
}
FIRST_USER: Final = 61_000_000  # an owner is a user, of another number


def translated(tables: Tables) -> Tables:
    """The tables with every id as HubSpot writes it; their order stays."""
    return {name: _translated(frame) for name, frame in tables.items()}


def user_ids(owner_ids: pl.Expr) -> pl.Expr:
    """The ids of the users that these owners are."""
    return owner_ids.cast(pl.Int64) - FIRST["U"] + FIRST_USER


def _translated(frame: pl.DataFrame) -> pl.DataFrame:
    ids = [name for name in frame.columns if name.endswith("_id") or name == "changed_by"]
    frame = frame.with_columns(_numbered(pl.col(name)).alias(name) for name in ids)
    if "field" not in frame.columns:
        return frame
    return frame.with_columns(
        pl.when(field="owner_id").then(_numbered(pl.col(name))).otherwise(name).alias(name)
        for name in ("new_value", "old_value")
    )


def _numbered(ids: pl.Expr) -> pl.Expr:
    first = ids.str.slice(0, 1).replace_strict(FIRST, default=None, return_dtype=pl.Int64)
    return (first + ids.str.slice(1).cast(pl.Int64, strict=False)).cast(pl.String)
