"""The simulated company's deals as a list view of Pipedrive exports them."""

import polars as pl

from orchestration.simulation.forms import Tables
from orchestration.simulation.forms.pipedrive.records import followed, is_move, is_removed, last_open_stages

TIME_ZONE = "Europe/Berlin"
COLUMNS = {
    "ID": "deal_id",
    "Title": "deal_name",
    "Owner": "owner_name",
    "Value": "amount",
    "Currency of Value": "currency",
    "Organization ID": "account_id",
    "Pipeline": "pipeline",
    "Stage": "last_open_stage",
    "Status": "status",
    "Deal created": "created_at",
    "Update time": "modified_at",
    "Last stage change": "moved_at",
    "Won time": "won_at",
    "Lost time": "lost_at",
    "Lost reason": "loss_reason",
    "Expected close date": "close_date",
}


def list_view(tables: Tables) -> pl.DataFrame:
    """Translated deals under a list view's headers: local times, statuses beside open stages."""
    moves = (
        followed(tables)
        .filter(is_move())
        .group_by("deal_id")
        .agg(pl.col("changed_at").max().alias("moved_at"))
    )
    owners = tables["owners"].select("owner_id", "owner_name").unique("owner_id")
    deals = tables["deals"].join(last_open_stages(tables), on="deal_id", maintain_order="left")
    deals = deals.join(moves, on="deal_id", how="left", maintain_order="left")
    deals = deals.join(owners, on="owner_id", how="left", maintain_order="left")
    status = (
        pl.when("is_won").then(pl.lit("Won")).when("is_closed").then(pl.lit("Lost")).otherwise(pl.lit("Open"))
    )
    deals = deals.with_columns(
        pl.when(is_removed()).then(pl.lit("Deleted")).otherwise(status).alias("status"),
        pl.when("is_won").then("closed_at").alias("won_at"),
        pl.when(pl.col("is_closed") & ~pl.col("is_won")).then("closed_at").alias("lost_at"),
        pl.col("amount").fill_null(0),
    )
    moments = pl.selectors.datetime().dt.replace_time_zone("UTC").dt.convert_time_zone(TIME_ZONE)
    local = deals.with_columns(moments.dt.strftime("%Y-%m-%d %H:%M:%S"))
    return local.select(pl.col(column).alias(f"Deal - {header}") for header, column in COLUMNS.items())
