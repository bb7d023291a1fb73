"""What-if scenarios: each change moves exactly what it says, and nothing contradicts it."""

from datetime import timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from orchestration.forecast import ForecastTables, forecast, forecast_scenarios
from orchestration.forecast.headline import Headline
from orchestration.forecast.scenarios import KEY, METHODS, SCENARIO_SCHEMA, ScenarioTables
from orchestration.scenarios import Scenario
from tests.unit.forecast_tables import Warehouse
from tests.unit.simulated_deals import simulated_warehouse
from tests.unit.test_forecast import AS_OF, LATER, SIZE, simple

MONEY = ["won_to_date", "open_expected", "new_expected", "expected"]
CENT = Decimal("0.01")


@cache
def tables() -> ForecastTables:
    return forecast(simulated_warehouse(SIZE, AS_OF).aggregates(), AS_OF)


def told(*changes: dict, of: ForecastTables | None = None) -> ScenarioTables:
    scenario = Scenario.model_validate({"name": "what_if", "description": "a test", "changes": list(changes)})
    return forecast_scenarios(of or tables(), [scenario])


def total(
    found: ScenarioTables, method: str = "hazard", number: int = 0, scenario: str = "what_if"
) -> dict[str, Decimal]:
    rows = found.rows.filter(segment_name="all", method=method, scenario=scenario)
    return rows.row(number, named=True)


def change(found: ScenarioTables, column: str, method: str = "hazard", number: int = 0) -> Decimal:
    return total(found, method, number)[column] - total(found, method, number, "base")[column]


def deal(number: int = 0) -> dict[str, object]:
    """The open deal of which most is expected, or one of those after it."""
    return tables().deals.sort("expected_amount", "deal_id", descending=True).row(number, named=True)


def all_say(tables: ForecastTables, ratio: float) -> ForecastTables:
    """The forecast if the headline expected `ratio` times what is to come by hazard."""
    parts = tables.fit.parts[0]
    place = tables.fit.cuts.total
    rest = float(parts.open[place] + parts.new[place]) / 100
    headline = Headline(float(parts.won[place]) / 100 + ratio * rest, {}, tables.headline.relative_sd)
    return ForecastTables(tables.quarters, tables.deals, tables.hazards, tables.fit, headline)


def test_without_scenarios_the_table_is_empty_and_typed() -> None:
    found = forecast_scenarios(tables(), [])
    assert found.rows.is_empty()
    assert dict(found.rows.schema) == SCENARIO_SCHEMA


def test_a_scenario_that_changes_nothing_is_the_forecast_itself() -> None:
    found = told(
        {"arrivals": {"by": 1}}, {"size": {"by": 1}}, {"conversion": {"by": 1}},
        {"conversion": {"by": 1, "stage": "Proposal"}}, {"shift": {"deals": [deal()["deal_id"]], "days": 0}},
    )  # fmt: skip
    assert not any(found.problems.values())
    columns = tables().quarters.drop("actual").columns
    forecasts = tables().quarters.filter(pl.col("method").is_in(METHODS)).select(columns).sort(KEY)
    for name in ("base", "what_if"):
        rows = found.rows.filter(scenario=name)
        assert_frame_equal(rows.select(columns).sort(KEY), forecasts)
        assert (rows["delta_expected"] == 0).all()


def test_a_dropped_deal_takes_exactly_what_was_expected_of_it() -> None:
    one = deal()
    found = told({"drop": {"deals": one["deal_id"]}})
    assert change(found, "open_expected") == -one["expected_amount"]
    assert change(found, "open_amount") == -one["amount"]
    assert change(found, "n_open") == -1
    assert change(found, "won_to_date") == change(found, "new_expected") == 0
    assert total(found)["delta_expected"] == -one["expected_amount"]


def test_a_won_deal_brings_its_amount_instead_of_what_was_expected_of_it() -> None:
    one = deal()
    found = told({"win": {"deal": one["deal_id"]}})
    assert change(found, "won_to_date") == one["amount"]
    assert total(found)["delta_expected"] == one["amount"] - one["expected_amount"]
    dearer = told({"win": {"deal": one["deal_id"], "on": AS_OF, "amount": 12345.67}})
    assert change(dearer, "won_to_date") == Decimal("12345.67")


@pytest.mark.parametrize("seed", range(3))
def test_any_deals_dropped_and_won_change_the_sum_of_what_each_changes(seed: int) -> None:
    order = np.random.default_rng(seed).permutation(tables().deals.height)
    dropped, won = (tables().deals[order[part].tolist()] for part in (slice(0, 5), slice(5, 9)))
    wins = [{"win": {"deal": deal_id}} for deal_id in won["deal_id"]]
    found = told({"drop": {"deals": dropped["deal_id"].to_list()}}, *wins)
    gone = dropped["expected_amount"].sum() + won["expected_amount"].sum()
    assert change(found, "open_expected") == -gone
    assert change(found, "won_to_date") == won["amount"].sum()
    assert change(found, "n_open") == -9


