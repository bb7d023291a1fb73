"""The simulated company as Salesforce exports it."""

from datetime import date

import polars as pl
import pytest

from orchestration.simulation import SimulationSettings, simulate
from orchestration.simulation.extracts import extract
from orchestration.simulation.forms import form_named
from orchestration.simulation.forms.salesforce.ids import checksum, record_id

DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def files():
    company = simulate(SimulationSettings(deals=300, seed=5, until=DAY, years=1.5))
    form = form_named("salesforce")
    return {
        name: pl.read_csv(content.encode(), infer_schema=False)
        for name, content in form.files(form.translated(extract(company, DAY))).items()
        if isinstance(content, str)  # not the canonical files beside them
    }


def test_the_last_three_characters_say_which_of_the_others_are_capital_letters():
    assert checksum("0068d000002OrZq") == "AAK"
    assert checksum("0058d000002C3D2") == "AAK"
    assert checksum("006bm00000LKJNN") == "AA5"
    assert len(record_id("006", 12)) == 18


def test_every_field_is_quoted_and_flags_are_0_and_1():
    company = simulate(SimulationSettings(deals=200, seed=5, until=DAY, years=1))
    form = form_named("salesforce")
    text = form.files(form.translated(extract(company, DAY)))["Opportunity.csv"]
    for line in text.splitlines():
        assert line[0] + line[-1] == '""'
    opportunities = pl.read_csv(text.encode(), infer_schema=False)
    assert set(opportunities["IsWon"]) == {"0", "1"}
    assert set(opportunities["CampaignId"]) == {"000000000000000AAA"}
    assert opportunities["CloseDate"].str.contains(r"^\d{4}-\d\d-\d\d 00:00:00$").all()


def test_the_newest_row_of_a_history_is_the_state_of_the_opportunity(files):
    newest = files["OpportunityHistory.csv"].filter(pl.col("ValidThroughDate") == "")
    state = ("StageName", "Amount", "CloseDate", "ForecastCategory", "CurrencyIsoCode")
    told = newest.sort("OpportunityId").select(pl.col("OpportunityId").alias("Id"), *state)
    assert told.equals(files["Opportunity.csv"].sort("Id").select("Id", *state))


def test_a_change_of_owner_has_a_row_of_names_and_one_of_ids(files):
    changes = files["OpportunityFieldHistory.csv"].filter(pl.col("Field") == "Owner")
    named, referred = (changes.filter(pl.col("DataType") == kind) for kind in ("Text", "EntityId"))
    assert named.height == referred.height > 0
    names = dict(files["User.csv"].select("Id", "Name").iter_rows())
    assert referred["NewValue"].replace_strict(names).to_list() == named["NewValue"].to_list()


def test_roles_stand_in_a_hierarchy_with_one_top_for_each_area(files):
    roles = files["UserRole.csv"]
    above = roles.filter(pl.col("ParentRoleId") != "000000000000000AAA")
    assert set(above["ParentRoleId"]) <= set(roles["Id"])
    assert 0 < above.height < roles.height
