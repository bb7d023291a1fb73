"""Metrics: the funnel, blocked stages, and the counts that the forecast is fitted on."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.dbt_step import build_models, dbt_step
from orchestration.progress import say
from orchestration.run_resource import Refresh


@dbt_step("metrics")
def metrics(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[Any]:
    """Funnel metrics, blocked stages and the forecast's aggregates."""
    build = refresh.settings.current_build()
    build.forget("metrics models", "forecast")
    say(context, "Measuring the funnel, blocked stages and rates")
    yield from build_models(context, refresh.settings, gate="metrics models")
