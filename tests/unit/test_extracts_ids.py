"""Ids: Salesforce's of 15 characters become those of 18, in every column that holds ids."""

import polars as pl
import pytest

from orchestration.extracts.salesforce_ids import long_ids
from tests.unit.extract_folders import FIRST, Workplace


def lengthened(*texts):
    return (
        pl.DataFrame({"id": texts}, schema={"id": pl.String}).select(long_ids(pl.col("id")))["id"].to_list()
    )


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("006300000000abc", "006300000000abcAAA"),  # no capital letter: 0 0 0
        ("A00000000000000", "A00000000000000BAA"),  # the first of five is the lowest bit: 1 0 0
        ("0000A0000000000", "0000A0000000000QAA"),  # the fifth is the highest: 16 0 0
        ("00000000000000Z", "00000000000000ZAAQ"),
        ("ABCDEabcde0000Z", "ABCDEabcde0000Z5AQ"),  # 31 0 16
        ("0015000000Gv7qJ", "0015000000Gv7qJAAR"),  # capitals G and J: 0, 0, 1 + 16
    ],
)
def test_an_id_gets_the_three_characters_that_tell_its_capitals(short, long):
    assert lengthened(short) == [long]


def test_ids_that_differ_only_in_case_stay_different():
    assert len(set(lengthened("006300000000abc", "006300000000aBc", "006300000000ABC"))) == 3


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "0015000000Gv7qJAAR",
        "0015000000GV7QJAAR",
        "0015000000Gv7q",
        "0015000000Gv-qJ",
        "ÄÖ5000000Gv7qJ",
    ],
)
def test_anything_else_stays_as_it_is(text):
    assert lengthened(text, "006300000000abc") == [text, "006300000000abcAAA"]


SHORT = "0015000000Gv7qJ"
LONG = f"{SHORT}AAR"


def test_every_column_of_ids_is_lengthened_and_names_are_not(tmp_path):
    workplace = Workplace(tmp_path)
    deals = {
        "deal_id": "Id", "deal_name": "Name", "owner_id": "Owner", "merged_into_deal_id": "Merged",
    }  # fmt: skip
    changes = {
        name: name for name in ("deal_id", "field", "changed_at", "new_value", "old_value", "changed_by")
    }
    listed = {"deal_id": "Id", "contact_id": {"from": "People", "split": ";"}}
    lands = [{"entity": "deals", "columns": deals}, {"entity": "deal_contacts", "columns": listed}]
    workplace.map(
        ids="salesforce",
        nulls=["000000000000000"],
        tables={
            "deals": {"files": "deals", "lands": lands},
            "changes": {"files": "changes", "lands": [{"entity": "deal_changes", "columns": changes}]},
        },
    )
    workplace.write(
        FIRST,
        {
            "deals.csv": "Id,Name,Owner,Merged,People\n"
            f" {SHORT} ,{SHORT},000000000000000,{SHORT},{SHORT};{LONG};x\n",
            "changes.csv": "deal_id,field,changed_at,new_value,old_value,changed_by\n"
            f"{SHORT},owner_id,2026-01-01,{SHORT},,{SHORT}\n{SHORT},stage,2026-01-02,{SHORT},,\n",
        },
    )
    workplace.land()
    assert workplace.rows("deals", *deals) == [(LONG, SHORT, None, LONG)]
    assert sorted(workplace.rows("deal_contacts", "contact_id")) == [(LONG,), ("x",)]
    assert workplace.rows("deal_changes", "deal_id", "field", "new_value", "changed_by") == [
        (LONG, "owner_id", LONG, LONG),
        (LONG, "stage", SHORT, None),
    ]


def test_a_lookup_finds_an_id_of_either_length(tmp_path):
    workplace = Workplace(tmp_path)
    role = {"from": "role", "lookup": {"table": "roles", "key": "id", "value": "name"}}
    columns = {"deal_id": "id", "stage": role}
    workplace.map(
        ids="salesforce",
        tables={
            "deals": {"files": "deals", "lands": [{"entity": "deals", "columns": columns}]},
            "roles": {"files": "roles"},
        },
    )
    workplace.write(
        FIRST, {"deals.csv": f"id,role\nD1,{SHORT}\nD2,{LONG}\n", "roles.csv": f"id,name\n{LONG},EMEA\n"}
    )
    workplace.land()
    assert workplace.rows("deals", "stage") == [("EMEA",), ("EMEA",)]
