"""Landing: extract files are staged, gated, and only then committed to the lake."""

from collections.abc import Iterator
from typing import Any, Final

import dagster as dg

from orchestration.extracts import commit_extracts, stage_extracts
from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.held_extracts import read_held
from orchestration.extracts.still_written import Patience
from orchestration.inputs import input_fingerprint
from orchestration.nights import describe_inputs
from orchestration.progress import say
from orchestration.raw_gate import extract_of, gate_extracts, passed
from orchestration.run_resource import Refresh
from orchestration.shown_checks import results_table
from orchestration.simulation.demo import make_demo
from orchestration.warehouse import all_or_nothing, company_lake, connected, default_as_of, prepare

SETTINGS_TABLES: Final = {
    "run_settings": "The as-of date and the company's settings: one row.",
    "calendar_days": "Every day with its fiscal period.",
    "segment_names": "What metrics and forecasts are cut by.",
    "process_steps": "Stages whose process step the company file names.",
    "exclusions": "What the company file excludes: the name of each exclusion and its conditions.",
    "excluded_deals": "The deals that do not count, by exclusion.",
    "sources": "The CRMs of the company file.",
    "extracts": "Every landed extract and the moment it was taken.",
}


@dg.asset(
    group_name="landing",
    kinds={"polars", "parquet"},
    owners=["team:data-engineering"],
    description="New extract files, typed and laid ready for the gate. Rows that cannot be read are set aside"
    " with file, line, column, value and reason; nothing is lost.",
)
def staged_extracts(context: dg.AssetExecutionContext, refresh: Refresh) -> dg.MaterializeResult[Any]:
    """Begin a new build with whatever has arrived since the last one."""
    settings = refresh.settings
    settings.folder.start_preview()
    settings.folder.claim(settings.company.company)
    if make_demo(settings.company, settings.folder):
        say(context, "Made the demo's extracts: a simulated company")
    settings.build.start()
    patience = Patience(tell=lambda text: say(context, text))
    staged = stage_extracts(settings.company, settings.company_path.parent, settings.folder, patience)
    accounts = [account for extract in staged for account in extract.files]
    quarantined = sum(account.rows_quarantined for account in accounts)
    rows = sum(account.rows_in for account in accounts)
    say(context, f"{len(staged)} extract(s) to land: {rows:,} rows, {quarantined:,} of them set aside")
    return dg.MaterializeResult(
        metadata={
            "extracts": len(staged),
            "rows": rows,
            "rows set aside": quarantined,
            "extract dates": ", ".join(extract.name for extract in staged) or "none",
        }
    )


@dg.multi_asset_check(
    name="raw_gate",
    specs=[
        dg.AssetCheckSpec(
            "raw_suites",
            asset=staged_extracts.key,
            description="Deals, changes and files of each new extract. A critical failure holds that extract:"
            " the night goes on without it.",
            blocking=True,  # what lands waits for it; a failure is a warning, since it holds only its extract
        )
    ],
)
def raw_gate(context: dg.AssetCheckExecutionContext, refresh: Refresh) -> Iterator[dg.AssetCheckResult]:
    """Check every staged extract before it may become history."""
    settings = refresh.settings
    company, folder = settings.company, settings.folder
    results = gate_extracts(
        lambda: stage_extracts(company, settings.company_path.parent, folder), folder, company.thresholds
    )
    settings.build.keep("raw", results)
    failed = [result for result in results if result.status != "passed"]
    extracts = {extract_of(result.dataset) for result in results}
    say(context, f"Checked {len(extracts)} extract(s): {len(results)} checks, {len(failed)} not passed")
    yield dg.AssetCheckResult(
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(f"{result.dataset}, {result.check}: {result.observed}" for result in failed)
        or None,
        metadata={"results": dg.MetadataValue.md(results_table(results))},
    )


@dg.multi_asset(
    name="lake",
    specs=[
        dg.AssetSpec(
            ["raw", name],
            description=description,
            group_name="raw",
            kinds={"parquet", "duckdb"},
            owners=["team:data-engineering"],
            deps=[staged_extracts],
        )
        for name, description in {
            **{name: f"Every landed version of every row of {name.replace('_', ' ')}." for name in ENTITIES},
            **SETTINGS_TABLES,
        }.items()
    ],
)
def lake(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[dg.MaterializeResult[None]]:
    """Commit the extracts that passed their gate, and show the lake to dbt as of the as-of date."""
    settings = refresh.settings
    company, build = settings.company, settings.build
    staged = stage_extracts(company, settings.company_path.parent, settings.folder)
    let_through = passed(staged, build.results())
    held = read_held(settings.folder)
    for extract in held:
        say(context, f"Held the extract {extract.name}")
    commit_extracts(settings.folder, let_through)
    manifest = company_lake(settings.folder, company)
    as_of = settings.asked_as_of or default_as_of(company, manifest)
    build.forget("core models", "core", "metrics models", "forecast")
    build.describe(input_fingerprint(company, manifest, as_of, held), as_of)
    with connected(settings.warehouse) as connection, all_or_nothing(connection):
        prepare(connection, company, manifest, as_of)
        describe_inputs(connection, company, manifest)
    say(context, f"Landed {len(let_through)} extract(s); everything is computed as of {as_of}")
    with connected(settings.warehouse, read_only=True) as connection:
        for name in (*ENTITIES, *SETTINGS_TABLES):
            [rows] = connection.execute(f"select count(*) from raw.{name}").fetchone() or (0,)
            yield dg.MaterializeResult(asset_key=["raw", name], metadata={"dagster/row_count": rows})
