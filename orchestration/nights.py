"""Builds of core that add to the last one: only deals that changed are computed anew.

Schema `held` of the warehouse says what core was built from. It is dropped before a build and written after
a whole one, so that nothing builds on half a build. While core is added to, schema `night` lists the deals
that changed (dbt_project/macros/nights.sql). Anything else that may change a deal, from another company file
to another owner's team, is answered by building all of it anew.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
from dbt.artifacts.schemas.run import RunResult

from orchestration.company import Company
from orchestration.dbt_command import build
from orchestration.extracts import LakeManifest
from orchestration.inputs import program_fingerprint
from orchestration.warehouse import connected, write_table

# What models by deal look up beside the rows of their own deals.
LOOKUPS: Final = {
    "stage_map": "from intermediate.int_stage_map",
    "stages": "from core.dim_stages",
    "source_habits": "from intermediate.int_source_habits",
    "recorded_fields": "from intermediate.int_recorded_fields",
    "segment_names": "from intermediate.int_deal_segment_names",
    "exchange_rates": "from intermediate.int_exchange_rates",
    "owner_teams": "select owner_id, team from core.dim_owners where is_current and team is not null",
}
HELD: Final = {
    "settings": "from raw.run_settings",
    "excluded_deals": "from raw.excluded_deals",
    "core_extracts": "from raw.core_extracts",
    "core_rules": "from raw.core_rules",  # last: it counts
}
# Moments and days that the last build could not see yet, though they had landed: a night may reach them.
TOUCHED: Final = """
    create table night.touched as
    with recursive changed as (
        select deal_id from raw.deals semi join night.extracts using (source_name, extract_date)
        union
        select deal_id from raw.deal_changes semi join night.extracts using (source_name, extract_date)
        union
        select deal_id from raw.deal_dimensions semi join night.extracts using (source_name, extract_date)
        union
        select deal_id from raw.deal_splits semi join night.extracts using (source_name, extract_date)
        union
        select changes.deal_id from raw.deal_changes as changes, held.settings as held
        where changes.changed_at >= held.as_of_at
        union
        select deals.deal_id from raw.deals as deals, held.settings as held
        where greatest(
            deals.created_at, deals.closed_at, deals.modified_at, deals.deleted_at, deals.merged_at
        ) >= held.as_of_at
        union
        select versions.deal_id from intermediate.int_deals_versioned as versions, held.settings as held
        where versions.result <> 'open' and versions.close_date >= held.as_of_date - 1
        union
        (select deal_id from raw.excluded_deals except select deal_id from held.excluded_deals)
        union
        (select deal_id from held.excluded_deals except select deal_id from raw.excluded_deals)
    ),
    mergers as (
        select distinct deal_id, merged_into_deal_id from raw.deals where merged_into_deal_id is not null
    ),
    merged_into_changed as (
        select deal_id from changed
        union
        select mergers.deal_id
        from mergers, merged_into_changed as changed
        where mergers.merged_into_deal_id = changed.deal_id
    )
    select deal_id from merged_into_changed
"""
# The deal that names a lead may be another one now: all that a touched deal ever named are computed anew.
TOUCHED_LEADS: Final = """
    create table night.touched_leads as
    select lead_id from raw.leads semi join night.extracts using (source_name, extract_date)
    union
    select leads.lead_id from raw.leads as leads, held.settings as held
    where greatest(leads.created_at, leads.qualified_at, leads.converted_at) >= held.as_of_at
    union
    select lead_id from raw.leads semi join night.touched using (deal_id)
    union
    select lead_id from raw.deals semi join night.touched using (deal_id)
    union
    select lead_id from core.fct_leads semi join night.touched using (deal_id)
"""
NOT_ADDABLE: Final = """
    (select 'other rules' from (from raw.core_rules except from held.core_rules))
    union all
    (select 'history' from (from held.core_extracts except from raw.core_extracts))
    union all
    select 'back in time' from held.settings as held, raw.run_settings as asked
    where asked.as_of_date < held.as_of_date
    union all
    select 'a rate begins to count'
    from raw.exchange_rates as rates, held.settings as held, raw.run_settings as asked
    where rates.valid_from >= held.as_of_date - 1 and rates.valid_from < asked.as_of_date
