"""Which deals the company file excludes, and what is said of exclusions that cannot be followed."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from orchestration.company_file import CompanyFileError, load_company
from orchestration.exclusions import excluded_deals, exclusions_table
from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS
from tests.unit.test_company import written

SOURCES = "sources: [{name: sales, path: raw/sales, dimensions: {region: Region}}]"
KNOWN, LATER = date(2026, 2, 28), date(2026, 3, 31)
EXTRACTS = pl.DataFrame(
    {"source_name": ["sales"] * 2, "extract_date": [KNOWN, LATER], "is_known": [True, False]}
)


def company(folder, *exclusions):
    listed = ", ".join(exclusions)
    return load_company(written(folder, sources=SOURCES, more=f"exclusions: [{listed}]"))


def lake(folder, entity, *rows):
    columns = {**ENTITIES[entity].columns, **LAKE_COLUMNS}
    landed = {"source_name": "sales", "extract_date": KNOWN, "is_tombstone": False, "source_row": 1}
    path = folder / f"{entity}.parquet"
    pl.DataFrame([{**landed, **row} for row in rows], schema=columns).write_parquet(path)
    return [path]


def found(folder, where, *deals, regions=()):
    files = lake(folder, "deals", *deals)
    dimensions = lake(folder, "deal_dimensions", *regions) if regions else []
    tests = company(folder, f"{{name: tests, where: {where}}}")
    return excluded_deals(tests, files, dimensions, EXTRACTS)["deal_id"].to_list()


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("[{column: stage, is_in: [Test, Demo]}]", ["a"]),
        ("[{column: deal_name, contains: 'test ('}]", ["b"]),
        ("[{column: amount, below: 10}]", ["a"]),
        ("[{column: amount, above: 10}]", ["b"]),
        ("[{column: amount, is_null: true}]", ["c"]),
        ("[{column: amount, is_null: false}]", ["a", "b"]),
        ("[{column: is_won, is_in: ['true']}]", ["b"]),
        ("[{column: amount, above: 5}, {column: stage, is_in: [Test]}]", ["a"]),
        ("[{column: region, is_in: [north]}]", ["c"]),
        ("[{column: stage, is_in: [test]}]", []),
        ("""[{column: stage, is_in: ["Test' or true --"]}]""", []),
    ],
)
def test_an_exclusion_takes_the_deals_for_which_all_conditions_hold(tmp_path, where, expected):
    deals = [
        {"deal_id": "a", "stage": "Test", "amount": Decimal("9.99"), "deal_name": "A", "is_won": False},
        {"deal_id": "b", "stage": "Won", "amount": Decimal("10.01"), "deal_name": "test (B)", "is_won": True},
        {"deal_id": "c", "stage": "Open", "amount": None, "deal_name": None, "is_won": None},
    ]
    regions = [{"deal_id": "c", "dimension": "region", "value": "north"}]
    assert found(tmp_path, where, *deals, regions=regions) == expected


def test_the_newest_record_known_as_of_the_as_of_date_decides(tmp_path):
    deals = [
        {"deal_id": "became", "stage": "Open"},
        {"deal_id": "became", "stage": "Test", "extract_date": LATER},
        {"deal_id": "was", "stage": "Test"},
        {"deal_id": "was", "stage": "Open", "extract_date": LATER},
        {"deal_id": "gone", "stage": "Test"},
        {"deal_id": "gone", "is_tombstone": True, "extract_date": LATER},
        {"deal_id": "only_later", "stage": "Test", "extract_date": LATER},
    ]
    where = "[{column: stage, is_in: [Test]}]"
    assert found(tmp_path, where, *deals) == ["gone", "only_later", "was"]


def test_a_deal_is_listed_under_each_exclusion_that_it_matches(tmp_path):
    files = lake(tmp_path, "deals", {"deal_id": "a", "stage": "Test", "amount": Decimal(1)})
    both = company(
        tmp_path,
        "{name: tests, where: [{column: stage, is_in: [Test]}]}",
        "{name: small, where: [{column: amount, below: 10}, {column: stage, contains: e}]}",
    )
    rows = excluded_deals(both, files, [], EXTRACTS).rows()
    assert rows == [("a", "small", KNOWN), ("a", "tests", KNOWN)]
    assert exclusions_table(both.exclusions).rows() == [
        ("tests", "stage is_in ['Test']"),
        ("small", "amount below 10.0 and stage contains e"),
    ]


@pytest.mark.parametrize(
    ("exclusion", "message"),
    [
        ("{name: t, where: [{column: stag, is_in: [x]}]}", "where.0.column: 'stag': is no column of a deal"),
        ("{name: t, where: [{column: stag, is_in: [x]}]}", "pipeline, region, source_deal_id, stage"),
        ("{name: t, where: [{column: stage, below: 5}]}", "below: 5.0: does not fit stage; accepted there"),
        ("{name: t, where: [{column: amount, is_in: ['5']}]}", "accepted there are below, above, is_null"),
        ("{name: t, where: [{column: close_date, above: 5}]}", "accepted there are is_null"),
        ("{name: t, where: [{column: is_won, is_in: ['yes']}]}", "'true' and 'false' are accepted"),
        ("{name: t, where: [{column: stage}]}", "exactly one of is_in, contains"),
        ("{name: t, where: []}", "exclusions.0.where"),
    ],
)
def test_an_exclusion_that_cannot_be_followed_names_key_value_and_what_is_accepted(
    tmp_path, exclusion, message
):
    with pytest.raises(CompanyFileError) as error:
        company(tmp_path, exclusion)
    assert "company.yaml: exclusions.0." in str(error.value)
    assert message in str(error.value)


def test_two_exclusions_of_one_name_are_refused(tmp_path):
    tests = "{name: tests, where: [{column: stage, is_null: true}]}"
    with pytest.raises(CompanyFileError, match=r"exclusions\.1\.name: 'tests' is used twice"):
        company(tmp_path, tests, tests)
