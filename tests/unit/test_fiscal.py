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
