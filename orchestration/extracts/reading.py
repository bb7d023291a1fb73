"""One extract read whole: its files recognised, typed, and turned into canonical rows."""

from collections import defaultdict
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.exchange_rates import rebased
from orchestration.extracts.landings import SOURCE_ROW, keys, landed, refuse_repeated
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.plan import Context, has_distinct_keys, make_plan
from orchestration.extracts.quarantine import QUARANTINED
from orchestration.extracts.recognition import recognised
from orchestration.extracts.sources import FoundExtract
from orchestration.extracts.stage_settings import shown_by_deals, stage_rows
from orchestration.extracts.table_rows import FileAccount, TableRows, read_rows
from orchestration.extracts.tables import Table, open_tables

FOR_LOOKUP: Final = "(lookup)"  # entity of a file that only serves to look values up
NOT_USED: Final = "(not used)"  # entity of a file that the mapping does not know


@dataclass(frozen=True)
class ReadExtract:
    """Canonical rows by entity, keys of rows that could not be landed, and the accounting."""

    entities: dict[str, pl.DataFrame]
    unlanded: dict[str, pl.DataFrame]
    quarantined: pl.DataFrame
    accounts: list[FileAccount]


def read_extract(found: FoundExtract, mapping: Mapping, context: Context) -> ReadExtract:
    """All rows of an extract.

    Raises:
        ExtractError: a file cannot be read, or none holds deals.
    """
    opened = [table for file in found.files for table in open_tables(file)]
    names = recognised(mapping, opened, found.root)
    tables: dict[str, list[Table]] = defaultdict(list)
    for table in opened:
        if name := names[table.name]:
            tables[name].append(table)
    _refuse_without_deals(found, mapping, opened, tables, context)
    lookups = Lookups(tables, mapping.nulls)
    made: dict[str, list[pl.DataFrame]] = defaultdict(list)
    rates: list[pl.DataFrame] = []
    shown: list[pl.DataFrame] = []
    unlanded: dict[str, list[pl.DataFrame]] = defaultdict(list)
    quarantined = [pl.DataFrame(schema=QUARANTINED)]
    accounts: list[FileAccount] = []
    next_row = 0
    for name in mapping.tables:
        if name not in tables or not mapping.tables[name].lands:
            continue
        rows = _table_rows(name, tables[name], mapping, context, lookups, found, next_row)
        next_row += rows.height
        accounts += rows.accounts
        quarantined.append(rows.quarantined)
        rule = mapping.tables[name]
        for number, landing in enumerate(rule.lands):
            for entity, frame in landed(landing, number, rows.rows, context).items():
                is_distinct = entity == "stages" or (number == 0 and has_distinct_keys(rule))
                target = rates if landing.rebase else made[entity]
                target.append(frame if is_distinct else refuse_repeated(entity, frame, name))
            if rows.unlanded.height and number == 0:
                missed = keys(landing, number, rows.unlanded, context)
                unlanded[landing.entity].append(missed)
                if landing.entity == "deals":
                    unlanded["deal_dimensions"].append(missed)
        for number, derivation in enumerate(rule.derives, start=len(rule.lands)):
            shown.append(landed(derivation, number, rows.rows, context)[derivation.entity])
    if rates:
        made["exchange_rates"].append(rebased(rates, context.reporting_currency))
    entities = {entity: _together(entity, frames) for entity, frames in made.items()}
    _add_stages(entities, mapping, shown_by_deals(shown))
    accounts += _other_files(opened, names, mapping, found)
    return ReadExtract(
        entities={name: entities[name] for name in ENTITIES if name in entities},
        unlanded={name: pl.concat(frames, how="diagonal") for name, frames in unlanded.items()},
        quarantined=pl.concat(quarantined).sort("file", "line", maintain_order=True),
        accounts=sorted(accounts, key=lambda account: account.file),
    )


def _table_rows(
    name: str,
    tables: Sequence[Table],
    mapping: Mapping,
    context: Context,
    lookups: Lookups,
    found: FoundExtract,
    first_row: int,
) -> TableRows:
    plans = [make_plan(table, name, mapping, context, lookups) for table in tables]
    files = [found.name_of(Path(table.name)) for table in tables]
    return read_rows(tables, plans, files, name, mapping.tables[name].lands[0].entity, first_row)


def _together(entity: str, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) == 1:
        return frames[0]
    rows = pl.concat(frames).sort(SOURCE_ROW, maintain_order=True)
    return rows if entity == "stages" else refuse_repeated(entity, rows, "(several)")


def _add_stages(entities: dict[str, pl.DataFrame], mapping: Mapping, derived: pl.DataFrame) -> None:
    literal = mapping.rows.get("stages", [])
    if "stages" not in entities and not literal and not derived.height:
        return
    pipelines = entities["deals"]["pipeline"].unique().to_list() if "deals" in entities else []
    schema = {**ENTITIES["stages"].columns, SOURCE_ROW: pl.Int64}
    explicit = entities.get("stages", pl.DataFrame(schema=schema))
    entities["stages"] = stage_rows(explicit, literal, derived, pipelines, has_file="stages" in entities)


def _refuse_without_deals(
    found: FoundExtract,
    mapping: Mapping,
    opened: Sequence[Table],
    tables: Dictionary[str, Sequence[Table]],
    context: Context,
) -> None:
    deal_tables = [
        name
        for name, table in mapping.tables.items()
        if any(landing.entity == "deals" for landing in table.lands)
    ]
    if any(name in tables for name in deal_tables) or (tables and not context.is_full):
        return
    wanted = (_description(mapping.tables[name]) for name in deal_tables)
    there = "; ".join(f"{found.name_of(Path(table.name))} ({listed(table.header, 12)})" for table in opened)
    raise ExtractError(
        f"source {found.source.name}: {found.root}: none of its files holds deals; found are {there};"
        f" accepted is {'; or '.join(wanted)}"
    )


def _description(table: TableMapping) -> str:
    """How to recognise a file, in words."""
    columns = listed(" / ".join(spellings) for spellings in table.header)
    named = [f"a file named {listed(table.files)}"] if table.files else []
    return " or ".join(named + ([f"one with the columns {columns}"] if table.header else []))


def _other_files(
    opened: Sequence[Table], names: Dictionary[str, str | None], mapping: Mapping, found: FoundExtract
) -> list[FileAccount]:
    """Files that became no rows: those for lookups are read, those that are unknown are not."""
    accounts = []
    for table in opened:
        name = names[table.name]
        if name is None:
            accounts.append(FileAccount(found.name_of(Path(table.name)), NOT_USED, 0, 0, 0, 0))
        elif not mapping.tables[name].lands:
            rows = sum(block.rows.height for block in table.blocks([]))
            accounts.append(FileAccount(found.name_of(Path(table.name)), FOR_LOOKUP, rows, rows, 0, 0))
    return accounts
