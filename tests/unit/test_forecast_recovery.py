"""What is counted and fitted against the true hazards of simulated companies."""

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest

from orchestration.forecast import forecast
from orchestration.forecast.aggregates import Aggregates, Segmentation
from orchestration.forecast.arrivals import Arrivals
from orchestration.forecast.calendar_factors import CalendarFactors, plain_factors
from orchestration.forecast.classes import AGE_EDGES, AMOUNT_CLASSES
from orchestration.forecast.curves_ahead import curves_ahead
from orchestration.forecast.due_path import DuePath
from orchestration.forecast.exposure import Exposure
from orchestration.forecast.fiscal_periods import Calendar
from orchestration.forecast.hazards import Hazards, fit_hazards
from orchestration.forecast.not_yet_created import by_arrivals
from orchestration.forecast.won_amounts import WonAmounts
from orchestration.simulation.truth import expected_by_cell, expected_by_day
from tests.unit.simulated_deals import simulated, simulated_deals, simulated_warehouse

AS_OF = date(2026, 8, 1)
AFTERWARDS = date(2026, 10, 1)  # the day after the last one simulated
HALF_GROWN = date(2024, 7, 1)  # after nine months, with many deals still open
SMALL, MIDDLE, LARGE = 720, 2400, 4800  # deals in three years


@cache
def fitted(deals: int = LARGE) -> tuple[Aggregates, Calendar, Exposure, Hazards]:
    aggregates = Aggregates.of(simulated_warehouse(deals, AS_OF).aggregates())
    calendar = Calendar.of(aggregates)
    segmentation = Segmentation.known_at(aggregates, AS_OF)
    exposure = Exposure.known_at(aggregates, segmentation, AS_OF)
    return aggregates, calendar, exposure, fit_hazards(aggregates, exposure, segmentation, calendar, AS_OF)


@pytest.mark.parametrize(
    ("deals", "low", "high"), [(SMALL, 0.85, 1.15), (MIDDLE, 0.94, 1.06), (LARGE, 0.94, 1.06)]
)
def test_events_counted_match_those_the_true_hazards_lead_one_to_expect(
    deals: int, low: float, high: float
) -> None:
    events = simulated_warehouse(deals, AS_OF).aggregates()["int_forecast_events"]
    truth = expected_by_day(simulated(deals)).filter(pl.col("day") < AS_OF)
    for kind, expected in (("won", "expected_won"), ("moved", "expected_moves")):
        observed = float(events.filter(exit_kind=kind)["deals"].sum())
        assert low <= observed / truth[expected].sum() <= high, kind


def test_cells_scatter_about_the_true_hazards_as_poisson_counts_do() -> None:
    """A deal counted in a wrong stage, region or age would show here, though the totals agree."""
    aggregates = Aggregates.of(simulated_warehouse(MIDDLE, AFTERWARDS).aggregates())
    cell = ["stage", "region", "age_bucket"]
    counted = (
        aggregates["events"]
        .join(aggregates["cells"], on="cell_id")
        .with_columns(
            stage=pl.col("stage").str.split(" / ").list.last(),
            region=pl.col("segment_key").str.split(" | ").list.first(),
        )
        .group_by(*cell, "exit_kind")
        .agg(pl.col("deals").sum())
    )
    truth = expected_by_cell(simulated(MIDDLE)).with_columns(
        age_bucket=pl.col("age_from").replace_strict({age: bucket for bucket, age in enumerate(AGE_EDGES)})
    )
    for kind, column in (("won", "expected_won"), ("moved", "expected_moves")):
        expected = truth.group_by(cell).agg(expected=pl.col(column).sum()).filter(pl.col("expected") > 1)
        both = expected.join(counted.filter(exit_kind=kind), on=cell, how="left")
        z = (both["deals"].fill_null(0) - both["expected"]) / both["expected"].sqrt()
        assert len(z) >= 80
        assert 0.8 <= z.std() <= 1.2, kind
        assert (z.abs() < 1.96).mean() >= 0.9, kind


def week_error(factors: CalendarFactors, deals: int) -> float:
    """Root mean square error of the log factors of the weeks to the quarter's end."""
    true = np.log(np.array(simulated(deals).settings.process.week_won)[:13])
    found = np.log(factors.week[:13])
    error = (found - found.mean()) - (true - true.mean())
    return float(np.sqrt((error**2).mean()))


