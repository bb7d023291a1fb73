"""The product lines of the simulated company's deals."""

from datetime import date

import polars as pl
import pytest

from orchestration.extracts.entities import ENTITIES
from orchestration.simulation import SimulationSettings, simulate
from orchestration.simulation.extracts import extract, write_files
from orchestration.simulation.forms import canonical, form_named, form_names
from orchestration.simulation.products import FAMILIES, OFF_CENTS
from tests.unit.extract_folders import Workplace

DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def tables():
    return extract(simulate(SimulationSettings(deals=1500, seed=3, until=DAY)), DAY)


def test_lines_add_up_to_the_amount_of_all_deals_but_a_few(tables):
    sums = tables["deal_products"].group_by("deal_id").agg(pl.col("amount").sum().alias("lines"))
    both = tables["deals"].join(sums, on="deal_id")
    off = both.filter(pl.col("amount") != pl.col("lines"))
    assert 0 < off.height < 0.05 * both.height
    assert off.select(pl.col("amount") - pl.col("lines")).to_series().unique().to_list() == [OFF_CENTS / 100]
    lines = tables["deal_products"].join(tables["deals"], on="deal_id")
    assert lines.filter(pl.col("currency") != pl.col("currency_right")).is_empty()
    assert 0.8 < both.height / tables["deals"].filter(~pl.col("is_deleted")).height < 0.9


def test_products_are_of_three_families_and_no_deal_has_one_twice(tables):
    lines = tables["deal_products"]
    assert set(lines["family"]) == set(FAMILIES)
    assert lines.select("deal_id", "family").is_duplicated().sum() == 0
    assert {product for family in FAMILIES.values() for product in family} == set(lines["product"])
    assert lines["amount"].min() >= 0


def test_removed_deals_have_no_lines(tables):
    removed = tables["deals"].filter(pl.col("is_deleted") | pl.col("merged_at").is_not_null())
    assert removed.height
    assert removed.join(tables["deal_products"], on="deal_id").is_empty()


def test_salesforce_has_an_item_per_line_that_names_its_product(tables):
    form = form_named("salesforce")
    files = {
        name: pl.read_csv(content.encode(), infer_schema=False)
        for name, content in form.files(form.translated(tables)).items()
        if isinstance(content, str)
    }
    items = files["OpportunityLineItem.csv"].join(
        files["Product2.csv"], left_on="Product2Id", right_on="Id", maintain_order="left"
    )
    assert items["Name"].to_list() == tables["deal_products"]["product"].to_list()
    assert items["Family"].to_list() == tables["deal_products"]["family"].to_list()
    assert set(items["OpportunityId"]) <= set(files["Opportunity.csv"]["Id"])


@pytest.mark.parametrize("crm", [name for name in form_names() if name != "canonical"])
def test_each_form_lands_the_lines_that_it_says_it_carries(tables, crm, tmp_path):
    form = form_named(crm)
    translated = form.translated(tables)
    landed = {}
    for name, files in (
        ("canonical", canonical.files(form.carried(translated))),
        (crm, form.files(translated)),
    ):
        workplace = Workplace(tmp_path / name, crm=name)
        write_files(files, workplace.root / "raw" / "sales" / DAY.isoformat())
        workplace.land()
        landed[name] = sorted(workplace.rows("deal_products", *ENTITIES["deal_products"].columns))
    assert landed[crm] == landed["canonical"]
    assert (len(landed[crm]) == tables["deal_products"].height) is (crm == "salesforce")
