"""Stages that no file describes have the settings that their deals show; what is stated counts first."""

import pytest

from tests.unit.extract_folders import FIRST, Workplace

HEADER = "Id,Name,StageName,CloseDate,Probability,StageSortOrder,IsClosed,IsWon"
SETTINGS = ("stage", "stage_order", "probability", "is_closed", "is_won", "process_step")
STANDARD = ("stage", "stage_order", "probability", "is_closed", "is_won", "process_step", "forecast_category")


@pytest.fixture
def salesforce(tmp_path):
    return Workplace(tmp_path, crm="salesforce")


def opportunities(*rows, header=HEADER):
    lines = (f"{number},Deal,{row}" for number, row in enumerate(rows))
    return {"Opportunity.csv": "\n".join((header, *lines)) + "\n"}


def landed(salesforce, files):
    """The stages that are landed, without the ten standard ones."""
    salesforce.write(FIRST, files)
    salesforce.land()
    return salesforce.rows("stages", *SETTINGS)[10:]


def test_a_stage_of_ones_own_has_what_most_of_its_deals_show(salesforce):
    rows = [
        "Pilot,2026-05-01,40,3,0,0",
        "Pilot,2026-05-01,40,3,0,0",
        "Pilot,2026-05-01,95,4,1,1",  # a hand-set probability, and flags that contradict the others
        "Signed,2026-05-01,100,9,true,true",
        "Dropped,2026-05-01,0,10,true,false",
    ]
    assert landed(salesforce, opportunities(*rows)) == [
        ("Dropped", 10, 0.0, True, False, None),
        ("Pilot", 3, 0.4, False, False, None),
        ("Signed", 9, 1.0, True, True, None),
    ]


def test_of_values_as_frequent_the_lowest_counts(salesforce):
    rows = ["Pilot,2026-05-01,60,4,1,1", "Pilot,2026-05-01,30,2,0,0"]
    assert landed(salesforce, opportunities(*rows)) == [("Pilot", 2, 0.3, False, False, None)]


def test_values_that_cannot_be_are_none_and_cost_no_deal(salesforce):
    rows = [
        "Pilot,2026-05-01,likely,first,maybe,0",
        "Pilot,2026-05-01,250,2.5,,0",
        "Pilot,2026-05-01,20,,0,0",
    ]
    # IsClosed is a column of the deal too, and there what is no flag is an error of its row.
    assert landed(salesforce, opportunities(*rows)) == [("Pilot", None, 0.2, False, False, None)]
    assert salesforce.quarantine("line", "column", "value") == [(2, "IsClosed", "maybe")]
    rows[0] = "Pilot,2026-05-01,likely,first,0,0"
    assert landed(salesforce, opportunities(*rows)) == [("Pilot", None, 0.2, False, False, None)]
    assert salesforce.quarantine("line") == []
    assert len(salesforce.rows("deals")) == 3


def test_copies_of_a_deal_that_differ_in_what_is_not_landed_are_copies(salesforce):
    text = f"{HEADER}\n1,Deal,Pilot,2026-05-01,20,1,0,0\n1,Deal,Pilot,2026-05-01,30,1,0,0\n"
    assert landed(salesforce, {"Opportunity.csv": text}) == [("Pilot", 1, 0.2, False, False, None)]
    assert salesforce.account("Opportunity.csv") == (2, 1, 0, 0, 1)


def test_an_export_without_these_columns_shows_no_stage(salesforce):
    text = "Id,Name,StageName,CloseDate\n1,Deal,Pilot,2026-05-01\n2,Deal,,2026-05-01\n"
    assert landed(salesforce, {"Opportunity.csv": text}) == []


def test_standard_stages_keep_their_settings_whatever_the_deals_say(tmp_path):
    contradictory = [
        "Closed Lost,2022-03-24,50,1,FALSE,FALSE",
        "Closed Won,2022-05-11,10,2,FALSE,FALSE",
        "Prospecting,2022-05-11,100,8,TRUE,TRUE",
    ]
    stages = []
    for name, rows in (("plain", ["Prospecting,2026-05-01,,,,"]), ("contradictory", contradictory)):
        salesforce = Workplace(tmp_path / name, crm="salesforce")
        assert landed(salesforce, opportunities(*rows)) == []
        stages.append(salesforce.rows("stages", *STANDARD))
    assert stages[0] == stages[1]
    assert ("Closed Won", 9, 1.0, True, True, "customer", "Closed") in stages[1]


def test_a_stage_file_counts_first_and_alone_says_which_stages_there_are(salesforce):
    stages = "Id,MasterLabel,ApiName,SortOrder,IsClosed,IsWon,DefaultProbability\n1,Pilot,Pilot,2,0,0,\n"
    rows = ["Pilot,2026-05-01,40,7,1,1", "Retired,2026-05-01,10,1,0,0"]
    salesforce.write(FIRST, {**opportunities(*rows), "OpportunityStage.csv": stages})
    salesforce.land()
    assert salesforce.rows("stages", *SETTINGS) == [("Pilot", 2, 0.4, False, False, None)]


def test_what_deals_show_holds_in_every_pipeline(salesforce):
    header = "Id,Name,StageName,CloseDate,Probability,Pipeline__c"
    rows = ["Pilot,2026-05-01,40,New", "Prospecting,2026-05-01,10,Renewals"]
    salesforce.write(FIRST, opportunities(*rows, header=header))
    salesforce.land()
    pilots = [
        row for row in salesforce.rows("stages", "stage", "pipeline", "probability") if row[0] == "Pilot"
    ]
    assert pilots == [("Pilot", "New", 0.4), ("Pilot", "Renewals", 0.4)]


def test_a_mapping_of_the_user_may_derive_stages_and_nothing_else(tmp_path):
    workplace = Workplace(tmp_path)
    table = {"files": "opps", "lands": [{"entity": "deals", "columns": {"deal_id": "id", "stage": "s"}}]}
    derives = [{"entity": "stages", "columns": {"stage": "s", "probability": "p"}}]
    workplace.map(tables={"deals": {**table, "derives": derives}})
    workplace.write(FIRST, {"opps.csv": "id,s,p\nD1,Talk,0.5\n"})
    workplace.land()
    assert workplace.rows("stages", "stage", "probability", "pipeline") == [("Talk", 0.5, "default")]
