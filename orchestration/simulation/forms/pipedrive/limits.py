"""What Pipedrive's export can hold of the company; each thing that it cannot hold is a line here."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables
from orchestration.simulation.forms.pipedrive.records import (
    followed,
    is_move,
    is_removed,
    last_open_stages,
    newest,
    open_leads,
)

TIME_ZONE: Final = "Europe/Berlin"  # the simulated company's
STAGE_ORDER: Final = {"Won": 98, "Lost": 99}


def carried(tables: Tables) -> Tables:
    """What the API's answers hold of the translated tables."""
    return {
        "deals": _carried_deals(tables["deals"]),
        "deal_changes": _carried_changes(tables),
        "stages": _carried_stages(tables["stages"]),
        "owners": _carried_owners(tables["owners"]),
        "accounts": tables["accounts"].drop(
            "industry",  # an option's number
            "parent_account_id",  # relations between organizations are asked for one by one
        ),
        "leads": _carried_leads(tables["leads"]),
        # Pipedrive has no rates, quotas, calls or splits: they stand beside it as canonical files.
        "exchange_rates": tables["exchange_rates"],
        "quotas": tables["quotas"],
        "forecast_calls": tables["forecast_calls"],
        "deal_splits": tables["deal_splits"],
        # Products are asked for deal by deal: no deal_products.
    }


def _carried_deals(deals: pl.DataFrame) -> pl.DataFrame:
    closed_on = pl.col("closed_at").dt.replace_time_zone("UTC").dt.convert_time_zone(TIME_ZONE).dt.date()
    return deals.with_columns(
        pl.coalesce(closed_on, "close_date").alias("close_date"),  # a close has no other date than its time
        is_removed().alias("is_deleted"),
        pl.when(is_removed()).then("modified_at").alias("deleted_at"),
        pl.lit("ManuallyCreated").alias("lead_source"),  # a marketing channel is an option's number
    ).drop(
        "deal_type",  # no field of Pipedrive's own
        "lead_id",  # a lead is gone once it is a deal
        "forecast_category",
        "next_step",
        "merged_into_deal_id",
        "merged_at",
    )


def _carried_changes(tables: Tables) -> pl.DataFrame:
    """The flow has no first values; of the last stage the deal itself says when it came to it."""
    changes = followed(tables)
    moved = changes.filter(is_move()).group_by("deal_id").agg(pl.len().alias("moves"))
    entered = (
        tables["deals"]
        .join(last_open_stages(tables), on="deal_id", how="left")
        .join(moved, on="deal_id", how="anti")
        .select(
            "deal_id", pl.lit("stage").alias("field"), changed_at="created_at", new_value="last_open_stage"
        )
    )
    return pl.concat([changes, entered], how="diagonal")


def _carried_stages(stages: pl.DataFrame) -> pl.DataFrame:
    is_closed = pl.col("is_closed")
    return stages.with_columns(
        pl.when(is_closed).then("process_step").alias("process_step"),  # no setting of a stage
        pl.when(is_closed)
        .then(pl.col("stage").replace_strict(STAGE_ORDER, default=None))
        .otherwise("stage_order")
        .alias("stage_order"),
    ).drop("forecast_category")


def _carried_owners(owners: pl.DataFrame) -> pl.DataFrame:
    return newest(owners).drop(
        "valid_from",  # only what holds now
        "manager_id",
    )


def _carried_leads(leads: pl.DataFrame) -> pl.DataFrame:
    """Those that are no deals yet; the others are no longer among Pipedrive's leads."""
    return (
        open_leads(leads)
        .with_columns(
            pl.when(pl.col("status") == "Disqualified")
            .then(pl.lit("Archived"))
            .otherwise(pl.lit("Open"))
            .alias("status")
        )
        .drop("qualified_at", "converted_at", "deal_id")
    )
