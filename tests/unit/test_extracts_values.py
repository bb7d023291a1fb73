"""Texts become declared types: in every spelling that is one, and never by guessing."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def mapped(workplace, **options):
    """A mapping of this user's own onto deals, with the named options for its one table."""
    workplace.map(
        tables={
            "deals": {
                "files": "deals",
                "lands": [
                    {
                        "entity": "deals",
                        "columns": {"deal_id": "id", "created_at": "made", "close_date": "due"},
                    }
                ],
                **options,
            }
        }
    )


def deals_of(workplace, column, *values):
    lines = "\n".join(f'D{number},"{value}"' for number, value in enumerate(values))
    workplace.write(FIRST, {"deals.csv": f"deal_id,{column}\n{lines}\n"})
    workplace.land()
    return [value for (value,) in workplace.rows("deals", column)]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31T14:05:06Z", datetime(2026, 3, 31, 14, 5, 6)),
        ("2026-03-31T14:05:06.250Z", datetime(2026, 3, 31, 14, 5, 6, 250000)),
        ("2026-03-31T14:05:06.000+0000", datetime(2026, 3, 31, 14, 5, 6)),
        ("2026-03-31T14:05:06+02:00", datetime(2026, 3, 31, 12, 5, 6)),
        ("2026-03-31 14:05:06", datetime(2026, 3, 31, 14, 5, 6)),
        ("2026-3-31 4:05", datetime(2026, 3, 31, 4, 5)),
        ("2026-03-31", datetime(2026, 3, 30, 22)),
        ("31/03/2026", datetime(2026, 3, 30, 22)),
        ("31.03.2026 14:05", datetime(2026, 3, 31, 14, 5)),
        ("03/31/26 12:05 AM", datetime(2026, 3, 31, 0, 5)),
        ("03/31/26 02:05 PM", datetime(2026, 3, 31, 14, 5)),
    ],
)
def test_moments_are_utc_and_a_bare_day_is_its_local_start(workplace, text, moment):
    assert deals_of(workplace, "created_at", text) == [moment]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-03-31 00:00:00", date(2026, 3, 31)),
        ("2026-03-31T00:00:00.000Z", date(2026, 3, 31)),
        ("2026-03-31T23:30:00Z", date(2026, 4, 1)),
        ("3/31/2026", date(2026, 3, 31)),
    ],
)
def test_days_are_as_written_and_a_time_of_day_is_local(workplace, text, day):
    assert deals_of(workplace, "close_date", text) == [day]


def test_the_time_zone_of_a_mapping_is_that_of_times_without_offset(workplace):
    mapped(workplace, time_zone="America/New_York")
    workplace.write(FIRST, {"deals.csv": "id,made,due\nD1,2026-01-31 20:00:00,2026-02-01\n"})
    workplace.land()
    assert workplace.rows("deals", "created_at") == [(datetime(2026, 2, 1, 1),)]


def test_a_day_whose_midnight_the_clocks_skip_starts_an_hour_later(tmp_path):
    workplace = Workplace(tmp_path, time_zone="America/Sao_Paulo")
    assert deals_of(workplace, "created_at", "2018-11-04") == [datetime(2018, 11, 4, 3)]


def test_one_value_decides_day_or_month_first_for_its_column(workplace):
    assert deals_of(workplace, "close_date", "03/04/2026", "25/04/2026") == [
        date(2026, 4, 3),
        date(2026, 4, 25),
    ]


def test_a_column_that_shows_no_order_takes_that_of_the_files_other_dates(workplace):
    mapped(workplace)
    workplace.write(FIRST, {"deals.csv": "id,made,due\nD1,31/01/2026,03/04/2026\n"})
    workplace.land()
    assert workplace.rows("deals", "close_date") == [(date(2026, 4, 3),)]


def test_a_column_that_nothing_decides_is_an_error_that_asks_for_one_line(workplace):
    mapped(workplace)
    workplace.write(FIRST, {"deals.csv": "id,made,due\nD1,,03/04/2026\n"})
    assert re.search(
        r"deals\.csv: column due: '03/04/2026'.*`date_order: dmy`.*tables\.deals", workplace.problem()
    )
    mapped(workplace, date_order="mdy")
    workplace.land()
    assert workplace.rows("deals", "close_date") == [(date(2026, 3, 4),)]


def test_a_column_of_two_orders_is_an_error(workplace):
    mapped(workplace)
    workplace.write(FIRST, {"deals.csv": "id,made,due\nD1,,25/04/2026\nD2,,04/25/2026\n"})
    assert re.search("some values are day first, some month first", workplace.problem())


