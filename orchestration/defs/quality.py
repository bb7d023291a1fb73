"""Gates: Great Expectations suites over core and over the forecast, shown as checks of their tables."""

from collections.abc import Iterator, Sequence
from typing import Final

import dagster as dg

from orchestration.check_results import CheckResult
from orchestration.gates import GATES, run_gate
from orchestration.progress import say
from orchestration.run_resource import Refresh
from orchestration.shown_checks import shown_check

CHECKED_ASSET: Final = {
    "deal_records": ["core", "fct_deals"],
    "deals": ["core", "fct_deals"],
    "stage_facts": ["core", "fct_deal_stages"],
    "snapshots": ["core", "fct_deal_snapshots"],
    "forecast_quarters": ["forecast", "forecast_quarters"],
    "forecast_deals": ["forecast", "forecast_deals"],
    "forecast_backtest": ["forecast", "forecast_backtest"],
    "forecast_scores": ["forecast", "forecast_scores"],
    "forecast_calibration": ["forecast", "forecast_calibration"],
    "forecast_scenarios": ["forecast", "forecast_scenarios"],
    "scenario_problems": ["forecast", "scenario_problems"],
    "forecast_call_scores": ["forecast", "forecast_call_scores"],
}


def suite_specs(gate: str) -> list[dg.AssetCheckSpec]:
    """One check per suite of a gate; what comes after its asset waits for it."""
    return [
        dg.AssetCheckSpec(
            name=f"{suite.name}_suite",
            asset=dg.AssetKey(CHECKED_ASSET[suite.name]),
            description="\n".join(
                f"- **{check.name}** ({check.severity}): {check.description}" for check in suite.checks
            ),
            blocking=True,
        )
        for suite in GATES[gate]
    ]


def suite_outcomes(
    specs: Sequence[dg.AssetCheckSpec], results: Sequence[CheckResult]
) -> Iterator[dg.AssetCheckResult]:
    """Each suite's results as one readable check: a critical failure stops, a warning is shown."""
    for spec in specs:
        own = [result for result in results if f"{result.dataset}_suite" == spec.name]
        yield shown_check(spec.asset_key, spec.name, own)


@dg.multi_asset_check(name="core_gate", specs=suite_specs("core"))
def core_gate(context: dg.AssetCheckExecutionContext, refresh: Refresh) -> Iterator[dg.AssetCheckResult]:
    """Deals, stage facts and snapshots, before anything is computed from them."""
    yield from _check(context, refresh, "core")


@dg.multi_asset_check(name="forecast_gate", specs=suite_specs("forecast"))
def forecast_gate(context: dg.AssetCheckExecutionContext, refresh: Refresh) -> Iterator[dg.AssetCheckResult]:
    """The forecast, before anyone sees it."""
    yield from _check(context, refresh, "forecast")


def _check(
    context: dg.AssetCheckExecutionContext, refresh: Refresh, gate: str
) -> Iterator[dg.AssetCheckResult]:
    settings = refresh.settings
    build = settings.current_build()
    results = run_gate(gate, settings.warehouse, {}, settings.company.thresholds)
    build.keep(gate, results)
    failed = sum(result.status != "passed" for result in results)
    say(context, f"Checked {gate}: {len(results)} checks, {failed} not passed")
    yield from suite_outcomes(suite_specs(gate), results)
