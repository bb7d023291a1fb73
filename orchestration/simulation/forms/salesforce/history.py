"""OpportunityHistory, a row of the whole state per change, and OpportunityFieldHistory, a row per field."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables
from orchestration.simulation.forms.salesforce.carrying import IN_HISTORY, TRACKED, numbered_stages
from orchestration.simulation.forms.salesforce.ids import record_ids
from orchestration.simulation.forms.salesforce.objects import CATEGORIES, owner_names, record_type_ids

FIELDS: Final = {
    "stage": "StageName",
    "amount": "Amount",
    "close_date": "CloseDate",
    "owner_id": "Owner",
    "pipeline": "RecordType",
}
DATA_TYPES: Final = {"stage": "DynamicEnum", "amount": "Currency", "close_date": "DateOnly"}
PERCENT: Final = 100


def opportunity_history(tables: Tables) -> pl.DataFrame:
    """A row per deal and moment at which its stage, amount, close date or category changed."""
    deals, stages = tables["deals"], numbered_stages(tables["stages"])
    changes = tables["deal_changes"].filter(pl.col("field").is_in(IN_HISTORY))
    rows = (
        changes.sort("deal_id", "changed_at", maintain_order=True)
        .group_by("deal_id", "changed_at", maintain_order=True)
        .agg(
            pl.col("changed_by").first(),
            *(pl.col("new_value").filter(field=name).last().alias(name) for name in IN_HISTORY),
        )
        .with_columns(pl.col(*IN_HISTORY).forward_fill().over("deal_id"))
        .join(deals.select("deal_id", "currency", "is_deleted"), on="deal_id", maintain_order="left")
        .join(stages.select("stage", "probability"), on="stage", maintain_order="left")
        .with_columns(
            pl.col("close_date").str.to_date(),
            pl.col("forecast_category").replace(CATEGORIES),
            amount_number=pl.col("amount").cast(pl.Float64),
        )
    )
    before = {name: pl.col(name).shift(1).over("deal_id") for name in IN_HISTORY}
    until = pl.col("changed_at").shift(-1).over("deal_id")
    return rows.select(
        record_ids("008", range(rows.height)),
        OpportunityId="deal_id",
        CreatedById="changed_by",
        CreatedDate="changed_at",
        StageName="stage",
        Amount="amount",
        ExpectedRevenue=(pl.col("amount_number") * pl.col("probability")).round(2),
        CloseDate="close_date",
        Probability=pl.col("probability") * PERCENT,
        FromForecastCategory=before["forecast_category"],
        ForecastCategory="forecast_category",
        FromOpportunityStageName=before["stage"],
        CurrencyIsoCode="currency",
        ValidThroughDate=until,
        SystemModstamp=pl.coalesce(until, "changed_at"),
        IsDeleted="is_deleted",
        PrevAmount=before["amount"],
        PrevCloseDate=before["close_date"],
    )


def field_history(tables: Tables) -> pl.DataFrame:
    """A row for each deal's creation and for each later change of a tracked field.

    A change of what refers to another record has two rows: one of names, one of ids.
    """
    changes = tables["deal_changes"].filter(pl.col("field").is_in(TRACKED)).with_row_index("at")
    first = changes.filter(pl.col("field") == "stage", pl.col("old_value").is_null()).with_columns(
        new_value=pl.lit(None, dtype=pl.String)
    )
    later = changes.filter(pl.col("old_value").is_not_null())
    plain, owners, pipelines = (
        later.filter(pl.col("field").is_in(names)) for names in (DATA_TYPES, ("owner_id",), ("pipeline",))
    )
    rows = pl.concat(
        [
            _rows(
                first,
                pl.lit("created"),
                pl.lit("Text"),
                {},
            ),
            _rows(plain, pl.col("field").replace(FIELDS), pl.col("field").replace(DATA_TYPES), {}),
            *_named_and_referred(owners, {}, owner_names(tables)),
            *_named_and_referred(pipelines, record_type_ids(tables), {}),
        ]
    ).sort("at", maintain_order=True)
    deleted = tables["deals"].filter(pl.col("is_deleted"))["deal_id"]
    return rows.select(
        record_ids("017", range(rows.height)),
        "OpportunityId",
        "CreatedById",
        "CreatedDate",
        "Field",
        "DataType",
        "OldValue",
        "NewValue",
        IsDeleted=pl.col("OpportunityId").is_in(deleted.implode()),
    )


def _named_and_referred(
    changes: pl.DataFrame, ids: dict[str, str], names: dict[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    field = pl.col("field").replace(FIELDS)
    return (
        _rows(changes, field, pl.lit("Text"), names),
        _rows(changes, field, pl.lit("EntityId"), ids),
    )


def _rows(changes: pl.DataFrame, field: pl.Expr, data_type: pl.Expr, words: dict[str, str]) -> pl.DataFrame:
    return changes.select(
        "at",
        OpportunityId="deal_id",
        CreatedById="changed_by",
        CreatedDate="changed_at",
        Field=field,
        DataType=data_type,
        OldValue=pl.col("old_value").replace(words),
        NewValue=pl.col("new_value").replace(words),
    )
