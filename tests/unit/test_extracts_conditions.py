"""Values that count only where other columns of the row say so."""

from datetime import datetime

import pytest

from tests.unit.extract_folders import FIRST, Workplace

CALLS = {
    "files": ["calls"],
    "lands": [
        {
            "entity": "activities",
            "only_where_given": ["activity_id"],
            "columns": {
                "activity_id": {"from": "Id", "only_where": {"Gone": [False, 0, ""], "Test": "no"}},
                "deal_id": {"from": "About", "only_where": {"About": "006*"}},
                "lead_id": {"from": "About", "only_where": {"About": ["00Q*", "lead"]}},
                "occurred_at": "At",
            },
        }
    ],
}
DEALS = {"files": ["deals"], "lands": [{"entity": "deals", "columns": {"deal_id": "Id"}}]}


@pytest.fixture
def workplace(tmp_path):
    workplace = Workplace(tmp_path)
    workplace.map(tables={"deals": DEALS, "calls": CALLS})
    return workplace


def test_a_value_counts_where_other_columns_hold_what_is_named(workplace):
    calls = (
        "Id,About,Gone,At\n1,006A,False,2026-01-01\n2,00QB,,2026-01-01\n3,LEAD,0,2026-01-01\n"
        "4,0060*,false,2026-01-01\n5,x006,0,2026-01-01\n6,006A,true,2026-01-01\n"
    )
    workplace.write(FIRST, {"deals.csv": "Id\n006A\n", "calls.csv": calls})
    workplace.land()
    assert workplace.rows("activities", "activity_id", "deal_id", "lead_id") == [
        ("1", "006A", None), ("2", None, "00QB"), ("3", None, "LEAD"),
        ("4", "0060*", None), ("5", None, None),
    ]  # fmt: skip


def test_rows_that_make_nothing_are_neither_copies_nor_conflicts(workplace):
    calls = "Id,About,Gone,At\n1,006A,1,2026-01-01\n1,006B,1,2026-01-02\n2,006A,0,2026-01-03\n"
    workplace.write(FIRST, {"deals.csv": "Id\n006A\n", "calls.csv": calls})
    workplace.land()
    assert workplace.rows("activities", "activity_id", "occurred_at") == [("2", datetime(2026, 1, 2, 23, 0))]
    assert workplace.account("calls.csv")[3:] == (0, 0)


@pytest.mark.parametrize("flag", ["IsDeleted", "IsClosed"])
def test_a_moment_that_only_counts_with_a_flag_is_unknown_without_the_flags_column(flag, tmp_path):
    workplace = Workplace(tmp_path, crm="salesforce")
    header = {"IsDeleted": "1", "IsClosed": "1", "SystemModstamp": "2026-02-01 10:00:00"}
    header |= {"LastStageChangeDate": "2026-01-20 10:00:00"}
    del header[flag]
    workplace.write(
        FIRST,
        {
            "o.csv": f"Id,Name,StageName,CloseDate,{','.join(header)}\n"
            f"006A,Deal,Closed Lost,2026-01-20,{','.join(header.values())}\n"
        },
    )
    workplace.land()
    deleted, closed = datetime(2026, 2, 1, 10), datetime(2026, 1, 20, 10)
    expected = (None, closed) if flag == "IsDeleted" else (deleted, None)
    assert workplace.rows("deals", "deleted_at", "closed_at") == [expected]
