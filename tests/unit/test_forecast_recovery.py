"""What is counted and fitted against the true hazards of simulated companies."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest

from orchestration.forecast.aggregates import Aggregates, Segmentation
from orchestration.forecast.arrivals import Arrivals
from orchestration.forecast.classes import AMOUNT_CLASSES
from orchestration.forecast.curves_ahead import curves_ahead
from orchestration.forecast.due_path import DuePath
from orchestration.forecast.exposure import Exposure
from orchestration.forecast.fiscal_periods import Calendar
from orchestration.forecast.hazards import Hazards, fit_hazards
from orchestration.forecast.not_yet_created import by_arrivals
from orchestration.forecast.won_amounts import WonAmounts
from orchestration.simulation.truth import expected_by_day
from tests.unit.simulated_deals import simulated, simulated_warehouse

AS_OF = date(2026, 8, 1)
LARGE = 4800


@cache
def fitted() -> tuple[Aggregates, Calendar, Exposure, Hazards]:
    aggregates = Aggregates.of(simulated_warehouse(LARGE, AS_OF).aggregates())
    calendar = Calendar.of(aggregates)
    segmentation = Segmentation.known_at(aggregates, AS_OF)
    exposure = Exposure.known_at(aggregates, segmentation, AS_OF)
    return aggregates, calendar, exposure, fit_hazards(aggregates, exposure, segmentation, calendar, AS_OF)


@pytest.mark.parametrize(
    ("deals", "low", "high"), [(720, 0.85, 1.15), (2400, 0.94, 1.06), (LARGE, 0.94, 1.06)]
)
def test_events_counted_match_those_the_true_hazards_lead_one_to_expect(
    deals: int, low: float, high: float
) -> None:
    events = simulated_warehouse(deals, AS_OF).aggregates()["int_forecast_events"]
    truth = expected_by_day(simulated(deals)).filter(pl.col("day") < AS_OF)
    for kind, expected in (("won", "expected_won"), ("moved", "expected_moves")):
        observed = float(events.filter(exit_kind=kind)["deals"].sum())
        assert low <= observed / truth[expected].sum() <= high, kind


def test_the_weeks_to_the_quarters_end_are_recovered() -> None:
    hazards = fitted()[3]
    true = np.log(np.array(simulated(LARGE).settings.process.week_won)[:13])
    found = np.log(hazards.won.calendar.week[:13])
    error = (found - found.mean()) - (true - true.mean())
    assert np.sqrt((error**2).mean()) <= 0.15


def test_the_ratio_of_two_segments_is_recovered() -> None:
    hazards = fitted()[3]
    regions = {region.name: region.won for region in simulated(LARGE).settings.regions}
    values, factors = hazards.segmentation.values[0], hazards.won.segments[0]
    found = {name: factors[values.index(name)] for name in regions}
    error = np.log(found["DACH"] / found["North America"]) - np.log(
        regions["DACH"] / regions["North America"]
    )
    assert abs(error) <= 0.12


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
