"""Moments of local times, and local times of moments, against DuckDB's and hand-computed ones."""

from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest

from orchestration.time_zones import to_local, to_utc

ZONES = [
    "Europe/Berlin", "America/New_York", "America/Vancouver", "America/Havana", "America/Sao_Paulo",
    "Africa/Casablanca", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC",
]  # fmt: skip
HOURS = [datetime(2009, 12, 31, 0, 30) + number * timedelta(hours=3, minutes=50) for number in range(50_000)]


def converted(moments, conversion, zone):
    frame = pl.DataFrame({"moment": pl.Series(moments, dtype=pl.Datetime("us"))})
    return frame.select(conversion(pl.col("moment"), zone))["moment"].to_list()


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_show_what_duckdb_says_and_lead_back_to_the_moment(zone):
    frame = pl.DataFrame({"moment": HOURS}).with_row_index()
    sql = "select (moment at time zone 'UTC') at time zone ? from moments order by index"
    with duckdb.connect() as connection:
        connection.register("moments", frame.to_arrow())
        by_duckdb = [row[0] for row in connection.execute(sql, [zone]).fetchall()]
    local = converted(HOURS, to_local, zone)
    assert local == by_duckdb
    back = converted(local, to_utc, zone)
    shifted = [(one - other) for one, other in zip(HOURS, back, strict=True) if one != other]
    assert len(shifted) < 25  # local times that come twice
    assert all(timedelta(0) < shift <= timedelta(hours=1) for shift in shifted)


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),  # comes twice
        ("Europe/Berlin", datetime(2026, 10, 25, 3, 0), datetime(2026, 10, 25, 2, 0)),
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30)),  # is skipped
        ("Europe/Berlin", datetime(2026, 3, 29, 1, 59), datetime(2026, 3, 29, 0, 59)),
        ("America/Santiago", datetime(2026, 9, 6), datetime(2026, 9, 6, 4)),  # midnight is skipped
        ("Asia/Kolkata", datetime(1970, 1, 1), datetime(1969, 12, 31, 18, 30)),
        ("Asia/Kolkata", None, None),
    ],
)
def test_a_local_time_is_the_earlier_of_two_and_the_later_where_it_is_skipped(zone, local, moment):
    assert converted([local], to_utc, zone) == [moment]
