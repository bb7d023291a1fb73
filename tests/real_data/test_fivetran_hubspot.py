"""HubSpot as a loader keeps it (Fivetran's seeds): property history, merges, hours without a zero."""

import shutil
from datetime import datetime

import pytest

from tests.unit.extract_folders import FIRST, Workplace

OF_OTHER_DATABASES = ("*_databricks.csv", "*_postgres.csv", "*_snowflake.csv")  # the same rows again


@pytest.fixture(scope="module")
def landed(shared_data, tmp_path_factory) -> Workplace:
    place = Workplace(tmp_path_factory.mktemp("hubspot"), crm="hubspot")
    folder = place.root / "raw" / "sales" / FIRST.isoformat()
    shutil.copytree(
        shared_data / "fivetran_hubspot_seeds", folder, ignore=shutil.ignore_patterns(*OF_OTHER_DATABASES)
    )
    place.land()
    return place


@pytest.mark.parametrize(
    ("file", "entity", "rows"),
    [
        ("deal_data", "deals", 44),
        ("deal_property_history_data", "deal_changes", 100),
        ("deal_stage_data", "deal_changes", 14),
        ("merged_deal_data", "deals", 14),
        ("deal_pipeline_stage_data", "stages", 71),
        ("deal_pipeline_data", "(lookup)", 6),
        ("owner_data", "owners", 100),
        ("owner_team_data", "owners", 3),
        ("company_data", "accounts", 24),
        ("deal_contact_data", "deal_contacts", 11),
        ("engagement_meeting_data", "activities", 100),
        ("engagement_deal_data", "activities", 1),
        ("contact_property_history_data", "(not used)", 0),
        ("ticket_pipeline_stage_data", "(not used)", 0),
    ],
)
def test_every_table_is_recognised_by_its_columns_and_counted(landed, file, entity, rows):
    files = landed.land().landed_files().filter(file=f"{file}.csv")
    assert files.select("entity", "rows_in", "rows_quarantined", "rows_duplicate").row(0) == (
        entity, rows, 0, 0,
    )  # fmt: skip


def test_hours_without_a_zero_are_read(landed):
    changes = dict(landed.rows("deal_changes", "deal_id", "changed_at"))
    assert changes["3954699413"] == datetime(2021, 1, 7, 6, 49, 18)


def test_deals_that_were_merged_name_the_one_that_they_became_part_of(landed):
    merged = {row[0]: row[1] for row in landed.rows("deals", "deal_id", "merged_into_deal_id") if row[1]}
    assert len(merged) == 14
    assert merged["9014070905"] == "9089908390"


def test_associations_with_deals_that_are_not_there_make_none(landed):
    deals = {row[0] for row in landed.rows("deals", "deal_id")}
    assert len(deals) == 58
    assert "6789" not in deals
