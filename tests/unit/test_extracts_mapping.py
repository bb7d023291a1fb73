"""One mapping mechanism: aliases, constants, value maps, lookups, changes, dimensions, stages."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from orchestration.extracts import ExtractError
from tests.refreshes import SHARED_DATA
from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def one_table(columns, **landing):
    return {"deals": {"files": "opps", "lands": [{"entity": "deals", "columns": columns, **landing}]}}


def test_columns_are_found_whatever_their_case_spaces_and_underscores(workplace):
    workplace.map(tables=one_table({"deal_id": ["Nope", "Opp Id"], "deal_name": "opp_name"}))
    workplace.write(FIRST, {"opps.csv": "OPP_ID,Opp Name\nD1,a\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "deal_name") == [("D1", "a")]


def test_constants_value_maps_and_null_words(workplace):
    columns = {
        "deal_id": "id",
        "currency": "=USD",
        "stage": {"from": "s", "values": {"W": "Won"}},
        "is_won": {"from": "s", "values": {"w": True, "*": False}},
        "owner_id": "o",
    }
    workplace.map(tables=one_table(columns), nulls=["-none-"])
    workplace.write(FIRST, {"opps.csv": "id,s,o\nD1,W,U1\nD2,Talking,-none-\nD3,,U2\n"})
    workplace.land()
    assert workplace.rows("deals", "currency", "stage", "is_won", "owner_id") == [
        ("USD", "Won", True, "U1"),
        ("USD", "Talking", False, None),
        ("USD", None, None, "U2"),
    ]


def lookup(**rule):
    return {
        "deals": {
            "files": "opps",
            "lands": [
                {
                    "entity": "deals",
                    "columns": {"deal_id": "id"},
                    "dimensions": {
                        "series": {
                            "from": "product",
                            "lookup": {"table": "products", "key": "name", "value": "series", **rule},
                        }
                    },
                }
            ],
        },
        "products": {"files": "products"},
    }


def test_a_lookup_ignores_what_its_rule_says(workplace):
    workplace.map(tables=lookup(ignore=["spaces", "case", "punctuation"]))
    workplace.write(
        FIRST,
        {
            "opps.csv": "id,product\nD1,GTXPro\nD2,mg-special\nD3,other\n",
            "products.csv": "name,series\nGTX Pro,GTX\nMG Special,MG\n",
        },
    )
    workplace.land()
    assert workplace.rows("deal_dimensions", "deal_id", "value") == [("D1", "GTX"), ("D2", "MG")]
    assert workplace.account("products.csv") == (2, 0, 2, 0, 0)


def test_a_lookup_with_two_answers_is_a_problem(workplace):
    workplace.map(tables=lookup(ignore="spaces"))
    workplace.write(FIRST, {"opps.csv": "id,product\nD1,a\n", "products.csv": "name,series\nG P,1\nGP,2\n"})
    assert re.search(
        r"products\.csv: column name: 'GP' has several values of series: 1, 2", workplace.problem()
    )


def test_a_column_that_a_users_mapping_names_must_be_there(workplace):
    workplace.map(tables=one_table({"deal_id": "id", "amount": "valeu"}))
    workplace.write(FIRST, {"opps.csv": "id,value\nD1,1\n"})
    assert re.search(
        r"opps\.csv: line 1: there is no column for deals\.amount; accepted is 'valeu'", workplace.problem()
    )


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"tables": one_table({"deal": "id"})}, "deals has no column 'deal'"),
        (
            {"tables": {"x": {"files": "x", "lands": [{"entity": "orders", "columns": {}}]}}},
            "entity 'orders' is not known",
        ),
        ({"tables": {"x": {}}}, "files .* or header .* is needed"),
        (
            {"tables": {"x": {"files": "x", "derives": [{"entity": "deals", "columns": {}}]}}},
            "derives is accepted for stages",
        ),
        ({"tables": {}, "zone": "UTC"}, "zone"),
        ({"tables": {}, "time_zone": "Mars"}, "Europe/Berlin"),
        (
            {"tables": lookup()["deals"] and {"deals": lookup()["deals"]}},
            "lookup in 'products', which is no table here",
        ),
    ],
)
def test_a_wrong_mapping_is_an_error_that_names_key_and_choices(workplace, mapping, said):
    workplace.map(**mapping)
    workplace.write(FIRST, {"opps.csv": "id\nD1\n"})
    with pytest.raises(ExtractError, match=said) as caught:
        workplace.land()
    assert "mapping.yaml" in str(caught.value)


def test_an_unknown_crm_names_the_known_ones(workplace):
    workplace.crm = "siebel"
    workplace.write(FIRST, {"deals.csv": "deal_id\nD1\n"})
    with pytest.raises(
        ExtractError, match=r"'siebel': accepted are canonical, .*salesforce, or the path of a mapping"
    ):
        workplace.land()


def test_an_extract_without_deals_lists_what_was_found_and_expected(workplace):
    workplace.write(FIRST, {"orders.csv": "a,b\n1,2\n"})
    assert re.search(
        r"none of its files holds deals; found are orders\.csv \(a, b\); accepted is a file",
        workplace.problem(),
    )


def test_dimensions_of_the_company_file_become_rows_and_blanks_none(workplace):
    workplace.source = {"dimensions": {"region": "Region__c"}}
    workplace.write(FIRST, {"deals.csv": "deal_id,region__c\nD1,North\nD2,\n"})
    workplace.land()
    assert workplace.rows("deal_dimensions", "deal_id", "dimension", "value") == [("D1", "region", "North")]


def test_ids_get_the_sources_prefix_and_the_source_id_stays(workplace):
    workplace.source = {"id_prefix": "eu-"}
    changes = "deal_id,field,changed_at,new_value,old_value\nD1,owner_id,2026-01-02T00:00:00Z,U2,U1\n"
    workplace.write(
        FIRST, {"deals.csv": "deal_id,owner_id,account_id\nD1,U2,\n", "deal_changes.csv": changes}
    )
    workplace.land()
    assert workplace.rows("deals", "deal_id", "source_deal_id", "owner_id", "account_id") == [
        ("eu-D1", "D1", "eu-U2", None)
    ]
    assert workplace.rows("deal_changes", "deal_id", "new_value", "old_value") == [
        ("eu-D1", "eu-U2", "eu-U1")
    ]


def test_currency_is_the_companys_only_where_no_column_names_one(workplace):
    workplace.write(FIRST, {"deals.csv": "deal_id,amount\nD1,1\n"})
    workplace.land()
    assert workplace.rows("deals", "currency", "pipeline") == [("EUR", "default")]
    workplace.write(FIRST, {"deals.csv": "deal_id,amount,currency\nD1,1,\nD2,1,USD\n"})
    workplace.land()
    assert workplace.rows("deals", "currency") == [(None,), ("USD",)]


def test_values_of_changes_are_written_in_one_form(workplace):
    rows = [
        "amount,1e3,12.5",
        "close_date,2026-04-01T00:00:00Z,",
        "stage,Won,Talking",
        "amount,,7",
        "colour,red,",
        "amount,x,",
        "close_date,2026-04-31,",
    ]
    lines = "\n".join(f"D1,2026-01-02T0{number}:00:00Z,{row}" for number, row in enumerate(rows))
    workplace.write(
        FIRST,
        {
            "deals.csv": "deal_id\nD1\n",
            "deal_changes.csv": f"deal_id,changed_at,field,new_value,old_value\n{lines}\n",
        },
    )
    workplace.land()
    assert workplace.rows("deal_changes", "field", "new_value", "old_value") == [
        ("amount", "1000.00", "12.50"), ("close_date", "2026-04-01", None),
        ("stage", "Won", "Talking"), ("amount", None, "7.00"),
    ]  # fmt: skip
    assert workplace.quarantine("line", "column", "value") == [
        (6, "field", "colour"),
        (7, "new_value", "x"),
        (8, "new_value", "2026-04-31"),
    ]


def test_stages_without_pipeline_stand_for_every_pipeline(workplace):
    workplace.write(
        FIRST,
        {
            "deals.csv": "deal_id,pipeline\nD1,New\nD2,\n",
            "stages.csv": "pipeline,stage,probability\n,Won,1\nNew,Won,0.9\n",
        },
    )
    workplace.land()
    assert sorted(workplace.rows("stages", "pipeline", "stage", "probability")) == [
        ("New", "Won", 0.9),
        ("default", "Won", 1.0),
    ]


OPPORTUNITY = (
    "Id,IsDeleted,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,"
    "CreatedDate,LastStageChangeDate,ForecastCategory"
)


@pytest.fixture
def salesforce(tmp_path):
    return Workplace(tmp_path, crm="salesforce")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            OPPORTUNITY,
            "006A,0,Deal,Closed Won,100.5,2026-02-01 00:00:00,1,1,000000000000000AAA,"
            "2026-01-31 23:00:00,2026-02-01 10:00:00,BestCase",
        ),
        (
            OPPORTUNITY.upper(),
            "006A,false,Deal,Closed Won,100.5,2026-02-01,true,true,,"
            "2026-01-31T23:00:00.000Z,2026-02-01T10:00:00.000+0000,Best Case",
        ),
    ],
    ids=["Data Export Service", "Data Loader"],
)
def test_salesforce_exports_of_both_kinds_give_the_same_deal(salesforce, header, row):
    quoted = "\n".join(",".join(f'"{value}"' for value in line.split(",")) for line in (header, row))
    salesforce.write(FIRST, {"anything.csv": quoted})
    salesforce.land()
    columns = (
        "deal_id",
        "stage",
        "amount",
        "currency",
        "close_date",
        "is_closed",
        "is_won",
        "owner_id",
        "created_at",
        "closed_at",
        "forecast_category",
        "is_deleted",
    )
    assert salesforce.rows("deals", *columns) == [
        (
            "006A", "Closed Won", Decimal("100.50"), "EUR", date(2026, 2, 1), True, True, None,
            datetime(2026, 1, 31, 23), datetime(2026, 2, 1, 10), "Best Case", False,
        )
    ]  # fmt: skip


def test_an_open_salesforce_deal_has_no_closing_moment(salesforce):
    salesforce.write(
        FIRST,
        {
            "o.csv": f"{OPPORTUNITY}\n006A,0,Deal,Prospecting,,2026-02-01,0,0,005A,"
            "2026-01-31 23:00:00,2026-02-01 10:00:00,Pipeline\n"
        },
    )
    salesforce.land()
    assert salesforce.rows("deals", "closed_at", "amount") == [(None, None)]


HISTORY = """Id,OpportunityId,CreatedById,CreatedDate,StageName,Amount,CloseDate,ForecastCategory
1,006A,005A,2026-01-01 10:00:00,Prospecting,,2026-02-01 00:00:00,Pipeline
2,006A,005A,2026-01-02 10:00:00,Prospecting,100,2026-02-01 00:00:00,Forecast
3,006A,005B,2026-01-03 10:00:00,Closed Won,100,2026-01-31 00:00:00,Closed
"""
OPEN = f"{OPPORTUNITY}\n006A,0,Deal,Prospecting,,2026-02-01,0,0,005A,2026-01-31 23:00:00,,Pipeline\n"


def test_a_history_row_becomes_what_changed_and_counts_once(salesforce):
    salesforce.write(FIRST, {"o.csv": OPEN, "h.csv": HISTORY})
    salesforce.land()
    assert salesforce.rows("deal_changes", "source_row", "field", "new_value") == [
        (1, "stage", "Prospecting"), (1, "amount", None),
        (1, "close_date", "2026-02-01"), (1, "forecast_category", "Pipeline"),
        (2, "amount", "100.00"), (2, "forecast_category", "Commit"),
        (3, "stage", "Closed Won"), (3, "close_date", "2026-01-31"), (3, "forecast_category", "Closed"),
    ]  # fmt: skip
    assert salesforce.account("h.csv") == (3, 3, 0, 0, 0)


def test_a_copied_history_row_is_a_duplicate_and_two_rows_of_one_id_conflict(salesforce):
    extra = (
        "3,006A,005B,2026-01-03 10:00:00,Closed Won,100,2026-01-31 00:00:00,Closed\n"
        "2,006A,005A,2026-01-02 10:00:00,Qualification,100,2026-02-01 00:00:00,Pipeline\n"
    )
    salesforce.write(FIRST, {"o.csv": OPEN, "h.csv": HISTORY + extra})
    salesforce.land()
    assert salesforce.account("h.csv") == (5, 2, 0, 2, 1)
    assert salesforce.quarantine("line", "column", "value") == [(3, "Id", "2"), (6, "Id", "2")]


def test_field_history_becomes_changes_and_the_creation_row_none(salesforce):
    history = (
        "Id,OpportunityId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"
        "1,006A,005A,2026-01-01T10:00:00.000Z,created,,\n"
        "2,006A,005A,2026-01-02T10:00:00.000Z,StageName,Prospecting,Qualification\n"
        "3,006A,005A,2026-01-03T10:00:00.000Z,Owner,005A,005B\n"
        "4,006A,005A,2026-01-03T10:00:00.000Z,Description,a,b\n"
        "5,006A,005A,2026-01-04T10:00:00.000Z,Amount,100,2.5E2\n"
    )
    salesforce.write(FIRST, {"o.csv": OPEN, "OpportunityFieldHistory.csv": history})
    salesforce.land()
    assert salesforce.rows("deal_changes", "field", "old_value", "new_value") == [
        ("stage", "Prospecting", "Qualification"),
        ("owner_id", "005A", "005B"),
        ("amount", "100.00", "250.00"),
    ]  # fmt: skip
    assert salesforce.account("OpportunityFieldHistory.csv") == (5, 3, 2, 0, 0)


def test_a_change_told_by_both_histories_is_one(salesforce):
    field_history = (
        "Id,OpportunityId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"
        "2,006A,005A,2026-01-03T10:00:00.000Z,StageName,Prospecting,Closed Won\n"
    )
    salesforce.write(FIRST, {"o.csv": OPEN, "h.csv": HISTORY, "f.csv": field_history})
    salesforce.land()
    changes = salesforce.rows("deal_changes", "field", "new_value", "old_value")
    assert changes.count(("stage", "Closed Won", "Prospecting")) == 1
    assert ("stage", "Closed Won", None) not in changes


def test_owners_get_their_roles_name_as_team_and_leads_their_conversion(salesforce):
    salesforce.write(
        FIRST,
        {
            "o.csv": OPEN,
            "u.csv": "Id,Name,Email,IsActive,ManagerId,UserRoleId,Department\n"
            "005A,Ann,a@x.example,TRUE,005B,00E1,Sales\n",
            "r.csv": "Id,Name,ParentRoleId\n00E1,EMEA,\n",
            "l.csv": "Id,Status,IsConverted,Company,ConvertedDate,ConvertedOpportunityId\n"
            "00Q1,Closed,1,X,2026-01-01 00:00:00,006A\n",
        },
    )
    salesforce.land()
    assert salesforce.rows("owners", "owner_id", "owner_name", "manager_id", "team", "is_active") == [
        ("005A", "Ann", "005B", "EMEA", True)
    ]
    assert salesforce.rows("leads", "lead_id", "converted_at", "deal_id") == [
        ("00Q1", datetime(2025, 12, 31, 23), "006A")
    ]


def test_the_standard_stages_stand_where_no_file_names_stages(salesforce):
    salesforce.write(FIRST, {"o.csv": OPEN})
    salesforce.land()
    stages = salesforce.rows("stages", "stage", "process_step", "is_won")
    assert len(stages) == 10
    assert ("Closed Won", "customer", True) in stages


def test_a_stage_file_counts_before_the_standard_stages(salesforce):
    stages = (
        "Id,MasterLabel,ApiName,SortOrder,IsClosed,IsWon,DefaultProbability\n"
        "1,Prospecting,Prospecting,1,0,0,25\n2,Pilot,Pilot,2,0,0,50\n"
    )
    salesforce.write(FIRST, {"o.csv": OPEN, "s.csv": stages})
    salesforce.land()
    assert salesforce.rows("stages", "stage", "probability", "process_step") == [
        ("Prospecting", 0.25, "qualified"),
        ("Pilot", 0.5, None),
    ]


def test_a_file_that_may_be_two_objects_is_a_problem_that_names_them(workplace):
    tables = {
        name: {"header": ["id"], "lands": [{"entity": "deals", "columns": {"deal_id": "id"}}]}
        for name in ("a", "b")
    }
    workplace.map(tables=tables)
    workplace.write(FIRST, {"x.csv": "id\nD1\n"})
    assert re.search(r"x\.csv: may be a, b, for it has the columns id", workplace.problem())


def test_owners_without_a_first_day_are_known_since_ever(workplace):
    workplace.write(
        FIRST, {"deals.csv": "deal_id\nD1\n", "owners.csv": "owner_id,valid_from\nU1,\nU1,2026-01-01\n"}
    )
    workplace.land()
    assert workplace.rows("owners", "owner_id", "valid_from") == [
        ("U1", date(1970, 1, 1)),
        ("U1", date(2026, 1, 1)),
    ]


def test_a_delivery_of_changes_keeps_every_value_of_a_history_row(salesforce):
    salesforce.source = {"delivery": "changes"}
    salesforce.write(FIRST, {"o.csv": OPEN, "h.csv": HISTORY})
    salesforce.land()
    fields = [field for (field,) in salesforce.rows("deal_changes", "field")]
    assert {field: fields.count(field) for field in fields} == {
        "stage": 3, "amount": 3, "close_date": 3, "forecast_category": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [path.read_text().strip() for path in sorted(SHARED_DATA.glob("crm_export_headers/*.Opportunity*.txt"))],
    ids=len,
)
def test_headers_of_the_data_export_service_are_recognised(salesforce, header):
    names = [name.strip('"') for name in header.split(",")]
    values = {
        "Id": "1",
        "OpportunityId": "006A",
        "CreatedDate": "2026-01-01 10:00:00",
        "StageName": "Prospecting",
    }
    row = ",".join(f'"{values.get(name, "")}"' for name in names)
    salesforce.write(FIRST, {"x.csv": f"{header}\n{row}\n", **({} if "Name" in names else {"o.csv": OPEN})})
    salesforce.land()
    entity = "deals" if "Name" in names else "deal_changes"
    assert salesforce.rows(entity, "deal_id")[0] == ("1" if "Name" in names else "006A",)
