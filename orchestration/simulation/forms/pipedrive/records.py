"""What Pipedrive knows of deals, people and leads: its answers and their limits rest on it."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables

REGION_KEY: Final = "5f3c1a9be07d42c68e15b2f4a7d90c3e86b1f25a"  # a custom field has a key of 40 hexadecimals
STATUSES: Final = {"Won": "won", "Lost": "lost"}
FIELD_KEYS: Final = {
    "stage": "stage_id",
    "amount": "value",
    "close_date": "expected_close_date",
    "owner_id": "user_id",
    "pipeline": "pipeline",
}


def is_removed() -> pl.Expr:
    """A deal that is merged into another is deleted: what it went into is not said."""
    return pl.col("is_deleted") | pl.col("merged_into_deal_id").is_not_null()


def followed(tables: Tables) -> pl.DataFrame:
    """Changes of the fields that the flow follows, without those that are the deal's creation."""
    created = tables["deals"].select("deal_id", "created_at")
    return (
        tables["deal_changes"]
        .filter(pl.col("field").is_in(list(FIELD_KEYS)))
        .join(created, on="deal_id", how="left", maintain_order="left")
        .filter(pl.col("old_value").is_not_null() | (pl.col("changed_at") != pl.col("created_at")))
        .drop("created_at")
    )


def is_move() -> pl.Expr:
    """From one open stage to another."""
    closing = list(STATUSES)
    is_open = ~pl.col("old_value").is_in(closing) & ~pl.col("new_value").is_in(closing)
    return (pl.col("field") == "stage") & is_open


def last_open_stages(tables: Tables) -> pl.DataFrame:
    """The stage that each deal has in Pipedrive, whatever its status."""
    stages = tables["deal_changes"].filter(
        pl.col("field") == "stage", ~pl.col("new_value").is_in(list(STATUSES))
    )
    in_time = stages.sort("changed_at", maintain_order=True)
    return in_time.group_by("deal_id").agg(pl.col("new_value").last().alias("last_open_stage"))


def newest(owners: pl.DataFrame) -> pl.DataFrame:
    """Everyone once, as they are now."""
    return owners.sort("valid_from", maintain_order=True).unique("owner_id", keep="last", maintain_order=True)


def open_leads(leads: pl.DataFrame) -> pl.DataFrame:
    """Those that are no deals yet: the others are no longer among Pipedrive's leads."""
    return leads.filter(pl.col("converted_at").is_null())
