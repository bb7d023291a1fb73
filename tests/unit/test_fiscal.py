from datetime import date

import polars as pl
import pytest

from orchestration.company import Company, FiscalYear
from orchestration.fiscal import calendar_days, week_year_start


def calendar(fiscal_year=None, period="quarter", holidays=None):
    company = Company.model_validate(
        {
            "company": "Acme",
            "time_zone": "UTC",
            "reporting_currency": "EUR",
            "fiscal_year": fiscal_year or {},
            "forecast": {"period": period},
            "holidays": holidays,
            "sources": [{"name": "sales", "path": "raw"}],
        }
    )
    return calendar_days(company, date(2028, 12, 31))


def day(frame, when):
    return frame.filter(pl.col("date_day") == when).row(0, named=True)


def test_calendar_quarters_are_the_default():
    row = day(calendar(), date(2026, 5, 17))
    assert (row["fiscal_period"], row["period_start"], row["period_end"]) == (
        "FY2026-Q2",
        date(2026, 4, 1),
        date(2026, 6, 30),
    )


@pytest.mark.parametrize(("named_by", "name"), [("end_year", "FY2027-Q1"), ("start_year", "FY2026-Q1")])
def test_a_year_from_february_is_named_by_either_end(named_by, name):
    row = day(calendar({"start_month": 2, "named_by": named_by}), date(2026, 2, 1))
    assert row["fiscal_quarter"] == name


def test_months_can_be_the_forecast_period():
    row = day(calendar(period="month"), date(2026, 2, 3))
    assert (row["fiscal_period"], row["period_end"], row["fiscal_quarter"]) == (
        "FY2026-M02",
        date(2026, 2, 28),
        "FY2026-Q1",
    )


def test_the_last_day_of_every_quarter_has_day_number_90():
    frame = calendar()
    last = frame.filter(pl.col("date_day") == pl.col("quarter_end"))
    assert last["day_n"].unique().to_list() == [90]


@pytest.mark.parametrize("pattern", ["months", "445", "454", "544"])
def test_every_day_stands_once_in_one_quarter(pattern):
    frame = calendar({"start_month": 2, "pattern": pattern, "ends": "nearest", "week_starts": "sunday"})
    assert frame["date_day"].to_list() == sorted(set(frame["date_day"].to_list()))
    span = (frame["date_day"].max() - frame["date_day"].min()).days + 1
    assert frame.height == span
    assert frame.filter(~pl.col("date_day").is_between("quarter_start", "quarter_end")).is_empty()


@pytest.mark.parametrize(
    ("year", "start"),
    [
        (2021, date(2021, 1, 31)),
        (2022, date(2022, 1, 30)),
        (2023, date(2023, 1, 29)),
        (2024, date(2024, 2, 4)),
    ],
)
def test_retail_years_start_on_the_sunday_nearest_to_february(year, start):
    """The published starts of the US retail 4-5-4 calendar; 2023 has 53 weeks."""
    retail = FiscalYear(start_month=2, pattern="454", ends="nearest", week_starts="sunday")
    assert week_year_start(retail, year) == start


def test_week_53_joins_the_last_period():
    frame = calendar({"start_month": 2, "pattern": "454", "ends": "nearest", "week_starts": "sunday"})
    lengths = (
        frame.group_by("fiscal_quarter").len().filter(pl.col("fiscal_quarter").str.starts_with("FY2024"))
    )
    assert dict(lengths.iter_rows()) == {
        "FY2024-Q1": 91,
        "FY2024-Q2": 91,
        "FY2024-Q3": 91,
        "FY2024-Q4": 98,
    }


def test_holidays_and_weekends_are_no_business_days():
    frame = calendar(holidays="DE")
    assert not day(frame, date(2026, 12, 25))["is_business_day"]
    assert not day(frame, date(2026, 12, 27))["is_business_day"]
    assert day(frame, date(2026, 12, 28))["is_business_day"]


@pytest.mark.parametrize(
    ("code", "day_off", "worked"),
    [
        (None, date(2026, 1, 3), date(2026, 1, 1)),
        ("DE", date(2026, 1, 1), date(2026, 1, 2)),
        ("US", date(2026, 1, 19), date(2026, 1, 20)),  # Martin Luther King's day
        ("IL", date(2026, 1, 2), date(2026, 1, 4)),  # the weekend is Friday and Saturday
        ("CN", date(2024, 2, 12), date(2024, 2, 4)),  # the Sunday before is worked for the spring festival
    ],
)
def test_business_days_are_those_of_the_company_s_country(code, day_off, worked):
    frame = calendar(holidays=code)
    assert not day(frame, day_off)["is_business_day"]
    assert day(frame, worked)["is_business_day"]


@pytest.mark.parametrize(("code", "business_days"), [(None, 64), ("DE", 63), ("US", 61)])
def test_business_days_are_counted_within_the_period(code, business_days):
    """Of the 64 weekdays from January to March 2026, Germany has one free, the United States three."""
    frame = calendar(holidays=code)
    counted = ("business_day_no", "business_days_left")
    assert [day(frame, date(2026, 3, 31))[name] for name in counted] == [business_days, 0]
    assert [day(frame, date(2026, 3, 29))[name] for name in counted] == [business_days - 2, 2]  # a Sunday
    assert day(frame, date(2026, 1, 1))["business_day_no"] == (1 if code is None else 0)
    assert day(frame, date(2026, 1, 5))["business_day_no"] == (3 if code is None else 2)
    assert day(frame, date(2026, 4, 1))["business_day_no"] == 1


