"""What a Salesforce export can hold of the company, as canonical tables."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables

RATE_DECIMALS: Final = 6
IN_HISTORY: Final = ("stage", "amount", "close_date", "forecast_category")  # of OpportunityHistory
TRACKED: Final = ("stage", "amount", "close_date", "owner_id", "pipeline")  # in OpportunityFieldHistory


def carried(tables: Tables) -> Tables:
    """The tables without what Salesforce has no place for."""
    return {
        **tables,
        "deals": _deals(tables["deals"]),
        "deal_changes": _deal_changes(tables["deal_changes"], tables["deals"]),
        "stages": _stages(tables["stages"]),
        "owners": latest_owners(tables["owners"]).drop("valid_from"),
        "leads": _leads(tables["leads"]),
        "exchange_rates": _exchange_rates(tables["exchange_rates"]),
    }


def _deals(deals: pl.DataFrame) -> pl.DataFrame:
    removed_at = pl.coalesce("deleted_at", "merged_at")
    return deals.with_columns(
        # Opportunities cannot be merged: one of the two is deleted.
        is_deleted=removed_at.is_not_null(),
        deleted_at=removed_at,
        # Only the lead names the opportunity that it was converted into.
    ).drop("merged_into_deal_id", "merged_at", "lead_id")


def _deal_changes(changes: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    field = pl.col("field")
    return pl.concat(
        [
            # The owner and record type that a deal began with are told only by the first change of them.
            changes.filter(field.is_in(IN_HISTORY) | pl.col("old_value").is_not_null()).with_columns(
                # The organisation keeps no field history of the forecast category, which follows the stage.
                old_value=pl.when(field.is_in(TRACKED)).then("old_value")
            ),
            # A deal's first row in OpportunityHistory says its currency, too.
            changes.filter(pl.col("field") == "stage", pl.col("old_value").is_null())
            .join(deals.select("deal_id", "currency"), on="deal_id", maintain_order="left")
            .with_columns(field=pl.lit("currency"), new_value="currency")
            .select(changes.columns),
        ]
    )


def _stages(stages: pl.DataFrame) -> pl.DataFrame:
    # Of the steps of the process only won and lost are told, by flags.
    return (
        numbered_stages(stages)
        .with_columns(process_step=pl.when("is_closed").then("process_step"))
        .drop("pipeline")
    )


def numbered_stages(stages: pl.DataFrame) -> pl.DataFrame:
    """The stages of all pipelines as one list with one order: an organisation has only one."""
    return stages.unique("stage", keep="first", maintain_order=True).with_columns(
        stage_order=pl.int_range(1, pl.len() + 1)
    )


def latest_owners(owners: pl.DataFrame) -> pl.DataFrame:
    """The newest version of each owner: a user has no history."""
    return owners.sort("owner_id", "valid_from").unique("owner_id", keep="last", maintain_order=True)


def _leads(leads: pl.DataFrame) -> pl.DataFrame:
    # Of the conversion only the day is kept, and no field of a lead says when it was qualified.
    return leads.with_columns(pl.col("converted_at").dt.date()).drop("qualified_at")


def _exchange_rates(rates: pl.DataFrame) -> pl.DataFrame:
    return rates.with_columns(rate_to_reporting=1 / conversion_rates(rates).cast(pl.Float64))


def conversion_rates(rates: pl.DataFrame) -> pl.Series:
    """What one unit of the corporate currency costs, as text with the six decimals that are kept."""
    return pl.Series([f"{1 / rate:.{RATE_DECIMALS}f}" for rate in rates["rate_to_reporting"]])
