"""Rules of a column: the first that is given, ends removed, lookups that keep values, cells that list."""

import re

import pytest

from orchestration.extracts import ExtractError
from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def deals(*, beside=None, **columns):
    lands = [{"entity": "deals", "columns": {"deal_id": "id", **columns}}]
    return {"deals": {"files": "opps", "lands": lands}, **(beside or {})}


def test_per_row_the_first_that_is_given_counts(workplace):
    choice = {"first_given": ["closed", {"from": "state", "values": {"new": "2026-05-05", "*": None}}, "due"]}
    workplace.map(tables=deals(close_date=choice), nulls=["-"], columns_may_be_missing=True)
    rows = "D1,2026-01-01,new,2026-03-03\nD2,-,NEW,2026-03-03\nD3,,old,2026-03-03\nD4,,,\n"
    workplace.write(FIRST, {"opps.csv": f"id,closed,state,due\n{rows}"})
    workplace.land()
    assert [str(day) for (day,) in workplace.rows("deals", "close_date")] == [
        "2026-01-01", "2026-05-05", "2026-03-03", "None",
    ]  # fmt: skip


def test_columns_that_the_file_lacks_are_passed_over_and_all_are_named_in_the_quarantine(workplace):
    workplace.map(tables=deals(close_date={"first_given": ["closed", "gone", "due"]}))
    workplace.write(FIRST, {"opps.csv": "id,closed,due\nD1,,x\nD2,2026-01-01,\n"})
    workplace.land()
    assert workplace.quarantine("line", "column", "value") == [(2, "closed / due", "x")]


@pytest.mark.parametrize(
    ("stage", "pipeline", "landed"),
    [
        ("Won (X) (Sales)", "Sales", "Won (X)"),
        ("Won (Sales) ", " Sales", "Won"),
        ("Won (Sales)", "Partner", "Won (Sales)"),
        ("Won (Sales)", "", "Won (Sales)"),
        ("", "Sales", None),
    ],
)
def test_an_end_is_removed_where_it_stands_there(workplace, stage, pipeline, landed):
    workplace.map(tables=deals(stage={"from": "Deal Stage", "without_end": " ({Sales Pipeline})"}))
    workplace.write(FIRST, {"opps.csv": f"id,deal_stage,Sales pipeline\nD1,{stage},{pipeline}\n"})
    workplace.land()
    assert workplace.rows("deals", "stage") == [(landed,)]


def test_a_column_in_an_end_must_be_there(workplace):
    workplace.map(tables=deals(stage={"from": "stage", "without_end": " ({Team})"}))
    workplace.write(FIRST, {"opps.csv": "id,stage\nD1,Won\n"})
    assert re.search(r"no column for without_end ' \(\{Team\}\)'; accepted is 'Team'", workplace.problem())


REPS = {"reps": {"files": "reps"}}


@pytest.mark.parametrize(("or_itself", "owners"), [(True, ["U1", "Bob", None]), (False, ["U1", None, None])])
def test_a_lookup_may_keep_what_the_other_file_does_not_have(workplace, or_itself, owners):
    rule = {"table": "reps", "key": "name", "value": "id", "ignore": "case", "or_itself": or_itself}
    workplace.map(tables=deals(owner_id={"from": "rep", "lookup": rule}, beside=REPS))
    workplace.write(FIRST, {"opps.csv": "id,rep\nD1,ANN\nD2,Bob\nD3,\n", "reps.csv": "id,name\nU1,Ann\n"})
    workplace.land()
    assert [owner for (owner,) in workplace.rows("deals", "owner_id")] == owners


def test_without_the_other_file_a_lookup_that_keeps_values_keeps_all(workplace):
    rule = {"table": "reps", "key": "name", "value": "id", "or_itself": True}
    workplace.map(tables=deals(owner_id={"from": "rep", "lookup": rule}, beside=REPS))
    workplace.write(FIRST, {"opps.csv": "id,rep\nD1,Ann\n"})
    workplace.land()
    assert workplace.rows("deals", "owner_id") == [("Ann",)]


def contacts(**column):
    landing = {
        "entity": "deal_contacts",
        "columns": {"deal_id": "id", "contact_id": {"from": "contacts", "split": ";", **column}},
        "only_where_given": ["contact_id"],
    }
    return {
        "people": {"files": "people"},
        "deals": {**deals()["deals"], "lands": [*deals()["deals"]["lands"], landing]},
    }


def test_a_cell_that_lists_several_makes_a_row_for_each(workplace):
    workplace.map(tables=contacts())
    workplace.write(FIRST, {"opps.csv": "id,contacts\nD1,a; b;;a\nD2,\nD3, ; \nD4,c\n"})
    workplace.land()
    rows = workplace.rows("deal_contacts", "deal_id", "contact_id")
    assert sorted(rows) == [("D1", "a"), ("D1", "b"), ("D4", "c")]
    assert workplace.account("opps.csv") == (4, 4, 0, 0, 0)


def test_each_listed_value_is_looked_up_and_replaced(workplace):
    rule = {
        "lookup": {"table": "people", "key": "name", "value": "id", "or_itself": True},
        "values": {"x": None},
    }
    workplace.map(tables=contacts(**rule))
    workplace.write(
        FIRST, {"opps.csv": "id,contacts\nD1,Ann;X;Bob\nD2,x\n", "people.csv": "name,id\nAnn,P1\n"}
    )
    workplace.land()
    assert workplace.rows("deal_contacts", "deal_id", "contact_id") == [("D1", "P1"), ("D1", "Bob")]


def test_listed_ids_of_the_first_landing_of_a_quarantined_row_are_unreadable_not_absent(workplace):
    merged = {"from": "merged", "split": ";"}
    landing = {"entity": "deals", "columns": {"deal_id": merged, "amount": "amount"}}
    workplace.map(tables={"deals": {"files": "opps", "lands": [landing]}})
    workplace.write(FIRST, {"opps.csv": "merged,amount\nD1;D2,1\n"})
    workplace.land()
    workplace.write(FIRST.replace(day=2), {"opps.csv": "merged,amount\nD1;D2,x\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "is_tombstone") == [("D1", False), ("D2", False)]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"stage": {"values": {}}}, "from or first_given is needed"),
        ({"stage": {"from": "a", "first_given": ["b"]}}, "and not both"),
        ({"amount": {"first_given": [{"from": "a", "scale": 2}]}}, "accepted outside first_given only"),
        ({"amount": {"from": "a", "split": ";"}}, "split is accepted where a column holds text"),
        ({"stage": "{cell}"}, "'{cell}' stands in no pattern of each_column"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_an_error(workplace, columns, said):
    workplace.map(tables=deals(**columns))
    workplace.write(FIRST, {"opps.csv": "id\nD1\n"})
    with pytest.raises(ExtractError, match=re.escape(said)):
        workplace.land()
