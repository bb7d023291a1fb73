"""What HubSpot's answers can hold of the company, as canonical tables."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables

KEPT_OF_MERGED: Final = ("deal_id", "merged_into_deal_id")


def carried(tables: Tables) -> Tables:
    """The tables without what HubSpot has no place for."""
    return {
        **{name: table for name, table in tables.items() if name != "deal_products"},  # not in its answers
        "deals": _deals(tables["deals"]),
        "deal_changes": _deal_changes(tables["deal_changes"], tables["deals"]),
        "stages": _stages(tables["stages"]),
        "owners": pl.concat([_current_owners(tables["owners"]), tables["owners"]]),
        "leads": _leads(tables["leads"], tables["deals"]),
    }


def is_merged() -> pl.Expr:
    """Whether a deal was merged into another."""
    return pl.col("merged_into_deal_id").is_not_null()


def latest_owners(owners: pl.DataFrame) -> pl.DataFrame:
    """The newest version of each owner: HubSpot keeps no other."""
    return owners.sort("owner_id", "valid_from").unique("owner_id", keep="last", maintain_order=True)


def _deals(deals: pl.DataFrame) -> pl.DataFrame:
    # Of a deal that was merged only its id is left, in the one that it became part of.
    others = [name for name in deals.columns if name not in KEPT_OF_MERGED]
    return deals.with_columns(pl.when(~is_merged()).then(name).alias(name) for name in others)


def _deal_changes(changes: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    merged = deals.filter(is_merged())
    # The history goes with the deal that was merged, and names no value before a change.
    return changes.join(merged, on="deal_id", how="anti", maintain_order="left").drop("old_value")


def _stages(stages: pl.DataFrame) -> pl.DataFrame:
    return stages.with_columns(
        # Only the default stages are known to be a step of the process.
        process_step=pl.when(is_closed=True).then("process_step"),
        # A stage has a probability and no forecast category.
    ).drop("forecast_category")


def _current_owners(owners: pl.DataFrame) -> pl.DataFrame:
    # Owners have no manager, and no day from which they are so.
    nothing = [pl.lit(None, dtype=owners.schema[name]).alias(name) for name in ("valid_from", "manager_id")]
    return latest_owners(owners).with_columns(nothing)


def _leads(leads: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    # The deal is known by its association with the contact, which goes when it is merged.
    merged = deals.filter(is_merged())["deal_id"]
    return leads.with_columns(deal_id=pl.when(~pl.col("deal_id").is_in(merged.implode())).then("deal_id"))