def test_the_weeks_to_the_quarters_end_are_recovered() -> None:
    assert week_error(fitted()[3].won.calendar, LARGE) <= 0.15


@pytest.mark.parametrize(("deals", "error"), [(SMALL, 0.2), (MIDDLE, 0.15), (LARGE, 0.12)])
def test_plain_factors_recover_the_weeks_as_well_as_the_wins_allow(deals: int, error: float) -> None:
    aggregates, calendar, exposure, hazards = fitted(deals)
    won = hazards.won
    rate = won.base[exposure.stage, exposure.age] * won.due[exposure.due]
    rate = rate * won.of_combinations(hazards.segmentation)[exposure.segment, exposure.amount]
    days = calendar.between(aggregates.history_start, AS_OF)
    factors = plain_factors(exposure.events_per_day("won"), exposure.per_day(rate), calendar, days)
    assert week_error(factors, deals) <= error


@pytest.mark.parametrize(("deals", "bound"), [(SMALL, 0.4), (MIDDLE, 0.12), (LARGE, 0.12)])
def test_the_ratio_of_two_segments_is_recovered(deals: int, bound: float) -> None:
    hazards = fitted(deals)[3]
    regions = {region.name: region.won for region in simulated(deals).settings.regions}
    values, factors = hazards.segmentation.values[0], hazards.won.segments[0]
    found = {name: factors[values.index(name)] for name in regions}
    error = np.log(found["DACH"] / found["North America"]) - np.log(
        regions["DACH"] / regions["North America"]
    )
    assert abs(error) <= bound


def test_deals_cut_off_in_mid_life_are_won_as_often_as_foretold() -> None:
    """The win rate of the closed ones is far too low for them: losing takes less time than winning."""
    known = [deal.cut(HALF_GROWN) for deal in simulated_deals(LARGE) if deal.created < HALF_GROWN]
    closed = Counter(deal.stages[-1][1] for deal in known if deal.stages[-1][1] in ("Won", "Lost"))
    ended_won = {
        deal.deal_id: deal.stages[-1][1] == "Won" and deal.removed is None for deal in simulated_deals(LARGE)
    }
    deals = forecast(simulated_warehouse(LARGE, HALF_GROWN).aggregates(), HALF_GROWN).deals
    won = sum(ended_won[deal_id] for deal_id in deals["deal_id"])
    chance = deals["p_won"].to_numpy()
    error = np.sqrt((chance * (1 - chance)).sum())
    assert deals.height > 200
    assert abs(won - chance.sum()) <= 2 * error
    assert won - deals.height * closed["Won"] / closed.total() > 3 * error


def test_the_curve_of_new_deals_brings_the_wins_that_they_brought() -> None:
    """Leaving out that dates are set anew at a move brought only four fifths of them."""
    aggregates, calendar, exposure, hazards = fitted()
    level = {name: replace(getattr(hazards, name), level=1.0) for name in ("won", "lost")}
    hazards = replace(hazards, **level)
    path = DuePath.known_at(aggregates, AS_OF)
    ahead = calendar.from_current(AS_OF, 0)
    arrivals = Arrivals.known_at(aggregates, hazards.segmentation, calendar, AS_OF, ahead)
    by_count = replace(
        WonAmounts.known_at(aggregates, exposure, AS_OF), by_class=np.ones(len(AMOUNT_CLASSES))
    )
    wins, expected = 0, 0.0
    for period in calendar.ended(aggregates.history_start, AS_OF)[-6:]:
        born = aggregates["arrivals"].filter(
            pl.col("created_date").is_between(period.start, period.end, closed="left")
        )
        day = (born["created_date"] - period.start).dt.total_days().to_numpy()
        created = np.bincount(day, born["deals"].to_numpy(), period.length)
        curves = curves_ahead(hazards, path, arrivals.combinations, calendar, period.start, [period])
        expected += by_arrivals(replace(arrivals, per_day=created), curves, path, by_count)[0]
        won = aggregates["wins"].filter(fiscal_period=period.name)
        wins += int(won.filter(pl.col("created_in_period_date").is_not_null())["deals"].sum())
    assert 0.9 <= expected / wins <= 1.1
