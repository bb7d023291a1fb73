"""Versions of one thing: several in a file, a column for each stage, rows that complete other files."""

from datetime import datetime

import pytest

from orchestration.extracts import ExtractError
from tests.unit.extract_folders import FIRST, SECOND, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


DEALS = {"entity": "deals", "columns": {"deal_id": "id", "stage": "stage"}}


def history(*, latest="_fivetran_start", **table):
    changes = {
        "entity": "deal_changes",
        "columns": {"deal_id": "id", "changed_at": "_fivetran_start"},
        "unpivot_changes": {"stage": "stage"},
    }
    return {"deals": {"files": "opps", "lands": [{**DEALS, "latest": latest}, changes], **table}}


VERSIONS = (
    "id,stage,_fivetran_start\n"
    "D1,Won,2026-02-01 00:00:00\nD1,Open,2026-01-01 00:00:00\nD2,Open,2026-01-05 00:00:00\n"
    "D1,Won,2026-02-01 00:00:00\n"
)


def test_of_the_versions_of_a_key_the_latest_lands_and_all_tell_changes(workplace):
    workplace.map(tables=history())
    workplace.write(FIRST, {"opps.csv": VERSIONS})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "stage") == [("D1", "Won"), ("D2", "Open")]
    assert sorted(workplace.rows("deal_changes", "deal_id", "changed_at", "new_value")) == [
        ("D1", datetime(2026, 1, 1), "Open"),
        ("D1", datetime(2026, 2, 1), "Won"),
        ("D2", datetime(2026, 1, 5), "Open"),
    ]
    assert workplace.account("opps.csv") == (4, 2, 1, 0, 1)


def test_two_different_rows_of_one_version_conflict(workplace):
    workplace.map(tables=history())
    workplace.write(FIRST, {"opps.csv": VERSIONS + "D2,Lost,2026-01-05 00:00:00\n"})
    workplace.land()
    assert workplace.quarantine("line", "column", "value") == [(4, "id", "D2"), (6, "id", "D2")]
    assert workplace.rows("deals", "deal_id") == [("D1",)]


