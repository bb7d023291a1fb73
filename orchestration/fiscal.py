"""The fiscal calendar: which period, day of the quarter and business day every date is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import holidays as holiday_calendars
import polars as pl

from orchestration.company import Company, FiscalYear

FIRST_DAY = date(2000, 1, 1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FRIDAY = 5  # where no country is named, people work from Monday to this day
LAST_DAY_N = 90  # FEATURES: the last day of every quarter has this number


@dataclass(frozen=True)
class FiscalMonth:
    """One fiscal month, its first day and the day after its last."""

    year: int
    number: int  # 1 to 12 within the fiscal year
    start: date
    end: date


def fiscal_months(settings: FiscalYear, first: int, last: int) -> Iterator[FiscalMonth]:
    """Every fiscal month of the years that start in calendar years `first` to `last`, in order."""
    for calendar_year in range(first, last + 1):
        ends_next_year = settings.start_month > 1
        year = calendar_year + int(ends_next_year and settings.named_by == "end_year")
        if settings.pattern == "months":
            starts = [_month_start(calendar_year, settings.start_month + month) for month in range(13)]
        else:
            start = week_year_start(settings, calendar_year)
            days_in_year = (week_year_start(settings, calendar_year + 1) - start).days
            weeks = [int(digit) for digit in settings.pattern] * 4
            weeks[-1] += days_in_year // 7 - sum(weeks)  # week 53 joins the last period
            starts = [start + timedelta(weeks=sum(weeks[:month])) for month in range(13)]
        for month in range(12):
            yield FiscalMonth(year, month + 1, starts[month], starts[month + 1])


def week_year_start(settings: FiscalYear, calendar_year: int) -> date:
    """First day of the week-based fiscal year that starts around `start_month` of `calendar_year`.

    The year before it ends on the last (or nearest) `week_starts` eve at the end of the month
    before `start_month`, as retailers' 4-4-5 calendars do.
    """
    month_start = _month_start(calendar_year, settings.start_month)
    back = (month_start.weekday() - WEEKDAYS.index(settings.week_starts)) % 7
    start = month_start - timedelta(days=back)
    if settings.ends == "nearest" and back > 3:
        start += timedelta(days=7)
    return start


def calendar_days(company: Company, last: date) -> pl.DataFrame:
    """One row per day from 2000 to the end of the fiscal year of `last`: its period and place in it."""
    months = list(fiscal_months(company.fiscal_year, FIRST_DAY.year - 1, last.year + 1))
    rows = []
    for index in range(0, len(months), 3):
        quarter = months[index : index + 3]
        name = f"FY{quarter[0].year}-Q{(quarter[0].number + 2) // 3}"
        start, end = quarter[0].start, quarter[-1].end
        rows += [
            (name, start, end, f"FY{month.year}-M{month.number:02d}", month.start, month.end, month.year)
            for month in quarter
        ]
    months_frame = pl.DataFrame(
        rows,
        schema={
            "fiscal_quarter": pl.String,
            "quarter_start": pl.Date,
            "quarter_end": pl.Date,
            "fiscal_month": pl.String,
            "month_start": pl.Date,
            "month_end": pl.Date,
            "fiscal_year": pl.Int32,
        },
        orient="row",
    )
    period = "quarter" if company.forecast.period == "quarter" else "month"
    days = (
        months_frame.with_columns(date_day=pl.date_ranges("month_start", "month_end", closed="left"))
        .explode("date_day")
        .with_columns(
            quarter_end=pl.col("quarter_end").dt.offset_by("-1d"),
            month_end=pl.col("month_end").dt.offset_by("-1d"),
        )
        .with_columns(
            fiscal_period=pl.col(f"fiscal_{period}"),
            period_start=pl.col(f"{period}_start"),
            period_end=pl.col(f"{period}_end"),
            day_n=_day_n(),
            weekday=pl.col("date_day").dt.weekday().cast(pl.Int32),
        )
    )
    return (
        days.with_columns(is_business_day=_business_days(company.holidays, days["date_day"]))
        .with_columns(
            business_day_no=pl.col("is_business_day").cum_sum().over("fiscal_period").cast(pl.Int32),
            business_days_in_period=pl.col("is_business_day").sum().over("fiscal_period").cast(pl.Int32),
        )
        .with_columns(business_days_left=pl.col("business_days_in_period") - pl.col("business_day_no"))
        .filter(pl.col("date_day") >= FIRST_DAY)
        .select(
            "date_day", "fiscal_year", "fiscal_quarter", "quarter_start", "quarter_end",
            "fiscal_month", "month_start", "month_end", "fiscal_period", "period_start", "period_end",
            "day_n", "weekday", "is_business_day", "business_day_no", "business_days_left",
        )
    )  # fmt: skip


def _day_n() -> pl.Expr:
    """Day of the quarter, scaled so that the first is 0 or 1 and the last is 90."""
    passed = (pl.col("date_day") - pl.col("quarter_start")).dt.total_days()
    length = (pl.col("quarter_end") - pl.col("quarter_start")).dt.total_days()
    return (passed * LAST_DAY_N / length).round().cast(pl.Int32)


def _month_start(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _business_days(code: str | None, days: pl.Series) -> pl.Series:
    """Whether people work on each day: by the country's own weekend, holidays and worked weekends."""
    if code is None:
        return days.dt.weekday() <= FRIDAY
    country = holiday_calendars.country_holidays(code, years=range(days[0].year, days[-1].year + 1))
    return pl.Series([country.is_working_day(day) for day in days], dtype=pl.Boolean)
