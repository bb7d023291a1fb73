"""Bulk loads, missing amounts or days of creation, absurd amounts: no false number, no false range."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from orchestration.forecast import ForecastTables, forecast
from orchestration.forecast.learnt_wins import amount_cap
from tests.unit.forecast_tables import Deal, Warehouse

START = date(2025, 1, 1)
AS_OF = date(2026, 4, 10)
LOADED = date(2026, 4, 2)
ABSURD = 999_999_999_999.99


def steady(count: int = 225, amount: float | None = 100.0) -> list[Deal]:
    """Deals created every other day, closed after ten to forty days; every third is won."""
    deals = []
    for number in range(count):
        created = START + timedelta(days=2 * number)
        closed = created + timedelta(days=10 + number * 7 % 30)
        result = "Won" if number % 3 == 0 else "Lost"
        deals.append(Deal(f"D{number:04d}", [(created, "Qualified"), (closed, result)], [(created, amount)]))
    return deals


def load(count: int, on: date = LOADED, booked: date | None = None) -> list[Deal]:
    """Deals created by a load on one day: half of them won on it, a third lost on it, the rest open."""
    kinds = ("Won", "Won", "Won", "Lost", "Lost", "Qualified")
    return [
        Deal(f"L{n:04d}", [(on, kinds[n % 6])], [(on, 100.0)], is_history_assumed=True, booked=booked)
        for n in range(count)
    ]


def of(deals: list[Deal], as_of: date = AS_OF) -> ForecastTables:
    return forecast(Warehouse(deals, as_of).aggregates(), as_of)


def headline(found: ForecastTables, number: int = 0, method: str = "headline") -> dict[str, object]:
    rows = found.quarters.filter((pl.col("segment_name") == "all") & (pl.col("method") == method))
    return rows.row(number, named=True)


def test_a_load_is_no_arrival_no_close_of_a_deal_at_risk_and_no_fast_win() -> None:
    frames = Warehouse([*steady(), *load(120)], AS_OF).aggregates()
    for table, day in (
        ("arrivals", "created_date"),
        ("segment_arrivals", "created_date"),
        ("events", "day_date"),
    ):
        frame = frames[f"int_forecast_{table}"].filter(pl.col(day) == LOADED)
        assert frame["deals"].sum() <= 4, table  # one segment name's worth: the steady deals of that day
    wins = frames["int_forecast_wins"]
    assert wins.filter(pl.col("known_date") == LOADED)["deals"].sum() == 60  # but they are bookings
    assert wins.filter(pl.col("created_in_period_date") == LOADED).is_empty()


def test_nine_deals_or_a_fifth_of_all_deals_are_no_load() -> None:
    for deals in (load(9), [*steady(120), *load(30)]):
        arrivals = Warehouse(deals, AS_OF).aggregates()["int_forecast_arrivals"]
        assert arrivals.filter(pl.col("created_date") == LOADED)["deals"].sum() >= 9


def test_a_load_does_not_change_what_is_expected_of_deals_not_created_yet() -> None:
    without, with_load = (
        headline(of(deals), method="hazard") for deals in (steady(), [*steady(), *load(120)])
    )
    assert float(with_load["new_expected"]) == pytest.approx(float(without["new_expected"]), rel=0.05)


def test_a_history_of_days_expects_no_new_deals_and_says_so() -> None:
    found = of([*load(120), Deal("N", [(LOADED + timedelta(days=2), "Qualified")])])
    for number in range(5):
        row = headline(found, number)
        assert (row["new_expected"], row["p10"], row["p90"]) == (0, None, None)
        assert row["reliability"] == "too_few"
        assert "spans 8 days, less than one whole period" in str(row["reliability_reason"])


def test_wins_that_only_a_load_brought_say_nothing_of_open_deals() -> None:
    row = headline(of(load(120), LOADED + timedelta(days=200)))
    assert (row["expected"], row["p90"], row["reliability"]) == (0, None, "too_few")
    assert "no deal was seen to be won" in str(row["reliability_reason"])


def test_a_history_of_days_goes_by_past_periods_that_a_load_brought() -> None:
    """Sixty wins of 100 in each of four quarters."""
    quarters = [date(2025, month, 15) for month in (1, 4, 7, 10)]
    past = [deal for day in quarters for deal in load(120, booked=day)]
    past = [replace(deal, deal_id=f"P{number:04d}") for number, deal in enumerate(past)]
    found = of(past, date(2026, 1, 1) + timedelta(days=100))
    later = headline(found, 1)
    assert float(later["expected"]) == pytest.approx(4000)  # of the last three quarters, one has none
    assert later["p10"] < later["expected"] < later["p90"]
    assert later["reliability"] == "limited"
    assert headline(found)["new_expected"] < later["expected"]  # some of the quarter is over


def test_without_any_amount_there_is_no_range_and_the_reason() -> None:
    row = headline(of(steady(amount=None)))
    assert (row["expected"], row["p10"], row["p50"], row["p90"]) == (0, None, None, None)
    assert (row["reliability"], row["reliability_reason"]) == ("too_few", "no won deal has an amount")


def test_without_days_of_creation_new_deals_are_what_past_periods_let_expect() -> None:
    """Then a deal is first known of when it closes, or while it is open on the day of the extract."""
    closed = [
        replace(deal, stages=deal.stages[1:], is_created_assumed=True, is_history_assumed=True)
        for deal in steady()
    ]
    yesterday = AS_OF - timedelta(days=1)
    seen = [Deal(f"O{n}", [(yesterday, "Qualified")], is_created_assumed=True) for n in range(9)]
    found = of([*closed, *seen])
    mean = found.quarters.filter((pl.col("segment_name") == "all") & (pl.col("method") == "mean_of_3"))
    for number in range(1, 5):
        row = headline(found, number)
        assert row["expected"] == mean.row(number, named=True)["expected"] > 1000
        assert row["p10"] < row["expected"] < row["p90"]
        assert row["reliability"] == "limited"
        assert "the day of creation is not known" in str(row["reliability_reason"])


@pytest.mark.parametrize("result", ["Won", "Lost"])
def test_one_absurd_amount_teaches_no_more_than_a_big_one(result: str) -> None:
    created = date(2025, 12, 1)
    odd = Deal("X", [(created, "Qualified"), (date(2025, 12, 20), result)], [(created, ABSURD)])
    varied = [
        replace(deal, amounts=[(deal.created, 60.0 + number % 9 * 10)])
        for number, deal in enumerate(steady())
    ]
    usual, spoiled = (of(deals) for deals in (varied, [*varied, odd]))
    for number in range(5):
        ratio = float(headline(spoiled, number)["expected"]) / float(headline(usual, number)["expected"])
        assert 0.8 < ratio < 2
    booked = Warehouse([*varied, odd], AS_OF).aggregates()["int_forecast_wins"]["amount"].max()
    assert (float(booked) == ABSURD) is (result == "Won")  # what was booked is left as it is


def test_the_cap_is_twenty_medians_or_what_the_spread_of_amounts_allows() -> None:
    def wins(amounts: list[float]) -> pl.DataFrame:
        return pl.DataFrame({"win_amount": amounts, "deals": [1] * len(amounts)})

    assert amount_cap(wins([100.0] * 19)) == float("inf")
    assert amount_cap(wins([100.0] * 19 + [ABSURD])) == 2000
    assert amount_cap(wins([10.0] * 10 + [30.0] * 10)) == pytest.approx(10 * 3 ** (2.326 / 0.674))