@pytest.mark.parametrize(
    "text", ["1969-12-31", "2201-01-01", "2026-02-30", "31/02/2026", "soon", "2026-13-01"]
)
def test_days_that_are_none_or_out_of_range_are_quarantined(workplace, text):
    assert deals_of(workplace, "close_date", "2026-04-01", text, "25/04/2026") == [
        date(2026, 4, 1),
        date(2026, 4, 25),
    ]
    [(line, column, value, reason)] = workplace.quarantine("line", "column", "value", "reason")
    assert (line, column, value) == (3, "close_date", text)
    assert reason.startswith("a date from 1970 to 2200 is accepted, such as 2026-03-31")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.5", "1234.50"), ("-3", "-3.00"), ("+4", "4.00"), (" 5 ", "5.00"), ("1.0E7", "10000000.00"),
        ("1,234.50", "1234.50"), ("1,234,567", "1234567.00"), ("€ 1,234.50", "1234.50"),
        ("USD 12", "12.00"), ("12.50 €", "12.50"), ("(1,234.50)", "-1234.50"), ("-$5", "-5.00"),
        ("$1,234.50", "1234.50"), ("12-", "-12.00"),
        ("1 234.50", "1234.50"), ("1'234.50", "1234.50"), ("0.125", "0.12"), ("0.135", "0.14"),
    ],
)  # fmt: skip
def test_amounts_are_read_in_their_spellings_and_rounded_half_to_even(workplace, text, amount):
    assert deals_of(workplace, "amount", text) == [Decimal(amount)]


@pytest.mark.parametrize(
    "text", ["inf", "NaN", "1e400", "12abc", "1,2,3", "0x10", "99999999999999999", "--1", "€"]
)
def test_amounts_that_are_none_are_quarantined(workplace, text):
    assert deals_of(workplace, "amount", "1", text) == [Decimal("1.00")]
    assert workplace.quarantine("line", "value", "reason") == [
        (3, text, "an amount below 10^16 is accepted, such as 1234.50 or € 1,234.50")
    ]


def write_amounts(workplace, *values, **options):
    columns = {"deal_id": "id", "amount": "value"}
    workplace.map(
        tables={"deals": {"files": "deals", "lands": [{"entity": "deals", "columns": columns}], **options}}
    )
    lines = "\n".join(f"D{number};{value}" for number, value in enumerate(values))
    workplace.write(FIRST, {"deals.csv": f"id;value\n{lines}\n"})


def amounts(workplace, *values, **options):
    write_amounts(workplace, *values, **options)
    workplace.land()
    return [value for (value,) in workplace.rows("deals", "amount")]


def test_a_decimal_comma_is_seen_in_the_whole_column(workplace):
    assert amounts(workplace, "1.234", "1.234,50", "7") == [
        Decimal("1234.00"),
        Decimal("1234.50"),
        Decimal("7.00"),
    ]


def test_a_decimal_point_is_seen_in_the_whole_column(workplace):
    assert amounts(workplace, "1,234", "0.50") == [Decimal("1234.00"), Decimal("0.50")]


def test_an_undecided_decimal_sign_is_an_error_that_asks_for_one_line(workplace):
    write_amounts(workplace, "1.234", "7")
    assert re.search(r"'1\.234': nothing in the column tells.*`decimal: point`", workplace.problem())
    assert amounts(workplace, "1.234", "7", decimal="comma") == [Decimal("1234.00"), Decimal("7.00")]


def test_flags_are_read_in_their_spellings(workplace):
    values = ["true", "FALSE", "1", "0", "Yes", "n", "", "maybe"]
    assert deals_of(workplace, "is_won", *values) == [True, False, True, False, True, False, None]
    assert workplace.quarantine("value", "reason") == [("maybe", "true, false, yes, no, 1 or 0 is accepted")]


def test_long_values_are_shortened_in_the_quarantine(workplace):
    deals_of(workplace, "amount", "x" * 200)
    assert workplace.quarantine("value") == [("x" * 77 + "...",)]


def test_each_bad_value_of_a_row_is_named_and_the_row_counted_once(workplace):
    workplace.write(FIRST, {"deals.csv": "deal_id,amount,close_date\nD1,x,y\nD2,1,\n"})
    workplace.land()
    assert workplace.quarantine("line", "column") == [(2, "amount"), (2, "close_date")]
    assert workplace.account("deals.csv") == (2, 1, 0, 1, 0)


def test_formulas_and_markup_are_text(workplace):
    assert deals_of(workplace, "deal_name", "=1+1", "<b>x</b>", "'; drop table deals; --") == [
        "=1+1", "<b>x</b>", "'; drop table deals; --",
    ]  # fmt: skip
