"""A small Salesforce org with stage history whose flags contradict its stages."""

import shutil

import pytest

from tests.refreshes import Workplace


@pytest.fixture(scope="module")
def preppin(tmp_path_factory, shared_data):
    company = {
        "company": "Preppin",
        "time_zone": "UTC",
        "reporting_currency": "USD",
        "sources": [{"name": "sales", "crm": "salesforce", "path": "raw/sales"}],
    }
    workplace = Workplace.of(tmp_path_factory.mktemp("preppin"), company)
    folder = workplace.data / "raw" / "sales" / "2022-12-31"
    folder.mkdir(parents=True)
    for name in ("w23_Opportunity.csv", "w23_OpportunityHistory.csv"):
        shutil.copy(shared_data / "preppin_salesforce" / name, folder)
    return workplace, workplace.succeed()


def test_every_row_is_landed(preppin):
    workplace, _ = preppin
    landed = workplace.query(
        "select entity, sum(rows_in), sum(rows_written + rows_unchanged), sum(rows_quarantined)"
        " from quality.landed_files where rows_in > 0 group by entity order by entity"
    )
    assert landed == [("deal_changes", 584, 584, 0), ("deals", 219, 219, 0)]


def test_records_of_one_stage_are_one_visit_and_closing_is_none(preppin):
    workplace, _ = preppin
    assert workplace.query("select count(*), count(distinct deal_id) from core.fct_deal_stages")[0][0] == 331


def test_contradictory_flags_are_counted_and_listed(preppin):
    workplace, output = preppin
    [(listed,)] = workplace.query("select count(*) from core.fct_deals where is_flag_contradictory")
    assert f"crm_flags_contradict_stage: {listed} found" in output
    assert listed > 100
