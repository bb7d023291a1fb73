"""Publishing: the results of the gates, then a version that readers see whole."""

from typing import Any

import dagster as dg
import polars as pl

from orchestration.extracts import LakeManifest
from orchestration.extracts.held_extracts import held_table, read_held
from orchestration.ledger import keep_forecast
from orchestration.progress import say
from orchestration.publication import PublicationRefused, publish, published_now, version_folder
from orchestration.run_resource import Refresh
from orchestration.warehouse import company_lake, connected, write_table

FORECAST = [
    dg.AssetKey(["forecast", name])
    for name in (
        "forecast_quarters",
        "forecast_deals",
        "forecast_hazards",
        "forecast_backtest",
        "forecast_scores",
        "forecast_calibration",
        "forecast_scenarios",
        "scenario_problems",
        "forecast_call_scores",
    )
]


@dg.asset(
    key=["quality", "check_results"],
    group_name="publishing",
    kinds={"duckdb"},
    owners=["team:data-engineering"],
    deps=[*FORECAST, dg.AssetKey(["metrics", "funnel_metrics"]), dg.AssetKey(["metrics", "blocked_stages"])],
    description="Every check of this build: what it looked at, its result, what was expected, sample rows.",
)
def check_results(refresh: Refresh) -> dg.MaterializeResult[Any]:
    """Write the results of this build's gates, and of landing, as tables of schema quality."""
    settings = refresh.settings
    results = settings.current_build().results()
    lake = company_lake(settings.folder, settings.company)
    with connected(settings.warehouse) as connection:
        write_table(connection, "quality.check_results", results)
        write_table(connection, "quality.landed_files", lake.landed_files())
        write_table(connection, "quality.quarantined_rows", lake.quarantined_rows(settings.folder))
        write_table(connection, "quality.held_extracts", held_table(read_held(settings.folder)))
    failed = results.filter(pl.col("status") != "passed")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": results.height,
            "not passed": failed.height,
            "by gate": dg.MetadataValue.json(dict(results.group_by("gate").len().sort("gate").iter_rows())),
        }
    )


@dg.asset(
    key=["published", "current"],
    group_name="publishing",
    kinds={"duckdb", "parquet"},
    owners=["team:data-engineering"],
    deps=[check_results],
    description="The version that BI tools read: a DuckDB file, Parquet per table and a manifest. It moves"
    " only when every gate has passed this very build.",
)
def publication(context: dg.AssetExecutionContext, refresh: Refresh) -> dg.MaterializeResult[Any]:
    """Publish this build, unless a gate has not let it through."""
    settings = refresh.settings
    build = settings.current_build()
    if refusals := build.refusals():
        raise PublicationRefused("Nothing was published and `current` has not moved: " + "; ".join(refusals))
    if settings.is_preview:
        return dg.MaterializeResult(metadata={"published": "nothing: this was a preview"})
    version = build.version
    keep_forecast(settings.folder.ledger, settings.warehouse, build.as_of, build.input_fingerprint)
    manifest = publish(
        settings.folder,
        settings.warehouse,
        version,
        build.as_of,
        {
            "company": settings.company.company,
            "reporting_currency": settings.company.reporting_currency,
            "amount_meaning": settings.company.amount_meaning,
            "as_of": str(build.as_of),
            "published_at": published_now(),
            "run_id": context.run_id,
            "build_id": build.build_id,
            "input_fingerprint": build.input_fingerprint,
            "scenario_fingerprint": build.scenario_fingerprint,
            "checks": dict(build.results().group_by("status").len().sort("status").iter_rows()),
            "newest_extracts": _newest_extracts(company_lake(settings.folder, settings.company)),
            "held_extracts": [held.name for held in read_held(settings.folder)],
        },
        settings.company.publish.keep_versions,
    )
    say(context, f"Published {version}")
    return dg.MaterializeResult(
        metadata={
            "version": version,
            "folder": dg.MetadataValue.path(version_folder(settings.folder, version)),
            "tables": len(manifest["tables"]),
        }
    )


def _newest_extracts(manifest: LakeManifest) -> dict[str, str]:
    """How fresh each source is."""
    return {extract.source_name: str(extract.extract_date) for extract in manifest.extracts}
