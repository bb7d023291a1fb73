"""HubSpot's deals with the history of their properties, as its API answers."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables
from orchestration.simulation.forms.hubspot.carrying import is_merged
from orchestration.simulation.forms.hubspot.ids import user_ids
from orchestration.simulation.forms.hubspot.objects import moment, properties, stage_ids

PROPERTIES: Final = {  # with history, by field
    "stage": "dealstage",
    "pipeline": "pipeline",
    "amount": "amount",
    "close_date": "closedate",
    "owner_id": "hubspot_owner_id",
    "forecast_category": "hs_manual_forecast_category",
}
CATEGORIES: Final = {"Best Case": "BEST_CASE", "Omitted": "OMIT"}  # others in capitals
TYPES: Final = {"new": "newbusiness", "expansion": "existingbusiness"}
NOON: Final = "T12:00:00.000Z"  # a day that someone expects is kept as a moment of it


def deals(tables: Tables) -> pl.DataFrame:
    """The deals; of those that were merged only their ids are left, in the deals that they became part of."""
    known = tables["deals"]
    losers = (
        known.filter(is_merged())
        .group_by("merged_into_deal_id", maintain_order=True)
        .agg(merged=pl.col("deal_id").str.join(";"))
    )
    contact = pl.struct(id="lead_id", type=pl.lit("deal_to_contact"))
    return (
        known.filter(~is_merged())
        .join(losers, left_on="deal_id", right_on="merged_into_deal_id", how="left", maintain_order="left")
        .join(stage_ids(tables), on=["pipeline", "stage"], maintain_order="left")
        .join(history(tables), on="deal_id", maintain_order="left")
        .select(
            id="deal_id",
            properties=properties(
                dealname="deal_name",
                dealstage="stage_id",
                pipeline="pipeline_id",
                amount=pl.col("amount").cast(pl.String),
                deal_currency_code="currency",
                closedate=pl.coalesce(
                    moment("closed_at"), pl.col("close_date").cast(pl.String) + pl.lit(NOON)
                ),
                createdate=moment("created_at"),
                hubspot_owner_id="owner_id",
                hs_primary_associated_company="account_id",
                hs_is_closed=pl.col("is_closed").cast(pl.String),
                hs_is_closed_won=pl.col("is_won").cast(pl.String),
                dealtype=pl.col("deal_type").replace(TYPES),
                lead_source="lead_source",
                hs_manual_forecast_category=category("forecast_category"),
                hs_next_step="next_step",
                closed_lost_reason="loss_reason",
                hs_lastmodifieddate=moment("modified_at"),
                hs_merged_object_ids="merged",
                hs_object_id="deal_id",
                region="region",
            ),
            propertiesWithHistory="history",
            associations=pl.struct(
                contacts=pl.struct(
                    results=pl.when(pl.col("lead_id").is_not_null())
                    .then(pl.concat_list(contact))
                    .otherwise([])
                )
            ),
            archived="is_deleted",
            archivedAt=moment("deleted_at"),
        )
    )


def history(tables: Tables) -> pl.DataFrame:
    """Of each deal a list for every property, the newest value first."""
    in_pipeline = pl.when(field="pipeline").then("new_value").forward_fill().over("deal_id")
    closings = tables["deals"].select("deal_id", "closed_at")
    stages = stage_ids(tables)
    ids = stages.unique("pipeline").select("pipeline", "pipeline_id")
    field = pl.col("field")
    value = (
        pl.when(field == "stage")
        .then("stage_id")
        .when(field == "pipeline")
        .then("pipeline_id")
        .when(field == "forecast_category")
        .then(category("new_value"))
        .when(field == "close_date")
        .then(
            pl.when(pl.col("changed_at") == pl.col("closed_at"))
            .then(moment("closed_at"))
            .otherwise(pl.col("new_value") + pl.lit(NOON))
        )
        .otherwise("new_value")
    )
    entry = pl.struct(
        value=value,
        timestamp=moment("changed_at"),
        sourceType=pl.lit("CRM_UI"),
        sourceId=pl.lit("userId:") + user_ids(pl.col("changed_by")).cast(pl.String),
        updatedByUserId=user_ids(pl.col("changed_by")),
    )
    lists = [entry.filter(field == name).reverse().alias(own) for name, own in PROPERTIES.items()]
    return (
        tables["deal_changes"]
        .with_columns(is_first=field != "pipeline")
        .sort("deal_id", "changed_at", "is_first", maintain_order=True)
        .with_columns(pipeline=in_pipeline)
        .join(closings, on="deal_id", maintain_order="left")
        .join(ids, on="pipeline", how="left", maintain_order="left")
        .join(
            stages.select("pipeline", "stage", "stage_id"),
            left_on=["pipeline", "new_value"],
            right_on=["pipeline", "stage"],
            how="left",
            maintain_order="left",
        )
        .group_by("deal_id", maintain_order=True)
        .agg(lists)
        .select("deal_id", history=pl.struct(PROPERTIES.values()))
    )


def category(column: str) -> pl.Expr:
    """Forecast categories as HubSpot keeps them."""
    return pl.col(column).replace_strict(CATEGORIES, default=pl.col(column).str.to_uppercase())
