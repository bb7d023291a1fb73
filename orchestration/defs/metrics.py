"""Metrics: the funnel, blocked stages, and the counts that the forecast is fitted on."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from orchestration.dbt_step import DBT_PROJECT, AnalystTranslator, build_models
from orchestration.progress import say
from orchestration.run_resource import Refresh


@dbt_assets(
    manifest=DBT_PROJECT.manifest_path,
    select="tag:metrics_step",
    project=DBT_PROJECT,
    dagster_dbt_translator=AnalystTranslator(),
)
def metrics(context: dg.AssetExecutionContext, dbt: DbtCliResource, refresh: Refresh) -> Iterator[Any]:
    """Funnel metrics, blocked stages and the forecast's aggregates."""
    build = refresh.settings.current_build()
    build.forget("metrics models", "forecast")
    say(context, "Measuring the funnel, blocked stages and rates")
    yield from build_models(context, dbt, refresh.settings, gate="metrics models")
