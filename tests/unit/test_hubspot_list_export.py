"""The simulated company as a list view of HubSpot exports it: what of it survives in one CSV with labels."""

from datetime import date

import polars as pl
import pytest

from orchestration.simulation import SimulationSettings, simulate
from orchestration.simulation.extracts import extract
from orchestration.simulation.forms import hubspot
from tests.unit.extract_folders import FIRST, Workplace

ZONE = "Europe/Berlin"
LOCAL = "%Y-%m-%d %H:%M"
UNTIL = date(2026, 9, 30)
TYPES = {"new": "New Business", "expansion": "Existing Business", "renewal": "Renewal"}


def local(column):
    """Moments as an export writes them: to the minute, in the zone of whoever exports."""
    return pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE).dt.strftime(LOCAL)


def list_export(tables):
    """All deals with their properties by label, and a column for each stage of when it was entered last."""
    stage = pl.format("{} ({})", "stage", "pipeline")
    names = tables["owners"].unique("owner_id", keep="last").select("owner_id", "owner_name")
    in_pipeline = pl.when(field="pipeline").then("new_value").forward_fill().over("deal_id")
    entered = (
        tables["deal_changes"]
        .with_columns(pipeline=in_pipeline, stage="new_value")
        .filter(field="stage")
        .select("deal_id", name=pl.format('Date entered "{}"', stage), at=local("changed_at"))
        .pivot(on="name", index="deal_id", values="at", aggregate_function="last")
    )
    return (
        tables["deals"]
        .filter(~pl.col("is_deleted"), pl.col("merged_into_deal_id").is_null())
        .join(names, on="owner_id", how="left", maintain_order="left")
        .join(entered, on="deal_id", how="left", maintain_order="left")
        .select(
            pl.col("deal_id").alias("Record ID"),
            pl.col("deal_name").alias("Deal Name"),
            stage.alias("Deal Stage"),
            pl.col("pipeline").alias("Pipeline"),
            pl.coalesce(local("closed_at"), pl.col("close_date").cast(pl.String) + " 12:00").alias(
                "Close Date"
            ),
            local("created_at").alias("Create Date"),
            pl.col("amount").alias("Amount"),
            pl.col("currency").alias("Currency"),
            pl.col("owner_name").alias("Deal owner"),
            pl.col("deal_type").replace(TYPES).alias("Deal Type"),
            pl.col("is_won").alias("Is Closed Won"),
            (pl.col("is_closed") & ~pl.col("is_won")).alias("Is closed lost"),
            local("modified_at").alias("Last Modified Date"),
            pl.col("account_id").alias("Associated Company IDs (Primary)"),
            *entered.columns[1:],
        )
    )


@pytest.fixture(scope="module")
def company():
    simulated = simulate(SimulationSettings(deals=300, seed=5, until=UNTIL, years=2))
    return hubspot.translated(extract(simulated, UNTIL))


@pytest.fixture(scope="module")
def landed(company, tmp_path_factory):
    place = Workplace(tmp_path_factory.mktemp("export"), crm="hubspot", time_zone=ZONE)
    export = list_export(company).write_csv()
    place.write(FIRST, {f"hubspot-crm-exports-all-deals-{UNTIL}.csv": export})
    place.land()
    return place


def test_deals_keep_stage_amount_result_and_days(landed, company):
    columns = ["deal_id", "pipeline", "stage", "amount", "currency", "close_date", "is_closed", "is_won"]
    kept = company["deals"].filter(~pl.col("is_deleted"), pl.col("merged_into_deal_id").is_null())
    assert landed.rows("deals", *columns) == kept.select(columns).rows()
    assert sum(won for (won,) in landed.rows("deals", "is_won")) > 20


def test_moments_lose_their_seconds_and_nothing_else(landed, company):
    kept = company["deals"].filter(~pl.col("is_deleted"), pl.col("merged_into_deal_id").is_null())
    moments = kept.select(pl.col("created_at", "closed_at", "modified_at").dt.truncate("1m"))
    assert landed.rows("deals", "created_at", "closed_at", "modified_at") == moments.rows()


def test_history_keeps_the_last_time_at_which_a_stage_was_entered(landed, company):
    kept = company["deals"].filter(~pl.col("is_deleted"), pl.col("merged_into_deal_id").is_null())
    in_pipeline = pl.when(field="pipeline").then("new_value").forward_fill().over("deal_id")
    wanted = (
        company["deal_changes"]
        .with_columns(pipeline=in_pipeline)
        .filter(field="stage")
        .join(kept, on="deal_id", how="semi")
        .group_by("deal_id", "pipeline", "new_value")
        .agg(pl.col("changed_at").last().dt.truncate("1m"))
        .select("deal_id", "new_value", "changed_at")
    )
    found = landed.rows("deal_changes", "deal_id", "new_value", "changed_at")
    assert sorted(found) == sorted(wanted.rows())
