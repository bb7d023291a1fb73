"""Real exports, where they are at hand: every row is accounted for and becomes what it says."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.extracts import read_manifest
from tests.refreshes import SHARED_DATA, needs_shared_data
from tests.unit.extract_folders import Workplace

MAPPING = Path(__file__).parents[1] / "mappings" / "maven.yaml"
DAY = date(2026, 9, 30)
pytestmark = needs_shared_data


def landed(root, crm, path, extract_date=DAY):
    workplace = Workplace(root, crm, source={"path": str(path), "extract_date": extract_date})
    workplace.land()
    return workplace


def maven(root, twin):
    root.mkdir()
    shutil.copy(MAPPING, root / "maven.yaml")
    return landed(root, "maven.yaml", SHARED_DATA / "maven_crm" / twin, date(2017, 12, 31))


def test_maven_and_its_twin_with_us_dates_are_the_same_rows(tmp_path):
    original, resaved = maven(tmp_path / "a", "original"), maven(tmp_path / "b", "resaved_us_dates")
    for entity in ("deals", "deal_dimensions", "deal_changes", "stages", "owners", "accounts"):
        columns = pl.read_parquet(read_manifest(original.folder).files(entity)).columns
        assert original.rows(entity, *columns) == resaved.rows(entity, *columns)
    assert original.account("sales_pipeline.csv", date(2017, 12, 31)) == (8800, 8800, 0, 0, 0)


def test_mavens_misspelt_product_finds_its_series_by_a_rule(tmp_path):
    dimensions = pl.DataFrame(
        maven(tmp_path / "a", "original").rows("deal_dimensions", "dimension", "value"), orient="row"
    )
    counts = dict(dimensions.filter(pl.col("column_0") == "product").group_by("column_1").len().rows())
    assert counts["GTX Pro"] == 1480
    assert sum(counts.values()) == 8800


def test_salesforce_history_of_w23_is_landed_whole_and_a_repeated_stage_is_no_change(tmp_path):
    source = tmp_path / "w23"
    source.mkdir()
    for name in ("w23_Opportunity.csv", "w23_OpportunityHistory.csv"):
        shutil.copy(SHARED_DATA / "preppin_salesforce" / name, source)
    workplace = landed(tmp_path / "data", "salesforce", source)
    assert workplace.account("w23_Opportunity.csv", DAY) == (219, 219, 0, 0, 0)
    assert workplace.account("w23_OpportunityHistory.csv", DAY) == (584, 477, 107, 0, 0)
    stages = pl.DataFrame(workplace.rows("deal_changes", "field", "new_value"), orient="row")
    assert dict(stages.group_by("column_1").len().rows()) == {
        "Prospecting": 163, "Closed Won": 89, "Negotiation/Review": 58,
        "Value Proposition": 57, "Closed Lost": 57, "Qualification": 53,
    }  # fmt: skip


def test_salesforce_opportunities_of_w38_are_landed_whole(tmp_path):
    source = tmp_path / "w38"
    source.mkdir()
    for name in ("w38_Opportunity.csv", "w38_Account.csv"):
        shutil.copy(SHARED_DATA / "preppin_salesforce" / name, source)
    workplace = landed(tmp_path / "data", "salesforce", source)
    assert workplace.account("w38_Opportunity.csv", DAY) == (706, 706, 0, 0, 0)
    assert workplace.account("w38_Account.csv", DAY) == (1002, 1002, 0, 0, 0)
    assert max(day for (day,) in workplace.rows("deals", "close_date")) > date(2028, 1, 1)


def test_salesforce_objects_with_us_dates_and_halves_of_the_day_are_landed_whole(tmp_path):
    workplace = landed(tmp_path, "salesforce", SHARED_DATA / "salesforce_devorg_powerbi")
    accounts = (
        read_manifest(workplace.folder).landed_files().select("entity", "rows_in", "rows_written").rows()
    )
    assert sorted(accounts) == [
        ("(not used)", 0, 0), ("accounts", 18, 18), ("deal_changes", 48, 48),
        ("deals", 36, 36), ("leads", 22, 22),
    ]  # fmt: skip
    assert {day for (day,) in workplace.rows("deals", "close_date")} == {
        date(2024, 2, 3),
        date(2026, 2, 23),
        date(2026, 3, 31),
    }
    assert sum(converted is not None for (converted,) in workplace.rows("leads", "deal_id")) == 5


def test_olists_twins_of_every_spelling_land_as_the_same_rows(tmp_path):
    twins = []
    for name, path in (("publisher", "olist"), ("variants", "olist/variants")):
        (tmp_path / name).mkdir()
        shutil.copy(MAPPING.with_name("olist.yaml"), tmp_path / name)
        workplace = landed(tmp_path / name, "olist.yaml", SHARED_DATA / path, date(2018, 11, 30))
        assert workplace.quarantine("file") == []
        twins.append({name: workplace.rows(name) for name in ("deals", "deal_dimensions", "leads", "stages")})
    assert twins[0] == twins[1]
    assert (len(twins[0]["deals"]), len(twins[0]["leads"])) == (842, 8000)
