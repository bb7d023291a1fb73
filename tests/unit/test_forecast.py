"""The whole forecast on small companies: what must hold whatever the numbers are."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from orchestration.forecast import ForecastTables, forecast
from tests.unit.forecast_tables import Deal, Warehouse
from tests.unit.simulated_deals import simulated_deals, simulated_warehouse

AS_OF = date(2026, 3, 10)
SIZE = 700


@cache
def company() -> Warehouse:
    return simulated_warehouse(SIZE, AS_OF)


@cache
def tables() -> ForecastTables:
    return forecast(company().aggregates(), AS_OF)


def of(warehouse: Warehouse) -> ForecastTables:
    return forecast(warehouse.aggregates(), warehouse.as_of)


def total(found: ForecastTables, method: str = "hazard", number: int = 0) -> dict[str, object]:
    rows = found.quarters.filter((pl.col("segment_name") == "all") & (pl.col("method") == method))
    return rows.row(number, named=True)


def simple(
    count: int = 120, stage: str = "Qualified", won_every: int = 3, amount: float | None = 100.0
) -> list[Deal]:
    """Deals created every other day, closed after ten to forty days; every third is won."""
    deals = []
    for number in range(count):
        created = date(2025, 1, 1) + timedelta(days=2 * number)
        closed = created + timedelta(days=10 + number * 7 % 30)
        result = "Won" if won_every and number % won_every == 0 else "Lost"
        deals.append(Deal(f"D{number:04d}", [(created, stage), (closed, result)], [(created, amount)]))
    return deals


LATER = date(2025, 8, 10)


def test_parts_add_up_and_every_cut_sums_to_the_company() -> None:
    quarters = tables().quarters
    parts = pl.col("won_to_date") + pl.col("open_expected") + pl.col("new_expected")
    assert quarters.filter(parts != pl.col("expected")).is_empty()
    money = ["won_to_date", "open_expected", "new_expected", "expected", "open_amount"]
    by_cut = quarters.group_by("fiscal_period", "method", "segment_name").agg(pl.col(money).sum())
    for _, cuts in by_cut.group_by("fiscal_period", "method"):
        assert cuts["segment_name"].n_unique() == 4
        assert cuts.select(money).unique().height == 1


def test_deals_add_up_to_the_open_part() -> None:
    found = tables()
    assert found.deals["expected_amount"].sum() == total(found)["open_expected"]
    assert found.deals.height == total(found)["n_open"]
    assert found.deals.filter(pl.col("p_won_in_period") > pl.col("p_won")).is_empty()
    assert found.deals["p_won"].is_between(0, 1).all()


def test_there_is_a_headline_for_each_period_of_the_horizon() -> None:
    headlines = tables().quarters.filter((pl.col("method") == "headline") & (pl.col("segment_name") == "all"))
    assert headlines["fiscal_period"].to_list() == [
        "FY2027-Q1", "FY2027-Q2", "FY2027-Q3", "FY2027-Q4", "FY2028-Q1",
    ]  # fmt: skip
    assert (headlines["p10"] < headlines["p50"]).all()
    assert (headlines["p50"] < headlines["p90"]).all()


def test_aggregates_of_a_later_day_give_the_same_forecast() -> None:
    """Nothing on or after the as-of date changes anything: one read serves every past day."""
    later = simulated_warehouse(SIZE, AS_OF + timedelta(days=150)).aggregates()
    known = company().aggregates()
    # open deals, their segments, their like in past periods and the one-row decisions belong to a day;
    # the other counts serve every day
    own = ("history", "attributes", "open_deals", "open_segments", "landmarks", "calendar")
    frames = {name: known[name] if name.endswith(own) else frame for name, frame in later.items()}
    found = forecast(frames, AS_OF)
    assert_frame_equal(found.quarters, tables().quarters)
    assert_frame_equal(found.deals, tables().deals)


def test_the_same_input_gives_the_same_tables() -> None:
    again = forecast(company().aggregates(), AS_OF)
    assert_frame_equal(again.quarters, tables().quarters)
    assert_frame_equal(again.deals, tables().deals)
    assert_frame_equal(again.hazards, tables().hazards)


def test_the_order_in_which_deals_come_does_not_matter() -> None:
    shuffled = list(company().deals)
    np.random.default_rng(1).shuffle(shuffled)
    found = of(replace(company(), deals=shuffled))
    assert_frame_equal(found.quarters, tables().quarters)
    assert_frame_equal(found.deals, tables().deals)


def test_doubling_every_deal_doubles_the_forecast_up_to_the_prior() -> None:
    twins = [replace(deal, deal_id=deal.deal_id + "b") for deal in company().deals]
    found = of(replace(company(), deals=[*company().deals, *twins]))
    assert float(total(found)["expected"]) == pytest.approx(2 * float(total(tables())["expected"]), rel=0.1)


def test_another_currency_scales_every_amount() -> None:
    cents = [
        replace(deal, amounts=[(at, amount * 100) for at, amount in deal.amounts]) for deal in company().deals
    ]
    found = of(replace(company(), deals=cents))
    for name in ("expected", "won_to_date", "open_expected", "p10", "p90"):
        assert float(total(found)[name]) == pytest.approx(100 * float(total(tables())[name]), rel=1e-6)
    assert_frame_equal(found.deals.select("deal_id", "p_won"), tables().deals.select("deal_id", "p_won"))


def test_without_expected_dates_the_forecast_is_made_without_them() -> None:
    undated = [replace(deal, close_dates=[]) for deal in company().deals]
    found = of(replace(company(), deals=undated))
    assert total(found)["expected"] > 0
    assert total(found, "crm_weighted")["open_expected"] > 0  # all open deals count
    due = found.hazards.filter(pl.col("factor") == "days to expected close")
    assert (due["value"] == 1).all()


def test_one_stage_and_one_segment_are_enough() -> None:
    found = of(Warehouse(simple(), LATER))
    assert found.deals["p_won"].is_between(0.25, 0.4).all()  # a third are won


def test_without_wins_nothing_is_expected_and_it_says_so() -> None:
    found = of(Warehouse(simple(won_every=0), LATER))
    row = total(found, "headline")
    assert (row["expected"], row["p10"], row["reliability"]) == (0, None, "too_few")


def test_fewer_than_fifteen_wins_give_the_mean_of_the_last_periods_without_a_range() -> None:
    found = of(Warehouse(simple(won_every=12), LATER))
    headline, mean = total(found, "headline"), total(found, "mean_of_3")
    assert headline["reliability"] == "too_few"
    assert headline["expected"] == mean["expected"]
    assert headline["p10"] is None
    assert "wins in the history" in str(headline["reliability_reason"])


def test_deals_without_amounts_bring_nothing_but_are_forecast() -> None:
    found = of(Warehouse(simple(amount=None), LATER))
    assert total(found)["expected"] == 0
    assert total(found)["p90"] is None
    assert (found.deals["p_won"] > 0.2).all()


def test_without_any_deal_there_is_an_empty_forecast() -> None:
    found = of(Warehouse([], LATER))
    assert found.deals.is_empty()
    assert total(found, "headline")["expected"] == 0
    assert total(found, "headline")["reliability"] == "too_few"


def test_without_closed_deals_there_is_a_forecast_of_nothing() -> None:
    found = of(Warehouse([Deal("X", [(date(2025, 8, 1), "Qualified")], [(date(2025, 8, 1), 9.0)])], LATER))
    assert total(found, "headline")["expected"] == 0
    assert found.deals["p_won"].to_list() == [0]


def test_without_open_deals_only_new_ones_are_expected() -> None:
    found = of(Warehouse(simple(), date(2025, 12, 1)))
    assert total(found)["open_expected"] == 0
    assert total(found)["new_expected"] > 0


def test_on_the_last_day_of_a_period_little_is_left_to_come() -> None:
    found = of(simulated_warehouse(SIZE, date(2026, 4, 30)))
    assert total(found)["fiscal_period"] == "FY2027-Q1"
    assert float(total(found)["expected"]) == pytest.approx(float(total(found)["won_to_date"]), rel=0.1)


def test_months_can_be_forecast() -> None:
    found = of(replace(company(), period="month", horizon=2))
    headlines = found.quarters.filter((pl.col("method") == "headline") & (pl.col("segment_name") == "all"))
    assert headlines["fiscal_period"].to_list() == ["FY2027-M02", "FY2027-M03", "FY2027-M04"]


def test_a_mean_needs_periods_that_the_history_covers_whole() -> None:
    found = of(Warehouse(simple(), date(2025, 3, 20)))
    assert found.quarters.filter(pl.col("method") == "mean_of_3").is_empty()
    mean = total(of(Warehouse(simple(), date(2025, 7, 1))), "mean_of_3")
    won = [deal for deal in simple() if deal.stages[-1][1] == "Won"]
    in_two_quarters = sum(100 for deal in won if deal.stages[-1][0].month <= 6)
    assert float(mean["expected"]) == pytest.approx(in_two_quarters / 2, abs=0.01)


def test_the_crms_number_is_amount_times_stage_probability_of_deals_due_in_the_period() -> None:
    created, due = date(2025, 8, 1), date(2025, 9, 15)
    deals = [
        *simple(),
        Deal("X", [(created, "Proposal")], [(created, 1000.0)], [(created, due)]),
        Deal("Y", [(created, "Proposal")], [(created, 500.0)], [(created, date(2025, 11, 1))]),
    ]
    found = of(Warehouse(deals, LATER))
    assert float(total(found, "crm_weighted")["open_expected"]) == 400
    assert float(total(found, "crm_weighted", 1)["open_expected"]) == 200


def test_history_of_one_quarter_is_enough_to_run() -> None:
    first = min(deal.created for deal in simulated_deals(SIZE))
    found = of(simulated_warehouse(SIZE, first + timedelta(days=60)))
    assert total(found, "headline")["expected"] >= 0
