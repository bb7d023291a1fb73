"""Calls of people: who counts in a total, how they are corrected, and that it pays."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

from orchestration.forecast import PAST_DAYS, PAST_OPEN_DEALS, backtest, forecast
from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.calls import (
    PAST_CALLS_SCHEMA,
    Correction,
    called_at,
    called_totals,
    past_calls,
)
from orchestration.forecast.fiscal_periods import Calendar
from orchestration.forecast.scores import scored
from orchestration.simulation.calls import biases
from tests.unit.forecast_tables import Call, Deal, Warehouse, read_aggregates
from tests.unit.simulated_deals import owner_id, simulated, simulated_warehouse

AS_OF = date(2026, 8, 10)
SIZE = 2400
SEED = 3
FIRST = date(2025, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def won(deal_id: str, closed: date, amount: float, owner: str = "U1") -> Deal:
    created = closed - timedelta(days=10)
    return Deal(
        deal_id,
        [(created, "Qualified"), (closed, "Won")],
        [(created, amount)],
        owner=owner,
    )


def totals(warehouse: Warehouse) -> dict[str, float]:
    aggregates = Aggregates.of(warehouse.aggregates())
    calendar = Calendar.of(aggregates)
    [current] = calendar.from_current(warehouse.as_of, 0)
    ended = calendar.ended(aggregates.history_start, warehouse.as_of)
    return called_totals(aggregates, ended, current, warehouse.as_of)


def test_a_managers_call_counts_for_the_people_below_while_it_holds() -> None:
    calls = [
        Call("U1", day(1), "FY2025-Q1", 100),
        Call("U2", day(2), "FY2025-Q1", 50),
        Call("M", day(10), "FY2025-Q1", 400),
        Call("U1", day(20), "FY2025-Q1", 120),
        Call("M", day(30), "FY2025-Q1", None),  # taken back
        Call("U1", day(31), "FY2025-Q1", 999, "best case"),
        Call("U1", day(32), "FY2025-M01", 999),  # not a period of this company
    ]
    above = [("U1", "M", FIRST, day(25)), ("U2", "M", day(15), None)]
    warehouse = Warehouse([won("D", day(20), 10)], day(60), calls=calls, above=above)
    rows = warehouse.aggregates()["int_forecast_calls"]
    assert rows.drop("fiscal_period").rows() == [
        ("M", day(10), 400, True),
        ("M", day(30), None, True),
        ("U1", day(1), 100, True),
        ("U1", day(10), 100, False),
        ("U1", day(20), 120, False),
        ("U1", day(25), 120, True),  # works for M no longer
        ("U2", day(2), 50, True),
        ("U2", day(15), 50, False),
        ("U2", day(30), 50, True),
    ]
    aggregates = Aggregates.of(warehouse.aggregates())
    [period] = Calendar.of(aggregates).from_current(day(60), 0)
    sums = [
        called_at(aggregates, period, day(number)).filter("is_topmost")["called"].sum()
        for number in (2, 3, 11, 16, 26, 31)
    ]
    assert sums == [100, 150, 450, 400, 520, 170]


def test_what_a_manager_brought_is_what_everyone_below_brought_that_day() -> None:
    deals = [
        won("A", day(20), 100, "U1"),
        won("B", day(40), 10, "U1"),
        won("C", day(40), 1, "M"),
    ]
    calls = [Call("M", day(1), "FY2025-Q1", 1)]
    warehouse = Warehouse(deals, day(60), calls=calls, above=[("U1", "M", FIRST, day(30))])
    wins = warehouse.aggregates()["int_forecast_owner_wins"]
    assert wins.select("owner_id", "known_date", "amount").rows() == [
        ("M", day(20), 100),
        ("M", day(40), 1),
    ]


def past(*rows: tuple[str, float, float]) -> pl.DataFrame:
    """Calls of ended periods: (person, called, actual)."""
    filled = [("FY2025-Q1", owner, True, called, actual) for owner, called, actual in rows]
    return pl.DataFrame(filled, schema=PAST_CALLS_SCHEMA, orient="row")


def test_a_ratio_is_shrunk_as_far_as_chance_explains_it() -> None:
    """By hand: s2 = 4 * 100 * 0.1^2 / 2 = 2, a = (2 * 200 * 0.2^2 - 2) / 200 = 0.07, Z = 0.875."""
    found = Correction.of(past(("A", 100, 110), ("A", 100, 130), ("B", 100, 70), ("B", 100, 90)))
    assert found.pooled == pytest.approx(1)
    assert found.ratios(pl.Series(["A", "B", "new"])) == pytest.approx([1.175, 0.825, 1.0])


@pytest.mark.parametrize(
    "rows",
    [
        [("A", 100, 150), ("B", 100, 50)],  # nobody called twice
        [("A", 100, 150), ("A", 100, 50)],  # one person
        [
            ("A", 100, 150),
            ("A", 100, 52),
            ("B", 100, 50),
            ("B", 100, 148),
        ],  # as chance has it
        [("A", 100, 150), ("B", 100, 50), ("C", 0, 70)],  # called nothing
    ],
)
def test_persons_who_differ_no_more_than_by_chance_have_the_pooled_ratio(
    rows: list[tuple[str, float, float]],
) -> None:
    found = Correction.of(past(*rows))
    assert found.ratios(pl.Series(["A", "B"])) == pytest.approx([1.0, 1.0])


def test_no_call_is_no_method_and_calls_without_a_past_are_not_corrected() -> None:
    deals = [won("D1", day(20), 100), won("D2", day(60), 300)]
    assert totals(Warehouse(deals, day(130))) == {}
    assert totals(Warehouse(deals, day(130), calls=[Call("U1", day(100), "FY2025-Q1", 9)])) == {}
    called = [
        Call("U1", day(100), "FY2025-Q2", 70),
        Call("U2", day(130), "FY2025-Q2", 5),
    ]
    assert totals(Warehouse(deals, day(130), calls=called)) == {"calls": 70}


def test_calls_are_corrected_by_the_same_day_of_ended_periods_and_others_are_added() -> None:
    """U1 called 200 of the 100 that came, 50 days earlier; 300 came beside: 0.5 x 80 + 300."""
    lost = Deal("D0", [(day(-9), "Qualified"), (day(3), "Lost")])  # the history covers the whole period
    deals = [lost, won("D1", day(60), 100, "U1"), won("D2", day(60), 300, "U2")]
    calls = [
        Call("U1", day(9), "FY2025-Q1", 200),
        Call("U1", day(50), "FY2025-Q1", 100),  # later in the period than the as-of date in its own
        Call("U1", day(95), "FY2025-Q2", 80),
    ]
    warehouse = Warehouse(deals, day(100), calls=calls)
    assert totals(warehouse) == {"calls": 80, "calls_corrected": pytest.approx(340)}


def test_a_call_below_what_is_won_counts_as_what_is_won() -> None:
    deals = [won("D1", day(20), 100), won("D2", day(95), 50)]
    warehouse = Warehouse(deals, day(100), calls=[Call("U1", day(91), "FY2025-Q2", 30)])
    quarters = forecast(warehouse.aggregates(), day(100)).quarters
    said = quarters.filter(method="calls", segment_name="all")
    assert said.select("fiscal_period", "won_to_date", "expected").rows() == [("FY2025-Q2", 50, 50)]


@cache
def company() -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    with simulated_warehouse(SIZE, AS_OF, SEED).connection() as connection:
        return (
            read_aggregates(connection),
            connection.sql(f"select * from intermediate.{PAST_DAYS} order by as_of_date").pl(),
            connection.sql(f"select * from intermediate.{PAST_OPEN_DEALS} order by as_of_date, deal_id").pl(),
        )


def test_the_bias_of_each_simulated_person_is_recovered() -> None:
    """On a period's first day a call is bias x truth x noise of 15 %: the correction is 1 / bias."""
    aggregates = Aggregates.of(company()[0])
    calendar = Calendar.of(aggregates)
    as_of = date(2026, 8, 1)
    [current] = calendar.from_current(as_of, 0)
    past = past_calls(aggregates, calendar.ended(aggregates.history_start, as_of), current, as_of)
    truth = simulated(SIZE, SEED)
    bias = biases(truth)
    times = past.filter(pl.col("called") > 0)["owner_id"].value_counts(sort=True).sort("owner_id")
    sellers = [
        code
        for code in np.flatnonzero(truth.staff.region >= 0).tolist()
        if not times.filter(pl.col("owner_id") == owner_id(code), pl.col("count") >= 5).is_empty()
    ]
    ratios = Correction.of(past).ratios(pl.Series([owner_id(code) for code in sellers]))
    error = np.log(ratios * bias[sellers])
    assert len(sellers) >= 10
    assert abs(error.mean()) < 0.05
    assert error.std() < 0.1  # of the biases themselves: 0.17
    assert np.abs(error).max() < 0.2


def test_corrected_calls_beat_the_calls() -> None:
    frames, days, deals = company()
    brought = frames["int_forecast_segment_wins"].group_by("fiscal_period", "segment_name", "segment_value")
    actuals = brought.agg(actual=pl.col("amount").sum().cast(pl.Decimal(18, 2)))
    asked = days.filter(pl.col("phase").is_in([0.0, 0.333333, 0.666667]))
    rows = scored(backtest(frames, asked, lambda day: deals.filter(as_of_date=day), actuals).rows)
    rows = rows.filter(pl.col("as_of_date").is_in(rows.filter(method="calls_corrected")["as_of_date"]))
    assert rows.filter(method="calls").height >= 25
    error = (pl.col("expected") - pl.col("actual")).cast(pl.Float64).abs().sum()
    found = rows.group_by("method").agg(wape=error / pl.col("actual").cast(pl.Float64).sum())
    wape = dict(found.iter_rows())
    assert wape["calls_corrected"] < 0.8 * wape["calls"]
    assert wape["calls_corrected"] < wape["mean_of_3"]
