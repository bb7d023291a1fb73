"""How right each person's calls were, by hand."""

from datetime import date, timedelta

import polars as pl

from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.call_scores import SCHEMA, call_scores
from tests.unit.forecast_tables import Call, Deal, Warehouse

SETTLED = pl.Series(["FY2025-Q1", "FY2025-Q2"])


def day(number: int) -> date:
    return date(2025, 1, 1) + timedelta(days=number)


def won(deal_id: str, closed: date, amount: float, owner: str) -> Deal:
    created = closed - timedelta(days=10)
    return Deal(deal_id, [(created, "Qualified"), (closed, "Won")], [(created, amount)], owner=owner)


def aggregates() -> Aggregates:
    deals = [won("A", day(60), 100, "U1"), won("B", day(120), 300, "U1"), won("C", day(130), 100, "U2")]
    calls = [
        Call("M", day(1), "FY2025-Q1", 90),
        Call("U1", day(1), "FY2025-Q1", 150),
        Call("U1", day(20), "FY2025-Q1", 120),
        Call("U1", day(91), "FY2025-Q2", 250),
        Call("U1", day(182), "FY2025-Q3", 1),  # not settled
        Call("U3", day(91), "FY2025-Q2", 40),  # won nothing
    ]
    above = [("U1", "M", day(0), None), ("U2", "M", day(0), None)]
    return Aggregates.of(Warehouse(deals, day(200), calls=calls, above=above).aggregates())


def asked(*days: tuple[date, float]) -> pl.DataFrame:
    return pl.DataFrame(days, schema={"as_of_date": pl.Date, "phase": pl.Float64}, orient="row")


def test_a_persons_calls_are_scored_by_the_part_of_the_period_that_was_over() -> None:
    days = asked((day(10), 0.1), (day(100), 0.1), (day(50), 0.5), (day(190), 0.1))
    found = call_scores(aggregates(), days, SETTLED)
    assert found.rows() == [
        # 90 of the 100 that U1 below brought
        ("M", 0.1, 1, "FY2025-Q1", "FY2025-Q1", 90, 100, 0.1, -0.1),
        ("M", 0.5, 1, "FY2025-Q1", "FY2025-Q1", 90, 100, 0.1, -0.1),
        # 150 for 100 and 250 for 300: off by 100 of 400, with signs by nothing
        ("U1", 0.1, 2, "FY2025-Q1", "FY2025-Q2", 400, 400, 0.25, 0.0),
        ("U1", 0.5, 1, "FY2025-Q1", "FY2025-Q1", 120, 100, 0.2, 0.2),
        ("U3", 0.1, 1, "FY2025-Q2", "FY2025-Q2", 40, 0, None, None),
    ]


def test_no_day_and_no_call_give_no_row() -> None:
    assert call_scores(aggregates(), asked(), SETTLED).schema == SCHEMA
    nobody = Aggregates.of(Warehouse([won("A", day(60), 100, "U1")], day(200)).aggregates())
    assert call_scores(nobody, asked((day(10), 0.1)), SETTLED).equals(pl.DataFrame(schema=SCHEMA))
