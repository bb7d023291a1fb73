"""Core: deals, stage facts and snapshots, built by dbt from the lake."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg

from orchestration.dbt_step import build_models, dbt_step
from orchestration.nights import build_core, build_part
from orchestration.progress import say
from orchestration.run_resource import Refresh


@dbt_step("core")
def core(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[Any]:
    """Stage facts, deal versions and snapshots as of the as-of date."""
    build = refresh.settings.current_build()
    build.forget("core models", "core", "metrics models", "forecast")
    say(context, f"Building deals, stages and snapshots as of {build.as_of}")
    builder = build_part if context.is_subset else partial(build_core, tell=partial(say, context))
    yield from build_models(context, refresh.settings, gate="core models", builder=builder)
