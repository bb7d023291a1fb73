"""What a column is taken to hold, and what shows it."""

import polars as pl
import pytest

from orchestration.inspection.column_values import ColumnValues
from orchestration.inspection.kinds import reading
from orchestration.inspection.masking import shown
from orchestration.inspection.names import is_personal


def column(name, *texts):
    values = ColumnValues(name)
    half = len(texts) // 2  # in two blocks, as a big file comes
    for first, part in ((2, texts[:half]), (2 + half, texts[half:])):
        values.add(
            pl.Series(part, dtype=pl.String), pl.Series(range(first, first + len(part)), dtype=pl.Int64)
        )
    return values


@pytest.mark.parametrize(
    ("name", "texts", "kind"),
    [
        ("Opportunity ID", ["A1", "A2", "A3"], "id"),
        ("Owner ID", ["7", "7", "8"], "id"),
        ("Number", ["1", "2", "3"], "id"),
        ("Amount", ["100", "250.5", "1e3"], "amount"),
        ("Deal", ["1.234,50 €", "99,00 €", "5,10 €"], "amount"),
        ("Headcount", ["12", "40", "12"], "number"),
        ("Probability", ["10%", "25%", "90%"], "share"),
        ("Close Date", ["2026-03-31", "", "2026-04-01"], "date"),
        ("Changed", ["31/03/2026 14:05", "01/04/2026 09:00", "02/04/2026 10:00"], "moment"),
        ("hs_createdate", ["1767225600000", "1767312000000", "1767398400000"], "moment"),
        ("Close Date", ["46112", "46113.5", "46114"], "moment"),
        ("Seats", ["46112", "46113", "46112"], "number"),
        ("Closed", ["TRUE", "FALSE", "TRUE", "FALSE"], "flag"),
        ("Stage", ["Won", "Lost", "Won", "Lost"], "category"),
        ("Next Step", ["call her", "send the offer", "wait for legal"], "text"),
        ("Fax", ["", "", ""], "blank"),
    ],
)  # fmt: skip
def test_each_kind_is_told_from_the_others(name, texts, kind):
    assert reading(column(name, *texts)).kind == kind


def test_one_value_that_can_be_nothing_else_decides_a_columns_date_order():
    found = reading(column("Close Date", "01/02/2026", "03/04/2026", "31/03/2026", "05/06/2026"))
    assert found.evidence == (
        "day first: 31/03/2026 in line 4 can be nothing else (1 rows like it, 3 of both)"
    )
    assert found.question == ""


def test_dates_that_nothing_decides_ask_for_a_line():
    found = reading(column("Close Date", "3/4/2026", "5/6/2026"))
    assert found.question == (
        "3/4/2026 and the like can be read both ways: add `date_order: dmy` or `date_order: mdy`"
    )


def test_dates_of_two_orders_ask_for_a_line():
    found = reading(column("Close Date", "31/3/2026", "3/31/2026", "5/6/2026"))
    assert "some are day first, some month first" in found.question


def test_amounts_that_nothing_decides_ask_for_a_line():
    assert "add `decimal: point`" in reading(column("Amount", "1.234", "5.678")).question


def test_values_that_do_not_fit_are_named_with_their_line():
    dates = ["2026-01-01"] * 40
    assert reading(column("Close Date", *dates, "soon")).strays == ("soon in line 42",)


def test_a_value_seen_twice_makes_no_key():
    assert column("Id", "a", "b", "c").is_unique
    assert not column("Id", "a", "b", "a").is_unique
    assert not column("Id", "a", "b", "").is_unique


def test_names_and_addresses_of_people_are_not_shown():
    assert shown("jane.doe@example.com") == "j***@***"
    assert shown("Jane Doe", is_personal=True) == "J*** D***"
    assert shown("0171 2345678", is_personal=True) == "***"
    assert shown("x" * 100) == "x" * 18 + "..."
    assert is_personal("Deal owner", "deals.csv")
    assert is_personal("Name", "users.csv")
    assert not is_personal("Name", "opportunities.csv")
    assert not is_personal("Owner ID", "deals.csv")
