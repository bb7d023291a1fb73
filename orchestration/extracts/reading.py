"""One extract read whole: its files recognised, typed, and turned into canonical rows."""

from collections import defaultdict
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.corrections import taken_out
from orchestration.extracts.entity_rows import EntityRows
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.footers import without_footer
from orchestration.extracts.headerless import with_columns
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.plan import Context, Variant
from orchestration.extracts.planned_cells import make_plan
from orchestration.extracts.quarantine import QUARANTINED
from orchestration.extracts.recognition import recognised
from orchestration.extracts.set_aside import SetAside, lines_set_aside
from orchestration.extracts.sources import FoundExtract
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
    set_aside: list[SetAside] = field(default_factory=list)


def read_extract(found: FoundExtract, mapping: Mapping, context: Context) -> ReadExtract:
    """All rows of an extract, with the corrections that lie in it.

    Raises:
        ExtractError: a file cannot be read, or none holds deals.
    """
    opened = [table for file in found.files for table in open_tables(file)]
    tables, corrections = taken_out(opened, found.name_of)
    read = _read_tables(corrections.laid_over(tables, found.name_of), found, mapping, context)
    before = (
        _read_tables(tables, found, mapping, context).quarantined if corrections.of_file else read.quarantined
    )
    corrections.refuse_sound(before)
    return replace(
        read,
        accounts=sorted([*read.accounts, *corrections.accounts], key=lambda account: account.file),
        set_aside=lines_set_aside(tables, found.name_of, read.quarantined, before, corrections),
    )


def _read_tables(
    opened: Sequence[Table], found: FoundExtract, mapping: Mapping, context: Context
) -> ReadExtract:
    names = recognised(mapping, opened, found.root)
    tables: dict[str, list[Table]] = defaultdict(list)
    for table in opened:
        if name := names[table.name]:
            tables[name].append(_as_mapped(table, mapping.tables[name]))
    _refuse_without_deals(found, mapping, opened, tables, context)
    lookups = Lookups(tables, mapping)
    landed_rows = EntityRows(context)
    quarantined = [pl.DataFrame(schema=QUARANTINED)]
    accounts: list[FileAccount] = []
    next_row = 0
    for name, rule in mapping.tables.items():
        if name not in tables or not rule.lands:
            continue
        rows, variants = _table_rows(name, tables[name], mapping, context, lookups, found, next_row)
        landed_rows.add(name, rule, rows, variants)
        next_row += rows.height
        accounts += rows.accounts
        quarantined.append(rows.quarantined)
    entities = landed_rows.finished(mapping)
    accounts += _other_files(opened, names, mapping, found)
    return ReadExtract(
        entities=entities,
        unlanded={name: pl.concat(frames, how="diagonal") for name, frames in landed_rows.unlanded.items()},
        quarantined=pl.concat(quarantined).sort("file", "line", maintain_order=True),
        accounts=sorted(accounts, key=lambda account: account.file),
    )


def _as_mapped(table: Table, rule: TableMapping) -> Table:
    """The table with its header and its end as the mapping says."""
    table = with_columns(table, rule.columns) if rule.columns else table
    return without_footer(table) if rule.footer else table


def _table_rows(
    name: str,
    tables: Sequence[Table],
    mapping: Mapping,
    context: Context,
    lookups: Lookups,
    found: FoundExtract,
    first_row: int,
) -> tuple[TableRows, list[Variant]]:
    plans = [make_plan(table, name, mapping, context, lookups) for table in tables]
    files = [found.name_of(Path(table.name)) for table in tables]
    rows = read_rows(tables, plans, files, name, mapping.tables[name].lands[0].entity, first_row)
    variants = {key: variant for plan in plans for key, variant in plan.variants.items()}
    return rows, list(variants.values())


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
        if any(each.entity == "deals" and (each.latest or not each.completes) for each in table.lands)
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
