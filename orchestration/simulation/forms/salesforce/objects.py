"""The records of each Salesforce object, named as its fields are."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables
from orchestration.simulation.forms.salesforce.carrying import (
    conversion_rates,
    latest_owners,
    numbered_stages,
)
from orchestration.simulation.forms.salesforce.ids import record_ids

CATEGORIES: Final = {"Best Case": "BestCase", "Commit": "Forecast"}  # in ForecastCategory, not in its name
TYPES: Final = {"new": "New Customer", "expansion": "Existing Customer - Upgrade", "renewal": "Renewal"}
PERCENT: Final = 100


def opportunities(tables: Tables) -> pl.DataFrame:
    """Every deal; those in the recycle bin are flagged."""
    stages = numbered_stages(tables["stages"]).select("stage", "stage_order", "probability")
    moved = tables["deal_changes"].filter(pl.col("field") == "stage")
    moved_at = moved.group_by("deal_id").agg(stage_at=pl.col("changed_at").max())
    removed_at = pl.coalesce("deleted_at", "merged_at")
    return (
        tables["deals"]
        .join(stages, on="stage", how="left", maintain_order="left")
        .join(moved_at, on="deal_id", how="left", maintain_order="left")
        .select(
            Id="deal_id",
            IsDeleted=removed_at.is_not_null(),
            AccountId="account_id",
            RecordTypeId=pl.col("pipeline").replace_strict(record_type_ids(tables)),
            Name="deal_name",
            StageName="stage",
            StageSortOrder="stage_order",
            Amount="amount",
            Probability=pl.col("probability") * PERCENT,
            CloseDate="close_date",
            Type=pl.col("deal_type").replace_strict(TYPES),
            NextStep="next_step",
            LeadSource="lead_source",
            IsClosed="is_closed",
            IsWon="is_won",
            ForecastCategory=pl.col("forecast_category").replace(CATEGORIES),
            ForecastCategoryName="forecast_category",
            CurrencyIsoCode="currency",
            CampaignId=pl.lit(None, dtype=pl.String),
            OwnerId="owner_id",
            CreatedDate="created_at",
            LastModifiedDate="modified_at",
            SystemModstamp=pl.coalesce(removed_at, "modified_at"),
            LastStageChangeDate=pl.coalesce("closed_at", "stage_at"),
            Loss_Reason__c="loss_reason",
            Region__c="region",
        )
    )


def opportunity_splits(tables: Tables) -> pl.DataFrame:
    """Every share in the revenue of a deal."""
    splits = tables["deal_splits"]
    return splits.select(
        record_ids("15A", range(splits.height)),
        IsDeleted=pl.lit(False),
        OpportunityId="deal_id",
        SplitOwnerId="owner_id",
        SplitPercentage=(pl.col("share") * PERCENT).round(2),
    )


def accounts(tables: Tables) -> pl.DataFrame:
    """Every account."""
    return tables["accounts"].select(
        Id="account_id",
        IsDeleted=pl.lit(False),
        Name="account_name",
        ParentId="parent_account_id",
        BillingCountry="country",
        Industry="industry",
        CreatedDate="created_at",
    )


def leads(tables: Tables) -> pl.DataFrame:
    """Every lead; a converted one names the account and opportunity that it became."""
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    return tables["leads"].select(
        Id="lead_id",
        IsDeleted=pl.lit(False),
        LastName="Contact " + number,
        Company="Prospect " + number,
        LeadSource="source",
        Status="status",
        OwnerId="owner_id",
        IsConverted=pl.col("converted_at").is_not_null(),
        ConvertedDate=pl.col("converted_at").dt.date(),
        ConvertedAccountId="account_id",
        ConvertedOpportunityId="deal_id",
        CreatedDate="created_at",
    )


def users(tables: Tables) -> pl.DataFrame:
    """Every owner as the user of today."""
    role_ids = {name: role for role, name in roles(tables).select("Id", "Name").iter_rows()}
    return latest_owners(tables["owners"]).select(
        Id="owner_id",
        Username="email",
        Name="owner_name",
        Email="email",
        UserRoleId=pl.col("team").replace_strict(role_ids),
        ManagerId="manager_id",
        IsActive="is_active",
    )


def roles(tables: Tables) -> pl.DataFrame:
    """A role per team, below that of its members' managers."""
    owners = latest_owners(tables["owners"])
    managers = owners.select(manager_id="owner_id", above="team")
    teams = (
        owners.join(managers, on="manager_id", how="left", maintain_order="left")
        .filter(pl.col("team").is_not_null())
        .group_by("team", maintain_order=True)
        .agg(pl.col("above").filter(pl.col("above") != pl.col("team")).first())
    )
    named = teams.with_columns(record_ids("00E", range(teams.height)))
    parents = named.select(above="team", ParentRoleId="Id")
    return named.join(parents, on="above", how="left", maintain_order="left").select(
        "Id", "ParentRoleId", Name="team"
    )