def test_deals_are_chosen_by_all_of_the_values_named() -> None:
    stages = tables().deals["stage"].unique().sort().to_list()
    in_stages = tables().deals.filter(pl.col("stage").is_in(stages[:2]))
    owner = in_stages["owner_id"].drop_nulls().min()
    chosen = in_stages.filter(pl.col("owner_id") == owner)
    found = told({"drop": {"where": {"owner": owner, "stage": stages[:2]}}})
    assert change(found, "n_open") == -chosen.height < 0
    assert change(found, "open_expected") == -chosen["expected_amount"].sum()


def test_no_chance_gets_beyond_certainty() -> None:
    many = told({"conversion": {"by": 10}}, {"conversion": {"by": 10}}, {"conversion": {"by": 10}})
    once = told({"conversion": {"by": 10}})
    for number in range(5):
        assert float(change(many, "expected", number=number)) == pytest.approx(
            float(change(once, "expected", number=number)), rel=0.01
        )
    assert total(many)["open_expected"] <= total(many)["open_amount"]


def test_a_deal_won_in_a_later_period_counts_there_and_no_longer_here() -> None:
    one = deal()
    later = tables().fit.periods[1].start
    found = told({"win": {"deal": one["deal_id"], "on": later, "amount": 500}})
    assert total(found)["delta_expected"] == -one["expected_amount"]
    assert change(found, "won_to_date", number=1) == 500
    assert change(found, "won_to_date", "headline", number=1) == 500


def test_only_the_segments_of_a_dropped_deal_change() -> None:
    one = deal()
    found = told({"drop": {"deals": [one["deal_id"]]}})
    members = tables().fit.aggregates["open_segments"].filter(deal_id=one["deal_id"])
    current = found.rows.filter(scenario="what_if", fiscal_period=tables().fit.periods[0].name)
    others = current.join(members, on=["segment_name", "segment_value"], how="anti")
    assert others.height > 0
    assert (others.filter(method="hazard")["delta_expected"] == 0).all()
    assert (others.filter(method="headline")["delta_expected"].abs() <= CENT).all()
    own = current.filter(method="hazard").join(members, on=["segment_name", "segment_value"])
    assert (own["delta_expected"] == -one["expected_amount"]).all()


def test_arrivals_and_size_scale_what_deals_not_created_yet_bring() -> None:
    before = total(told({"arrivals": {"by": 1}}))["new_expected"]
    for number in range(5):
        found = told({"arrivals": {"by": 1.5}})
        for method in METHODS:
            base, now = total(found, method, number, "base"), total(found, method, number)
            assert abs(now["new_expected"] - base["new_expected"] * Decimal("1.5")) <= CENT
            assert now["open_expected"] == base["open_expected"]
    doubled = told({"arrivals": {"by": 0.5}}, {"size": {"by": 4, "of": "new"}})
    assert abs(total(doubled)["new_expected"] - 2 * before) <= CENT


def test_size_scales_open_deals_too_unless_told_otherwise() -> None:
    found = told({"size": {"by": 2}})
    assert change(found, "open_amount") == total(found, scenario="base")["open_amount"]
    base, now = total(found, scenario="base"), total(found)
    assert abs(now["open_expected"] - 2 * base["open_expected"]) < 5  # each deal is rounded to a cent
    assert change(told({"size": {"by": 2, "of": "new"}}), "open_expected") == 0


def test_an_overall_conversion_scales_every_chance_up_to_certainty() -> None:
    found = told({"conversion": {"by": 1.1}})
    chances = tables().fit.hazard.probabilities
    allowed = np.minimum(1.1, 1 / chances.ever)[:, None]
    expected = (tables().fit.hazard.win_amount[:, None] * chances.in_period * allowed).sum(axis=0)
    for number in range(5):
        assert float(total(found, number=number)["open_expected"]) == pytest.approx(expected[number], abs=5)
        base, now = total(found, number=number, scenario="base"), total(found, number=number)
        assert float(now["new_expected"]) == pytest.approx(1.1 * float(base["new_expected"]), abs=0.02)


@pytest.mark.parametrize("stage", [None, "Proposal", "Negotiation"])
def test_a_higher_conversion_never_lowers_what_is_expected(stage: str | None) -> None:
    where = {"stage": stage} if stage else {}
    before = None
    for by in (0, 0.5, 0.9, 1, 1.2, 2, 10):
        rows = told({"conversion": {"by": by, **where}}).rows.filter(scenario="what_if").sort(KEY)
        if before is not None:
            assert (rows["expected"] >= before - CENT).all()
            hazard = rows.filter(segment_name="all", method="hazard")
            assert (hazard["new_expected"] + hazard["open_expected"] > 0).all()
        before = rows["expected"]


def test_no_deal_is_won_from_a_stage_that_nothing_comes_out_of() -> None:
    stages = {name.split(" / ")[-1] for name in tables().fit.aggregates.stages}
    found = told(*({"conversion": {"by": 0, "stage": stage}} for stage in sorted(stages)))
    assert total(found)["open_expected"] == 0
    assert change(found, "new_expected") < 0


def test_a_conversion_of_a_stage_moves_deals_before_it_less_than_one_of_all() -> None:
    every, one = told({"conversion": {"by": 1.2}}), told({"conversion": {"by": 1.2, "stage": "Proposal"}})
    assert 0 < total(one)["delta_expected"] <= total(every)["delta_expected"]


