"""Mappings that build on others: a built-in one extended, canonical files beside a CRM's own, prefixes."""

import re
from datetime import datetime

import pytest

from orchestration.extracts import ExtractError
from orchestration.extracts.mapping import load_mapping
from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


OPPORTUNITY = "Id,Name,StageName,CloseDate\n006A,Deal,Prospecting,03/04/2026\n"


def test_an_extended_mapping_keeps_what_the_file_does_not_say(workplace):
    workplace.map(extends="salesforce", tables={"Opportunity": {"date_order": "dmy"}})
    workplace.write(FIRST, {"o.csv": OPPORTUNITY})
    workplace.land()
    [(stage, close_date)] = workplace.rows("deals", "stage", "close_date")
    assert (stage, close_date.isoformat()) == ("Prospecting", "2026-04-03")
    assert ("Closed Won",) in workplace.rows("stages", "stage")


def landed_as(columns):
    return {"Opportunity": {"date_order": "mdy", "lands": [{"entity": "deals", "columns": columns}]}}


def test_a_column_that_the_extending_file_names_must_be_there(workplace):
    workplace.map(extends="salesforce", tables=landed_as({"deal_id": "Id", "pipeline": "Motion__c"}))
    workplace.write(FIRST, {"o.csv": OPPORTUNITY})
    assert re.search(r"there is no column for deals\.pipeline; accepted is 'Motion__c'", workplace.problem())


def test_lists_of_the_extending_file_replace_those_of_the_built_in_one(workplace):
    workplace.map(extends="salesforce", tables=landed_as({"deal_id": "Id", "deal_type": "=new"}), rows={})
    workplace.write(FIRST, {"o.csv": OPPORTUNITY})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "deal_name", "deal_type") == [("006A", None, "new")]


def test_an_unknown_mapping_cannot_be_extended(workplace):
    workplace.map(extends="siebel", tables={})
    with pytest.raises(ExtractError, match=r"extends: 'siebel': accepted are canonical, .*salesforce"):
        load_mapping("mapping.yaml", workplace.root)


def test_canonical_files_lie_beside_those_of_the_crm(workplace):
    workplace.crm = "salesforce"
    workplace.write(
        FIRST,
        {
            "o.csv": OPPORTUNITY.replace("03/04/2026", "2026-04-03"),
            "quotas.csv": "owner_id,period_start,amount\n005A,2026-01-01,1000\n",
            "stages-2026.csv": "stage,process_step\nProspecting,meeting\n",
        },
    )
    workplace.land()
    assert workplace.rows("quotas", "owner_id", "currency") == [("005A", "EUR")]
    assert workplace.rows("stages", "stage", "process_step") == [("Prospecting", "meeting")]


def test_a_crms_own_table_of_the_same_name_stays_and_both_are_read(workplace):
    own = {"header": ["stage_label"], "lands": [{"entity": "stages", "columns": {"stage": "stage_label"}}]}
    deals = {"files": "opps", "lands": [{"entity": "deals", "columns": {"deal_id": "id"}}]}
    workplace.map(canonical=["stages"], tables={"stages": own, "opps": deals})
    workplace.write(
        FIRST,
        {"opps.csv": "id\nD1\n", "a.csv": "stage_label\nOpen\n", "stages.csv": "stage,is_won\nOpen,true\n"},
    )
    workplace.land()
    assert workplace.rows("stages", "stage", "is_won") == [("Open", True)]


def test_an_unknown_canonical_file_is_an_error(workplace):
    workplace.map(canonical=["quotes"], tables={})
    with pytest.raises(ExtractError, match=r"canonical: quotes: accepted are deals, .*quotas"):
        load_mapping("mapping.yaml", workplace.root)


PREFIXED = {
    "prefixes": ["properties.", "property_"],
    "tables": {
        "deals": {
            "header": ["hs_object_id", "dealname"],
            "lands": [
                {"entity": "deals", "columns": {"deal_id": ["id", "hs_object_id"], "deal_name": "deal name"}}
            ],
        }
    },
}


@pytest.mark.parametrize("prefix", ["", "properties.", "Property_"])
def test_a_prefix_may_stand_before_any_name(workplace, prefix):
    workplace.map(**PREFIXED)
    workplace.write(FIRST, {"x.csv": f"{prefix}hs_object_id,{prefix}dealname\nD1,a\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "deal_name") == [("D1", "a")]


def test_a_name_without_prefix_counts_before_one_with(workplace):
    workplace.map(**PREFIXED)
    workplace.write(FIRST, {"x.csv": "properties.dealname,dealname,id,hs_object_id\nlong,short,D1,D2\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "deal_name") == [("D1", "short")]


@pytest.mark.parametrize(
    ("mapping_zone", "table_zone", "hour"), [("UTC", None, 12), ("company", None, 11), ("UTC", "company", 11)]
)
def test_local_times_may_be_in_the_companys_zone(workplace, mapping_zone, table_zone, hour):
    table = {
        "files": "opps",
        "lands": [{"entity": "deals", "columns": {"deal_id": "id", "created_at": "day"}}],
    }
    workplace.map(time_zone=mapping_zone, tables={"deals": {**table, "time_zone": table_zone}})
    workplace.write(FIRST, {"opps.csv": "id,day\nD1,2026-01-15 12:00:00\n"})
    workplace.land()
    assert workplace.rows("deals", "created_at") == [(datetime(2026, 1, 15, hour),)]