def test_a_version_that_cannot_be_read_is_quarantined_and_the_one_before_counts(workplace):
    workplace.map(tables=history())
    workplace.write(FIRST, {"opps.csv": VERSIONS + "D1,Lost,yesterday\nD3,Open,\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "stage") == [("D1", "Won"), ("D2", "Open")]
    assert workplace.quarantine("line", "column", "value") == [
        (6, "_fivetran_start", "yesterday"),
        (7, "_fivetran_start", None),
    ]


def entered(*patterns, **columns):
    landing = {
        "entity": "deal_changes",
        "each_column": list(patterns),
        "columns": {
            "deal_id": "Record ID",
            "field": "=stage",
            "new_value": "{stage}",
            "changed_at": "{cell}",
            **columns,
        },
        "only_where_given": ["changed_at", "new_value"],
    }
    deals = {"entity": "deals", "columns": {"deal_id": "Record ID"}}
    return {"deals": {"files": "deals*", "lands": [deals, landing]}}


def test_each_column_that_fits_makes_a_change(workplace):
    workplace.map(tables=entered('Date entered "{stage}"', "hs_date_entered_{stage}"))
    header = 'Record ID,"date_entered ""Contract sent (New Sales)""",HS Date Entered_ closedwon,Date exited'
    rows = "D1,2026-01-02 10:00,2026-02-02 10:00,x\nD2,,2026-03-02 10:00,\nD3,,,\n"
    workplace.write(FIRST, {"deals.csv": f"{header}\n{rows}"})
    workplace.land()
    assert workplace.rows("deal_changes", "deal_id", "field", "changed_at", "new_value") == [
        ("D1", "stage", datetime(2026, 1, 2, 10), "Contract sent (New Sales)"),
        ("D1", "stage", datetime(2026, 2, 2, 10), "closedwon"),
        ("D2", "stage", datetime(2026, 3, 2, 10), "closedwon"),
    ]
    assert workplace.account("deals.csv") == (3, 3, 0, 0, 0)


def test_a_value_that_cannot_be_read_is_named_by_its_own_column(workplace):
    workplace.map(tables=entered("entered {stage}"))
    workplace.write(FIRST, {"deals.csv": "Record ID,entered A,entered B\nD1,2026-01-02,soon\n"})
    workplace.land()
    assert workplace.quarantine("file", "line", "column", "value") == [("deals.csv", 2, "entered B", "soon")]
    assert workplace.rows("deal_changes") == []


def test_parts_may_have_other_such_columns_and_a_column_may_stand_twice(workplace):
    workplace.map(tables=entered("entered {stage}"))
    workplace.write(
        FIRST,
        {
            "deals-1.csv": "Record ID,Entered A,entered a\nD1,2026-01-02,2026-01-03\n",
            "deals-2.csv": "Record ID,entered B\nD2,2026-01-04\n",
        },
    )
    workplace.land()
    assert [(deal, moment.day, stage) for deal, moment, stage in workplace.rows(
        "deal_changes", "deal_id", "changed_at", "new_value"
    )] == [("D1", 1, "A"), ("D1", 2, "a"), ("D2", 3, "B")]  # fmt: skip


def test_placeholders_are_looked_up_and_replaced(workplace):
    rule = {
        "from": "{stage}",
        "lookup": {"table": "stages", "key": "id", "value": "label", "or_itself": True},
    }
    tables = entered("entered {stage} ({pipeline})", new_value={**rule, "values": {"current": None}})
    workplace.map(tables={**tables, "stages": {"files": "stages"}})
    header = "Record ID,entered 17 (X (Y)),entered Won (Z),entered current (Z)"
    workplace.write(
        FIRST,
        {
            "deals.csv": f"{header}\nD1,2026-01-02,2026-01-03,2026-01-04\n",
            "stages.csv": "id,label\n17,Meeting\n",
        },
    )
    workplace.land()
    assert workplace.rows("deal_changes", "new_value") == [("17 (X",), ("Won",)]


def test_amounts_in_columns_keep_their_type_and_may_name_a_day(workplace):
    quotas = {
        "entity": "quotas",
        "each_column": "{month} quota",
        "columns": {"owner_id": "rep", "period_start": "{month}", "amount": "{cell}", "currency": "=EUR"},
        "only_where_given": ["amount"],
    }
    deals = {"deals": {"files": "deals", "lands": [{"entity": "deals", "columns": {"deal_id": "id"}}]}}
    workplace.map(tables={**deals, "quotas": {"files": "plan", "lands": [quotas]}})
    workplace.write(
        FIRST,
        {
            "deals.csv": "id\nD1\n",
            "plan.csv": 'rep,2026-01-01 Quota,2026-02-01 Quota\nU1,"1,000.50",\nU2,,7\n',
        },
    )
    workplace.land()
    rows = workplace.rows("quotas", "owner_id", "period_start", "amount")
    assert [(owner, day.month, str(amount)) for owner, day, amount in rows] == [
        ("U1", 1, "1000.50"), ("U2", 2, "7.00"),
    ]  # fmt: skip


def test_no_column_that_fits_is_a_problem(workplace):
    workplace.map(tables=entered("entered {stage}"))
    workplace.write(FIRST, {"deals.csv": "Record ID,left A\nD1,2026-01-02\n"})
    assert (
        "there is no column that fits 'entered {stage}', found are Record ID, left A" in workplace.problem()
    )


@pytest.mark.parametrize(
    ("patterns", "columns", "said"),
    [
        (["Date entered"], {}, "accepted are names in braces"),
        (["{cell} entered"], {}, "accepted are names in braces"),
        (["entered {stage}"], {"field": "what"}, "each_column needs one field for all columns"),
        (["entered {stage}"], {"changed_by": "{who}"}, "'{who}' stands in no pattern"),
    ],
)
def test_patterns_that_cannot_be_followed_are_errors(workplace, patterns, columns, said):
    workplace.map(tables=entered(*patterns, **columns))
    with pytest.raises(ExtractError, match=said):
        workplace.stage()


MERGES = {
    "files": "merges",
    "lands": [
        {
            "entity": "deals",
            "columns": {"deal_id": {"from": "lost", "split": ";"}, "merged_into_deal_id": "kept"},
            "only_where_given": ["deal_id"],
            "completes": True,
        }
    ],
}
PLAIN = {
    "files": "deals",
    "lands": [{"entity": "deals", "columns": {"deal_id": "id", "account_id": "account"}}],
}
COMPANIES = {
    "files": "companies",
    "lands": [
        {"entity": "deals", "completes": True, "columns": {"deal_id": "deal", "account_id": "company"}}
    ],
}


def test_blanks_are_filled_and_what_no_other_file_has_makes_a_row(workplace):
    workplace.map(tables={"merges": MERGES, "companies": COMPANIES, "deals": PLAIN})
    workplace.write(
        FIRST,
        {
            "deals.csv": "id,account\nD1,A1\nD2,\nD3,\n",
            "merges.csv": "kept,lost\nD1,D3;D9\nD2,\n",
            "companies.csv": "deal,company\nD1,A7\nD2,A2\nD2,A3\n",
        },
    )
    workplace.land()
    assert sorted(workplace.rows("deals", "deal_id", "account_id", "merged_into_deal_id")) == [
        ("D1", "A1", None),
        ("D2", "A2", None),
        ("D3", None, "D1"),
        ("D9", None, "D1"),
    ]
    assert workplace.account("merges.csv") == (2, 1, 1, 0, 0)


def test_what_completes_known_rows_adds_none(workplace):
    known = {**MERGES, "lands": [{**MERGES["lands"][0], "completes": "known"}]}
    workplace.map(tables={"merges": known, "deals": PLAIN})
    workplace.write(FIRST, {"deals.csv": "id,account\nD1,A1\n", "merges.csv": "kept,lost\nD2,D1;D9\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "merged_into_deal_id") == [("D1", "D2")]


def test_what_completes_a_quarantined_row_does_not_stand_for_it(workplace):
    plain = {**PLAIN, "lands": [{"entity": "deals", "columns": {"deal_id": "id", "amount": "amount"}}]}
    workplace.map(tables={"companies": COMPANIES, "deals": plain})
    companies = {"companies.csv": "deal,company\nD1,A1\n"}
    workplace.write(FIRST, {"deals.csv": "id,amount\nD1,5\n", **companies})
    workplace.land()
    workplace.write(SECOND, {"deals.csv": "id,amount\nD1,x\n", **companies})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "account_id", "is_tombstone") == [("D1", "A1", False)]


def test_what_only_completes_is_no_file_of_deals(workplace):
    workplace.map(tables={"companies": COMPANIES, "deals": PLAIN})
    workplace.write(FIRST, {"companies.csv": "deal,company\nD1,A1\n"})
    assert "none of its files holds deals" in workplace.problem()


def test_a_column_for_each_month_is_the_history_of_the_stage(workplace):
    newest_first = {"first_given": ["stage 2026-02-28", "stage 2026-01-31"]}
    deals = {"deal_id": "deal", "created_at": "opened", "stage": newest_first}
    history = {"deal_id": "deal", "field": "=stage", "changed_at": "{day}", "new_value": "{cell}"}
    workplace.map(
        tables={
            "pipeline": {
                "files": "pipeline",
                "lands": [
                    {"entity": "deals", "columns": deals},
                    {
                        "entity": "deal_changes",
                        "each_column": "stage {day}",
                        "only_where_given": ["new_value"],
                        "columns": history,
                    },
                ],
            }
        }
    )
    rows = "deal,opened,stage 2026-01-31,stage 2026-02-28\nA1,2026-01-05,Demo,Won\nA2,2026-02-10,,Demo\n"
    workplace.write(FIRST, {"pipeline.csv": rows})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "stage") == [("A1", "Won"), ("A2", "Demo")]
    changed = workplace.rows("deal_changes", "deal_id", "changed_at", "new_value")
    assert [(deal, str(at), stage) for deal, at, stage in changed] == [
        ("A1", "2026-01-30 23:00:00", "Demo"),
        ("A1", "2026-02-27 23:00:00", "Won"),
        ("A2", "2026-02-27 23:00:00", "Demo"),
    ]
