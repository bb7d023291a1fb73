"""Dates in words, counted in numbers, and in the spellings of spreadsheets; what is none says why."""

from datetime import date, datetime

import pytest

from tests.unit.extract_folders import FIRST, Workplace
from tests.unit.test_extracts_values import deals_of

ACCEPTED = "a date with or without time from 1970 to 2200 is accepted, such as 2026-03-31T14:05:00Z"


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "31 Mar 2026",
        "31 March 2026",
        "Mar 31, 2026",
        "March 31st, 2026",
        "31-Mar-26",
        "31-MAR-2026",
        "31. März 2026",
        "31 mars 2026",
        "31 de marzo de 2026",
        "Tue, 31 Mar 2026",
        "Tuesday, March 31, 2026",
        "2026-Mar-31",
        "20260331",
        "31 / 3 / 2026",
        "31.3.26",
        "2026/3/31",
    ],
)
def test_a_day_in_any_spelling_is_that_day(workplace, text):
    assert deals_of(workplace, "close_date", text) == [date(2026, 3, 31)]


@pytest.mark.parametrize(
    "text",
    [
        "31 Mar 2026 14:05",
        "Mar 31, 2026, 2:05 PM",
        "Mar 31, 2026 at 2:05\u202fp.m.",
        "3/31/26 2:05 PM",
        "3/31/2026, 2:05:00 PM",
        "Tue, 31 Mar 2026 14:05:00 GMT",
        "2026-03-31 14:05 UTC",
        "2026-03-31T14:05:00.000+0000",
        "2026-03-31T16:05+02",
        "20260331T14:05:00Z",
    ],
)
def test_a_moment_in_any_spelling_is_that_moment(workplace, text):
    assert deals_of(workplace, "created_at", text) == [datetime(2026, 3, 31, 14, 5)]


def test_an_hour_without_zero_stands_beside_others(workplace):
    values = ["2021-01-07 16:49:18", "2021-01-07 6:49:18"]
    assert deals_of(workplace, "created_at", *values) == [
        datetime(2021, 1, 7, 16, 49, 18),
        datetime(2021, 1, 7, 6, 49, 18),
    ]


@pytest.mark.parametrize(
    ("text", "moment", "day"),
    [
        ("1774965900000", datetime(2026, 3, 31, 14, 5), date(2026, 3, 31)),
        ("1774965900", datetime(2026, 3, 31, 14, 5), date(2026, 3, 31)),
        ("1774915200000", datetime(2026, 3, 31), date(2026, 3, 31)),
        ("1774996200000", datetime(2026, 3, 31, 22, 30), date(2026, 4, 1)),
        ("46112", datetime(2026, 3, 30, 22), date(2026, 3, 31)),
        ("46112.586805555555", datetime(2026, 3, 31, 14, 5), date(2026, 3, 31)),
    ],
)
def test_counted_dates_are_decided_from_the_whole_column(workplace, text, moment, day):
    workplace.write(FIRST, {"deals.csv": f"deal_id,created_at,close_date\nD1,{text},{text}\nD2,,\n"})
    workplace.land()
    assert workplace.rows("deals", "created_at", "close_date")[0] == (moment, day)


def test_a_few_numbers_among_dates_are_no_dates(workplace):
    assert (
        deals_of(workplace, "created_at", "2026-03-31T14:05:00Z", "2026-03-31T14:05:00Z", "46112")
        == [datetime(2026, 3, 31, 14, 5)] * 2
    )
    assert workplace.quarantine("line", "value") == [(4, "46112")]


def test_a_few_dates_among_counts_are_dates_still(workplace):
    assert deals_of(workplace, "created_at", "1774965900000", "1774965900000", "2026-03-31") == [
        datetime(2026, 3, 31, 14, 5),
        datetime(2026, 3, 31, 14, 5),
        datetime(2026, 3, 30, 22),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "2026-03-31 14:05 CET",
            "names its time zone; accepted are UTC, an offset such as +01:00,"
            " or none and `time_zone` in the mapping",
        ),
        (
            "31 Mar 2026 14:05 Europe/Berlin",
            "names its time zone; accepted are UTC, an offset such as +01:00,"
            " or none and `time_zone` in the mapping",
        ),
        ("9999-12-31 23:59:59", ACCEPTED),
        ("0000-00-00 00:00:00", ACCEPTED),
        ("14:05", ACCEPTED),
        ("31 Foo 2026", ACCEPTED),
        ("2026-02-30", ACCEPTED),
        ("13:61 31.3.2026", ACCEPTED),
        ("\uff12\uff10\uff12\uff16-03-31", ACCEPTED),
        ("1.77497E+12", ACCEPTED),
    ],
)
def test_what_is_no_date_is_quarantined_with_its_reason(workplace, text, reason):
    assert deals_of(workplace, "created_at", "2026-03-31T14:05:00Z", text) == [datetime(2026, 3, 31, 14, 5)]
    [(value, said)] = workplace.quarantine("value", "reason")
    assert (value, said.removesuffix(", or 31/03/2026 with the day first")) == (text, reason)


def test_month_names_leave_the_order_of_days_and_months_to_the_others(workplace):
    assert deals_of(workplace, "close_date", "3/4/2026", "Mar 31, 2026", "3/31/2026") == [
        date(2026, 3, 4),
        date(2026, 3, 31),
        date(2026, 3, 31),
    ]
