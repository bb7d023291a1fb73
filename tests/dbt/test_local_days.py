"""Days of the company's time zone about the nights on which clocks change, as DuckDB's macros give them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from jinja2 import Environment

from orchestration.warehouse import as_of_start

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "local_time.sql"
MACRO = Environment(extensions=["jinja2.ext.do"]).from_string(MACROS.read_text()).module
BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
SANTIAGO, HAVANA = "America/Santiago", "America/Havana"  # clocks change at midnight, or from 1:00 back to it


def on_duckdb(name, zone, value):
    sql = getattr(MACRO, f"duckdb__{name}")("moment", "zone")
    return duckdb.execute(f"select {sql} from (select ? as moment, ? as zone)", [value, zone]).fetchall()[0][
        0
    ]


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        (BERLIN, "2026-03-28 22:59:59", "2026-03-28"),  # winter: an hour ahead of UTC
        (BERLIN, "2026-03-28 23:00:00", "2026-03-29"),
        (BERLIN, "2026-03-29 21:59:59", "2026-03-29"),  # summer, a day of 23 hours later
        (BERLIN, "2026-03-29 22:00:00", "2026-03-30"),
        (BERLIN, "2026-10-24 22:00:00", "2026-10-25"),
        (BERLIN, "2026-10-25 22:59:59", "2026-10-25"),  # winter again, after 25 hours
        (BERLIN, "2026-10-25 23:00:00", "2026-10-26"),
        (NEW_YORK, "2026-03-08 04:59:59", "2026-03-07"),
        (NEW_YORK, "2026-03-08 05:00:00", "2026-03-08"),
        (NEW_YORK, "2026-03-09 03:59:59", "2026-03-08"),
        (NEW_YORK, "2026-03-09 04:00:00", "2026-03-09"),
        (NEW_YORK, "2026-11-01 04:00:00", "2026-11-01"),
        (NEW_YORK, "2026-11-02 04:59:59", "2026-11-01"),
        (NEW_YORK, "2026-11-02 05:00:00", "2026-11-02"),
        (KOLKATA, "2026-03-28 18:29:59", "2026-03-28"),  # five and a half hours, all year
        (KOLKATA, "2026-03-28 18:30:00", "2026-03-29"),
        (KOLKATA, "2026-10-25 18:30:00", "2026-10-26"),
        (SANTIAGO, "2026-04-05 02:59:59", "2026-04-04"),
        (SANTIAGO, "2026-04-05 03:59:59", "2026-04-04"),  # its last hour comes twice
        (SANTIAGO, "2026-04-05 04:00:00", "2026-04-05"),
        (SANTIAGO, "2026-09-06 03:59:59", "2026-09-05"),
        (SANTIAGO, "2026-09-06 04:00:00", "2026-09-06"),  # it begins at 1:00
        (SANTIAGO, "2026-09-07 03:00:00", "2026-09-07"),
        (HAVANA, "2025-11-02 04:00:00", "2025-11-02"),  # its first hour comes twice
        (HAVANA, "2025-11-02 05:59:59", "2025-11-02"),
        (HAVANA, "2025-11-03 05:00:00", "2025-11-03"),
    ],
)
def test_a_moment_belongs_to_the_day_that_the_clocks_showed(zone, moment, day):
    assert on_duckdb("local_date", zone, datetime.fromisoformat(moment)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, "2026-03-29", 23),
        (BERLIN, "2026-10-25", 25),
        (NEW_YORK, "2026-03-08", 23),
        (NEW_YORK, "2026-11-01", 25),
        (KOLKATA, "2026-03-29", 24),
        (SANTIAGO, "2026-04-04", 25),
        (SANTIAGO, "2026-09-06", 23),
        (HAVANA, "2025-11-02", 25),
    ],
)
def test_days_follow_each_other_without_gap_whatever_their_length(zone, day, hours):
    """Also, the start of a day is the same in SQL and in Python, and it belongs to that day."""
    this = date.fromisoformat(day)
    following = this + timedelta(days=1)
    start, end = (on_duckdb("day_start", zone, each) for each in (this, following))
    assert end - start == timedelta(hours=hours)
    assert (start, end) == (as_of_start(this, zone), as_of_start(following, zone))
    assert on_duckdb("local_date", zone, start) == this
    assert on_duckdb("local_date", zone, start - timedelta(microseconds=1)) == this - timedelta(days=1)
