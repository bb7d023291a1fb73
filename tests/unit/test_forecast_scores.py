"""Scores against values worked by hand."""

from datetime import date
from decimal import Decimal

import polars as pl

from orchestration.forecast import published, scores
from orchestration.forecast.backtest import BACKTEST_SCHEMA

FIRST, SECOND = date(2025, 1, 1), date(2025, 4, 1)


def row(as_of: date, method: str, expected: int, actual: int | None, **values: object) -> dict[str, object]:
    period = f"FY2025-Q{(as_of.month + 2) // 3}"
    known = {
        "as_of_date": as_of, "phase": 0.0, "fiscal_period": period, "method": method,
        "expected": Decimal(expected), "reliability": "good",
        "actual": None if actual is None else Decimal(actual),
    }  # fmt: skip
    return {**dict.fromkeys(BACKTEST_SCHEMA), **known, **values}


def scored(*rows: dict[str, object]) -> dict[str, dict[str, object]]:
    found = scores(pl.DataFrame(list(rows), schema=BACKTEST_SCHEMA, orient="row"))
    return {line["method"]: line for line in found.iter_rows(named=True)}


def test_three_rows_of_two_quarters_as_worked_by_hand() -> None:
    found = scored(
        row(FIRST, "headline", 110, 100, p10=Decimal(90), p50=Decimal(110), p90=Decimal(120)),
        row(SECOND, "headline", 270, 300, p10=Decimal(250), p50=Decimal(270), p90=Decimal(290)),
        row(FIRST, "hazard", 100, 100, brier=0.1, n_open=10),
        row(SECOND, "hazard", 300, 300, brier=0.2, n_open=30),
        row(FIRST, "mean_of_3", 60, 100),
        row(SECOND, "mean_of_3", 260, 300),
    )
    assert found["headline"] == {
        "basis": "backtest", "method": "headline", "phase": 0.0, "n_forecasts": 2,
        "first_period": "FY2025-Q1", "last_period": "FY2025-Q2",
        "wape": 0.1,  # (10 + 30) / 400
        "bias": -0.05,  # (10 - 30) / 400
        # of 100: 1 (10 above p10), 5 and 2; of 300: 5, 15 and 9 (10 above p90)
        "pinball": round((8 + 29) / 3 / 400, 6),
        "brier": None,
        "coverage": 0.5,  # 100 lies from 90 to 120; 300 is above 290
        "skill": 0.5,  # 1 - 0.1 / 0.2
    }  # fmt: skip
    assert found["hazard"]["brier"] == 0.175
    assert (found["mean_of_3"]["wape"], found["mean_of_3"]["coverage"]) == (0.2, None)


def test_skill_compares_the_days_on_which_a_method_gave_a_number() -> None:
    found = scored(
        row(FIRST, "mean_of_3", 0, 100),
        row(SECOND, "mean_of_3", 80, 100),
        row(SECOND, "crm_weighted", 90, 100),
    )
    assert (found["crm_weighted"]["n_forecasts"], found["crm_weighted"]["skill"]) == (1, 0.5)  # 10 to 20


def test_days_without_a_mean_an_actual_or_enough_wins_are_not_scored() -> None:
    found = scored(
        row(FIRST, "headline", 1, 100),  # no period before it
        row(date(2025, 4, 1), "headline", 110, 100),
        row(date(2025, 4, 1), "mean_of_3", 100, 100),
        row(date(2025, 7, 1), "headline", 1, 100, reliability="too_few"),
        row(date(2025, 7, 1), "mean_of_3", 1, 100, reliability="too_few"),
        row(date(2025, 10, 1), "headline", 1, None),
        row(date(2025, 10, 1), "mean_of_3", 1, None),
    )
    assert (found["headline"]["n_forecasts"], found["headline"]["wape"]) == (1, 0.1)
    assert found["headline"]["skill"] is None  # the mean was exactly right


def test_quarters_that_brought_nothing_have_no_relative_error() -> None:
    found = scored(row(FIRST, "headline", 1, 0), row(FIRST, "mean_of_3", 0, 0))
    assert (found["headline"]["n_forecasts"], found["headline"]["wape"]) == (1, None)


def test_without_a_back_test_there_are_no_scores() -> None:
    assert scores(pl.DataFrame(schema=BACKTEST_SCHEMA)).is_empty()


def test_what_was_published_is_scored_by_ninths_of_its_period() -> None:
    """Of the whole company's current period: a quarter of 90 days, of which ten are a ninth."""

    def said(as_of: date, **values: object) -> dict[str, object]:
        known = {"period_start": FIRST, "period_end": date(2025, 3, 31), "segment_name": "all"}
        return row(as_of, "headline", 100, 100, segment_value="all", **known, **values)

    days = [FIRST, date(2025, 1, 10), date(2025, 1, 11), date(2025, 3, 31)]
    other = [said(date(2024, 12, 31)), {**said(FIRST), "segment_name": "team"}]
    quarters = pl.DataFrame([said(day) for day in days] + other, schema=BACKTEST_SCHEMA, orient="row")
    found = published(quarters.drop("phase", "brier"))
    assert found["phase"].to_list() == [0.0, 0.0, 0.111111, 0.888889]
    mean = found.with_columns(method=pl.lit("mean_of_3"))
    scored = scores(pl.concat([found, mean], how="diagonal"), "ledger")
    assert scored.filter(method="headline").select("basis", "phase", "n_forecasts").rows() == [
        ("ledger", 0.0, 2), ("ledger", 0.111111, 1), ("ledger", 0.888889, 1),
    ]  # fmt: skip