"""


def describe_inputs(connection: duckdb.DuckDBPyConnection, company: Company, manifest: LakeManifest) -> None:
    """Write all that fixes core but the as-of date: raw.core_rules and raw.core_extracts."""
    rules = json.dumps([program_fingerprint(), company.model_dump_json()])
    write_table(connection, "raw.core_rules", pl.DataFrame({"rules": [rules]}))
    extracts = [[each.source_name, each.extract_date, each.lineage] for each in manifest.extracts]
    schema = {"source_name": pl.String, "extract_date": pl.Date, "lineage": pl.String}
    write_table(connection, "raw.core_extracts", pl.DataFrame(extracts, schema=schema, orient="row"))


def build_core(warehouse: Path, nodes: Sequence[str], tell: Callable[[str], None]) -> Sequence[RunResult]:
    """Build core whole: by adding to what is held, where that gives the same, else anew.

    Args:
        warehouse: DuckDB file whose schema `raw` describes the inputs.
        nodes: dbt's unique ids of all models of core.
        tell: is told what is computed anew.
    """
    with connected(warehouse) as connection:
        is_night = begin(connection)
        if is_night:
            deals, since = _row(
                connection, "select count(*), max(previous_as_of_date) from night.touched, night.settings"
            )
            tell(f"Computing only the {deals:,} deals that changed since {since}")
    outcomes = build(warehouse, nodes)
    with connected(warehouse) as connection:
        is_same = not is_night or (_succeeded(outcomes) and lookups_hold(connection))
        connection.execute("drop schema if exists night cascade")
    if not is_same:
        tell("What deals share is not what it was: computing all of them")
        outcomes = build(warehouse, nodes)
    with connected(warehouse) as connection:
        end(connection, _succeeded(outcomes))
    return outcomes


def build_part(warehouse: Path, nodes: Sequence[str]) -> Sequence[RunResult]:
    """Build some models of core anew; the next build of core does all of it."""
    with connected(warehouse) as connection:
        forget(connection)
    return build(warehouse, nodes)


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Let no build add to what core holds."""
    for schema in ("night", "held"):
        connection.execute(f"drop schema if exists {schema} cascade")


def begin(connection: duckdb.DuckDBPyConnection) -> bool:
    """Make ready for a build of core; whether it adds to what is held."""
    connection.execute("drop schema if exists night cascade")
    if not _is_addable(connection):
        forget(connection)
        return False
    connection.execute("create schema night")
    connection.execute(
        "create table night.extracts as select source_name, extract_date from raw.core_extracts"
        " where lineage not in (select lineage from held.core_extracts)"
    )
    connection.execute(TOUCHED)
    connection.execute(TOUCHED_LEADS)
    connection.execute(
        "create table night.settings as select as_of_date as previous_as_of_date from held.settings"
    )
    connection.execute("drop table held.core_rules")
    return True


def end(connection: duckdb.DuckDBPyConnection, is_built: bool) -> None:
    """Say what core holds, once all of it is built.

    Not where extracts were taken after the as-of date: how much of them it shows, no later build could tell.
    """
    forget(connection)
    if not is_built or _row(connection, "from raw.extracts, raw.run_settings where known_at > as_of_at"):
        return
    connection.execute("create schema held")
    for name, query in {**LOOKUPS, **HELD}.items():
        connection.execute(f"create table held.{name} as {query}")


def lookups_hold(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether what models look up beside their own deals is what it was at the last build."""
    differences = (
        f"(from ({query}) except from held.{name}) union all (from held.{name} except {query})"
        for name, query in LOOKUPS.items()
    )
    return not any(_row(connection, difference) for difference in differences)


def _is_addable(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether what is asked for adds extracts and days to what is held, and changes nothing else.

    Late, corrected and re-landed extracts change the lineage of those after them.
    """
    held = "from duckdb_tables() where schema_name = 'held' and table_name = 'core_rules'"
    return bool(_row(connection, held)) and not _row(connection, NOT_ADDABLE)


def _succeeded(outcomes: Sequence[RunResult]) -> bool:
    return all(outcome.status in ("success", "pass", "warn") for outcome in outcomes)


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    return connection.execute(query).fetchone()
