"""The forecast of what-if scenarios: the same fit, with some deals, rates or sizes changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import floats
from orchestration.forecast.classes import Floats, due_state
from orchestration.forecast.coherence import to_cents
from orchestration.forecast.conversions import Chances, Paths, converted, growth_of_new
from orchestration.forecast.fit import Fit, parts_of
from orchestration.forecast.forecasting import ForecastTables, headline_parts
from orchestration.forecast.hazard_method import variance_of_open
from orchestration.forecast.interval import PRIOR_SD, PRIOR_SD_AHEAD
from orchestration.forecast.open_deals import OpenDeals, win_probabilities
from orchestration.forecast.quarter_table import MONEY, SCHEMA, Parts, quarter_table
from orchestration.forecast.scenario_effects import Effects
from orchestration.scenarios import BASE, Scenario

METHODS: Final = ("headline", "hazard")
KEY: Final = ["fiscal_period", "segment_name", "segment_value", "method"]
SCENARIO_SCHEMA: Final = {
    "scenario": pl.String(),
    "description": pl.String(),
    **SCHEMA,
    "delta_expected": MONEY,
}
BASE_DESCRIPTION: Final = "The forecast, with nothing changed"


@dataclass(frozen=True)
class ScenarioTables:
    """`rows`: scenario x period x segment x method, the forecast itself among them as scenario base.

    `problems` says by scenario what could not be done.
    """

    rows: pl.DataFrame
    problems: Mapping[str, Sequence[str]]


def forecast_scenarios(tables: ForecastTables, scenarios: Sequence[Scenario]) -> ScenarioTables:
    """Each scenario beside the forecast that it begins from; no rows where there are no scenarios.

    The hazard method is worked out anew from the changed deals and rates. The headline keeps its ratio to it:
    what the headline makes of open and of new deals changes in proportion to what hazard makes of them.
    """
    if not scenarios:
        return ScenarioTables(pl.DataFrame(schema=SCENARIO_SCHEMA), {})
    base = tables.quarters.filter(
        pl.col("method").is_in(METHODS), pl.col("as_of_date") == tables.fit.as_of
    ).with_columns(actual=pl.lit(None, dtype=MONEY))
    weights = base.select(*KEY, "blend_weight", base_expected="expected")
    frames = [_named(base, BASE, BASE_DESCRIPTION).with_columns(base_expected="expected")]
    problems, paths = {}, Paths(tables.fit)
    for scenario in scenarios:
        effects = Effects.of(tables.fit, scenario)
        rows = _rows(tables, paths, effects).drop("blend_weight").join(weights, on=KEY, how="left")
        frames.append(_named(rows, scenario.name, scenario.description))
        problems[scenario.name] = effects.problems
    rows = pl.concat(frames, how="diagonal").with_columns(
        delta_expected=(pl.col("expected") - pl.col("base_expected")).cast(MONEY)
    )
    order = ["scenario", "period_start", "segment_name", "segment_value", "method"]
    return ScenarioTables(rows.select(SCENARIO_SCHEMA.keys()).sort(order), problems)


def _named(rows: pl.DataFrame, name: str, description: str) -> pl.DataFrame:
    return rows.with_columns(scenario=pl.lit(name), description=pl.lit(description))


def _rows(tables: ForecastTables, paths: Paths, effects: Effects) -> pl.DataFrame:
    """As forecast_quarters, of the two methods."""
    conversions = [change for change in effects.conversions if change.is_of_new]
    growth = growth_of_new(paths, conversions) * effects.arrivals * effects.new_size
    fit = _changed(paths, effects, growth)
    frames = []
    for number, period in enumerate(fit.periods):
        parts = _headline(tables, fit, effects, number, float(growth[number]))
        found = [
            ("headline", parts, PRIOR_SD_AHEAD if number else tables.headline.relative_sd),
            ("hazard", fit.parts[number], PRIOR_SD_AHEAD if number else PRIOR_SD),
        ]
        frames += [
            quarter_table(
                fit.as_of,
                period,
                method,
                fit.cuts,
                money,
                fit.verdicts,
                fit.ranges(number, money, relative_sd),
                fit.hazard.deals.amount,
            )
            for method, money, relative_sd in found
        ]
    return pl.concat(frames)


def _changed(paths: Paths, effects: Effects, growth: Floats) -> Fit:
    """The fit with the effects of a scenario: the hazard method's part of it, and the cuts.

    `growth` is per period what deals not created yet bring, relative to what they bring without it.
    """
    fit, hazard, cuts = paths.fit, paths.fit.hazard, paths.fit.cuts
    deals, probabilities = hazard.deals, hazard.probabilities
    if effects.shifted_days.any():
        deals = _shifted(deals, effects)
        probabilities = win_probabilities(deals, hazard.curves)
    chances = Chances(probabilities.in_period, probabilities.ever)
    for change in effects.conversions:
        if change.is_of_open:
            chances = converted(paths, deals, chances, change)
    chance = np.where(effects.is_gone[:, None], 0.0, chances.in_period)
    amount = hazard.win_amount * effects.open_size
    changed = replace(
        hazard,
        deals=replace(deals, amount=deals.amount * effects.open_size),
        probabilities=replace(probabilities, in_period=chance, ever=chances.ever),
        win_amount=amount,
        open_variance=variance_of_open(amount, chance, hazard.amount_spread),
        new_expected=hazard.new_expected * growth,
        new_variance=hazard.new_variance * growth * effects.new_size,
    )
    won = [cuts.cents_of_deals(effects.won_cents[:, number]) for number in range(len(fit.periods))]
    stays = ~effects.is_gone[cuts.member_deal]
    left = replace(
        cuts,
        won=cuts.won + np.column_stack(won),
        member_cut=cuts.member_cut[stays],
        member_deal=cuts.member_deal[stays],
    )
    return replace(fit, hazard=changed, cuts=left, parts=parts_of(changed, left))


def _shifted(deals: OpenDeals, effects: Effects) -> OpenDeals:
    """The open deals with their expected close dates moved."""
    days = floats(deals.frame, "days_to_close") + effects.shifted_days
    return replace(deals, due=np.where(effects.shifted_days != 0, due_state(days), deals.due))


def _headline(tables: ForecastTables, fit: Fit, effects: Effects, number: int, growth: float) -> Parts:
    """The headline's money per cut.

    The forecast's headline expects of the open deals `ratio` times what hazard does, and so of each deal; of
    one that is won in the scenario at most what hazard does, so that winning it never lowers the headline.
    """
    before, _ = headline_parts(tables.fit, number, tables.headline)
    hazard, changed, cuts = tables.fit.parts[number], fit.parts[number], tables.fit.cuts
    total = cuts.total
    ratio = before.open[total] / hazard.open[total] if hazard.open[total] else 1.0
    cents = to_cents(tables.fit.hazard.open_expected)[:, number]
    beyond = max(0.0, 1 - 1 / ratio) if ratio else 0.0
    is_won = effects.won_cents.any(axis=1)
    weights = changed.open + beyond * cuts.cents_of_deals(np.where(is_won, cents, 0))
    return Parts(
        changed.won,
        cuts.share(round(float(ratio * weights[total])), weights),
        cuts.share(round(int(before.new[total]) * growth), changed.new.astype(np.float64)),
    )
