"""Core: deals, stage facts and snapshots, built by dbt from the lake."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from orchestration.dbt_step import DBT_PROJECT, AnalystTranslator, build_models
from orchestration.progress import say
from orchestration.run_resource import Refresh


@dbt_assets(
    manifest=DBT_PROJECT.manifest_path,
    select="tag:core_step",
    project=DBT_PROJECT,
    dagster_dbt_translator=AnalystTranslator(),
)
def core(context: dg.AssetExecutionContext, dbt: DbtCliResource, refresh: Refresh) -> Iterator[Any]:
    """Stage facts, deal versions and snapshots as of the as-of date."""
    build = refresh.settings.current_build()
    build.forget("core models", "core", "metrics models", "forecast")
    say(context, f"Rebuilding deals, stages and snapshots as of {build.as_of}")
    yield from build_models(context, dbt, refresh.settings, gate="core models")