def test_a_shift_to_later_moves_expected_close_dates_only() -> None:
    found = told({"shift": {"where": {"all": "all"}, "days": 60}})
    assert change(found, "open_expected") < 0
    assert change(found, "new_expected") == change(found, "n_open") == change(found, "open_amount") == 0
    one = deal()
    assert change(told({"shift": {"deals": [one["deal_id"]], "days": 90}}), "open_expected") < 0


def test_every_scenario_adds_up_and_its_segments_sum_to_the_company() -> None:
    found = told(
        {"drop": {"where": {"stage": "Qualified"}}},
        {"win": {"deal": tables().deals.filter(pl.col("stage") != "Qualified")["deal_id"][0]}},
        {"conversion": {"by": 1.3, "stage": "Negotiation"}},
        {"arrivals": {"by": 0.7}},
        {"size": {"by": 1.1}},
    )
    rows = found.rows
    parts = pl.col("won_to_date") + pl.col("open_expected") + pl.col("new_expected")
    assert rows.filter(parts != pl.col("expected")).is_empty()
    assert rows.filter(pl.any_horizontal(pl.col(MONEY) < 0)).is_empty()
    cuts = rows.group_by("scenario", "fiscal_period", "method", "segment_name").agg(pl.col(MONEY).sum())
    for _, by_segment in cuts.group_by("scenario", "fiscal_period", "method"):
        assert by_segment.select(MONEY).unique().height == 1


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.9, 1.1, 3.0])
def test_the_headline_counts_a_deal_in_its_ratio_to_hazard(ratio: float) -> None:
    leaning = all_say(tables(), ratio)
    before = total(told({"arrivals": {"by": 1}}, of=leaning), "headline")
    for number in range(0, 40, 8):
        one = deal(number)
        dropped = total(told({"drop": {"deals": [one["deal_id"]]}}, of=leaning), "headline")
        taken = float(before["expected"] - dropped["expected"])
        assert taken == pytest.approx(ratio * float(one["expected_amount"]), abs=0.02)


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.9, 1.1, 3.0])
def test_winning_a_deal_raises_the_headline_whatever_it_expected_of_the_deal(ratio: float) -> None:
    leaning = all_say(tables(), ratio)
    before = total(told({"arrivals": {"by": 1}}, of=leaning), "headline")
    for number in range(0, 40, 8):
        one = deal(number)
        won = total(told({"win": {"deal": one["deal_id"]}}, of=leaning), "headline")
        counted = float(one["amount"]) - min(ratio, 1) * float(one["expected_amount"])
        assert float(won["expected"] - before["expected"]) == pytest.approx(counted, abs=0.02)
        assert won["won_to_date"] - before["won_to_date"] == one["amount"]


def test_a_headline_of_past_periods_moves_with_a_scenario_too() -> None:
    few = forecast(Warehouse(simple(won_every=12), LATER).aggregates(), LATER)
    found = told({"arrivals": {"by": 2}}, {"conversion": {"by": 2, "of": "open"}}, of=few)
    assert total(found, "headline")["reliability"] == "too_few"
    assert change(found, "expected", "headline") > 0
    assert total(found, "headline")["p10"] is None


def test_the_range_follows_what_is_certain() -> None:
    every = told({"drop": {"where": {"all": "all"}}}, {"arrivals": {"by": 0}})
    row = total(every, "headline")
    assert row["p10"] == row["p90"] == row["expected"] == row["won_to_date"]
    assert row["n_open"] == 0


def test_what_cannot_be_done_is_said_and_the_rest_is_done() -> None:
    one, other = deal()["deal_id"], deal(1)["deal_id"]
    found = told(
        {"drop": {"deals": [one, "nobody"]}},
        {"drop": {"where": {"stage": "Nowhere"}}},
        {"win": {"deal": one}},
        {"win": {"deal": other, "on": AS_OF - timedelta(days=1)}},
        {"conversion": {"by": 2, "stage": "Nowhere"}},
    )
    assert [problem.split(":")[0] for problem in found.problems["what_if"]][:4] == [
        "nobody", "no open deal has stage Nowhere", one, other,
    ]  # fmt: skip
    assert "knows no stage 'Nowhere'; it knows" in found.problems["what_if"][4]
    assert change(found, "n_open") == -1
    assert total(found)["delta_expected"] == -deal()["expected_amount"]


def test_a_shift_without_expected_dates_is_said_to_change_nothing() -> None:
    undated = forecast(Warehouse(simple(), LATER).aggregates(), LATER)
    found = told({"shift": {"where": {"all": "all"}, "days": 30}}, of=undated)
    assert "does not learn from expected close dates" in found.problems["what_if"][0]
    assert total(found)["delta_expected"] == 0


def test_the_same_scenarios_give_the_same_table() -> None:
    changes = [
        {"conversion": {"by": 1.2, "stage": "Proposal"}},
        {"shift": {"where": {"all": "all"}, "days": 7}},
    ]
    assert_frame_equal(told(*changes).rows, told(*changes).rows)