def test_business_days_count_anew_in_a_period_of_a_month():
    frame = calendar(period="month", holidays="DE")
    assert [
        day(frame, date(2026, 2, dom))["business_day_no"] for dom in (1, 2, 8, 27)
    ] == [0, 1, 5, 20]  # fmt: skip


def test_the_first_day_of_the_calendar_lies_within_its_period():
    """The quarter began in November 1999: 22 weekdays of it and 23 of December come before."""
    frame = calendar({"start_month": 2})
    assert frame["date_day"].min() == date(2000, 1, 1)
    assert day(frame, date(2000, 1, 3))["business_day_no"] == 46


RETAIL = {"start_month": 2, "pattern": "454", "ends": "nearest", "week_starts": "sunday"}


@pytest.mark.parametrize(
    ("year", "first", "last", "weeks"),
    [
        (2012, date(2012, 1, 29), date(2013, 2, 2), 53),
        (2016, date(2016, 1, 31), date(2017, 1, 28), 52),
        (2017, date(2017, 1, 29), date(2018, 2, 3), 53),
        (2018, date(2018, 2, 4), date(2019, 2, 2), 52),
        (2022, date(2022, 1, 30), date(2023, 1, 28), 52),
        (2023, date(2023, 1, 29), date(2024, 2, 3), 53),
        (2024, date(2024, 2, 4), date(2025, 2, 1), 52),
    ],
)
def test_retail_years_are_those_that_the_national_retail_federation_publishes(year, first, last, weeks):
    frame = calendar({**RETAIL, "named_by": "start_year"}).filter(pl.col("fiscal_year") == year)
    assert (frame["date_day"].min(), frame["date_day"].max()) == (first, last)
    assert frame.height == weeks * 7


def test_the_months_of_retail_year_2023_are_the_published_ones():
    frame = calendar({**RETAIL, "named_by": "start_year"}).filter(pl.col("fiscal_year") == 2023)
    starts = [
        "2023-01-29", "2023-02-26", "2023-04-02", "2023-04-30", "2023-05-28", "2023-07-02",
        "2023-07-30", "2023-08-27", "2023-10-01", "2023-10-29", "2023-11-26", "2023-12-31",
    ]  # fmt: skip
    assert frame["month_start"].unique().sort().to_list() == [date.fromisoformat(start) for start in starts]
    assert frame["month_end"].max() == date(2024, 2, 3)  # January has the 53rd week


@pytest.mark.parametrize(
    ("settings", "year", "first", "last"),
    [
        # The last Saturday of January, by hand: 53 weeks up to 2021 and up to 2026.
        ({"start_month": 2, "week_starts": "sunday"}, 2021, date(2020, 1, 26), date(2021, 1, 30)),
        ({"start_month": 2, "week_starts": "sunday"}, 2022, date(2021, 1, 31), date(2022, 1, 29)),
        ({"start_month": 2, "week_starts": "sunday"}, 2025, date(2024, 1, 28), date(2025, 1, 25)),
        ({"start_month": 2, "week_starts": "sunday"}, 2026, date(2025, 1, 26), date(2026, 1, 31)),
        # The last Saturday of September, as Apple's annual reports have it.
        ({"start_month": 10, "week_starts": "sunday"}, 2017, date(2016, 9, 25), date(2017, 9, 30)),
        ({"start_month": 10, "week_starts": "sunday"}, 2022, date(2021, 9, 26), date(2022, 9, 24)),
        ({"start_month": 10, "week_starts": "sunday"}, 2023, date(2022, 9, 25), date(2023, 9, 30)),
        ({"start_month": 10, "week_starts": "sunday"}, 2024, date(2023, 10, 1), date(2024, 9, 28)),
        # The Sunday nearest to 31 January, as Home Depot's annual reports have it.
        ({"start_month": 2, "ends": "nearest"}, 2019, date(2018, 1, 29), date(2019, 2, 3)),
        ({"start_month": 2, "ends": "nearest"}, 2020, date(2019, 2, 4), date(2020, 2, 2)),
        ({"start_month": 2, "ends": "nearest"}, 2025, date(2024, 1, 29), date(2025, 2, 2)),
    ],
)
@pytest.mark.parametrize("pattern", ["445", "454", "544"])
def test_a_year_of_weeks_ends_on_the_last_or_the_nearest_weekday(pattern, settings, year, first, last):
    frame = calendar({**settings, "pattern": pattern}).filter(pl.col("fiscal_year") == year)
    assert (frame["date_day"].min(), frame["date_day"].max()) == (first, last)


@pytest.mark.parametrize(
    ("pattern", "weeks"),
    [
        ("445", [4, 4, 5] * 3 + [4, 4, 6]),
        ("454", [4, 5, 4] * 3 + [4, 5, 5]),
        ("544", [5, 4, 4] * 3 + [5, 4, 5]),
    ],
)
def test_the_53rd_week_joins_the_last_month_of_each_pattern(pattern, weeks):
    frame = calendar({"start_month": 2, "week_starts": "sunday", "pattern": pattern})
    year = frame.filter(pl.col("fiscal_year") == 2026)  # from 2025-01-26 to 2026-01-31
    lengths = year.group_by("fiscal_month").len().sort("fiscal_month")["len"].to_list()
    assert lengths == [7 * number for number in weeks]
    ends = year.filter(pl.col("date_day") == pl.col("quarter_end"))["day_n"].to_list()
    assert ends == [90, 90, 90, 90]  # the last quarter too, of 98 days