def owner_names(tables: Tables) -> dict[str, str]:
    """The name of each owner by id."""
    return dict(latest_owners(tables["owners"]).select("owner_id", "owner_name").iter_rows())


def record_types(tables: Tables) -> pl.DataFrame:
    """A record type of opportunities per pipeline."""
    names = tables["stages"]["pipeline"].unique(maintain_order=True)
    return pl.DataFrame(
        {
            "Id": record_ids("012", range(len(names))),
            "Name": names,
            "DeveloperName": names.str.replace_all(" ", "_"),
            "SobjectType": ["Opportunity"] * len(names),
            "IsActive": [True] * len(names),
        }
    )


def record_type_ids(tables: Tables) -> dict[str, str]:
    """The record type's id of each pipeline."""
    return dict(record_types(tables).select("Name", "Id").iter_rows())


def opportunity_stages(tables: Tables) -> pl.DataFrame:
    """The stages of all pipelines in one list."""
    stages = numbered_stages(tables["stages"])
    return stages.select(
        record_ids("01J", range(stages.height)),
        MasterLabel="stage",
        ApiName="stage",
        IsActive=pl.lit(True),
        SortOrder="stage_order",
        IsClosed="is_closed",
        IsWon="is_won",
        ForecastCategory=pl.col("forecast_category").replace(CATEGORIES),
        ForecastCategoryName="forecast_category",
        DefaultProbability=pl.col("probability") * PERCENT,
    )


def opportunity_line_items(tables: Tables) -> pl.DataFrame:
    """The product lines of the opportunities."""
    product_ids = dict(products(tables).select("Name", "Id").iter_rows())
    return tables["deal_products"].select(
        Id="line_id",
        OpportunityId="deal_id",
        Product2Id=pl.col("product").replace_strict(product_ids, return_dtype=pl.String),
        CurrencyIsoCode="currency",
        Quantity="quantity",
        TotalPrice="amount",
        UnitPrice=(pl.col("amount").cast(pl.Float64) / pl.col("quantity")).round(2),
        IsDeleted=pl.lit(False),
    )


def products(tables: Tables) -> pl.DataFrame:
    """Every product that is sold."""
    known = tables["deal_products"].select("product", "family").unique().sort("family", "product")
    return known.select(
        record_ids("01t", range(known.height)),
        Name="product",
        ProductCode=pl.col("product").str.to_uppercase().str.replace_all(" ", "-"),
        IsActive=pl.lit(True),
        Family="family",
    )


def dated_conversion_rates(tables: Tables) -> pl.DataFrame:
    """The conversion rates of every month."""
    rates = tables["exchange_rates"]
    return rates.select(
        record_ids("04w", range(rates.height)),
        IsoCode="currency",
        StartDate="valid_from",
        NextStartDate=pl.col("valid_from").shift(-1).over("currency"),
        ConversionRate=conversion_rates(rates),
    )


def currency_types(tables: Tables) -> pl.DataFrame:
    """Today's conversion rate of every currency."""
    rates = tables["exchange_rates"]
    today = rates.with_columns(ConversionRate=conversion_rates(rates)).filter(
        pl.col("valid_from") == pl.col("valid_from").max().over("currency")
    )
    return today.select(
        record_ids("01L", range(today.height)),
        "ConversionRate",
        IsoCode="currency",
        DecimalPlaces=pl.lit(2),
        IsActive=pl.lit(True),
        IsCorporate=pl.col("rate_to_reporting") == 1,
    )
