"""One extract read whole: its files recognised, typed, and turned into canonical rows."""

from collections import defaultdict
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.changed_lines import read_changed
from orchestration.extracts.corrections import taken_out
from orchestration.extracts.entity_files import EntityFiles
from orchestration.extracts.entity_rows import EntityRows
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.footers import without_footer
from orchestration.extracts.headerless import with_columns
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.night_before import NightBefore, are_settled, may_stand_alone
from orchestration.extracts.plan import Context, Plan, Variant
from orchestration.extracts.planned_cells import make_plan
from orchestration.extracts.quarantine import QUARANTINED
from orchestration.extracts.recognition import recognised
from orchestration.extracts.set_aside import SetAside, lines_set_aside
from orchestration.extracts.sources import FoundExtract
from orchestration.extracts.table_rows import FileAccount, read_rows
from orchestration.extracts.tables import Table, open_tables

FOR_LOOKUP: Final = "(lookup)"  # entity of a file that only serves to look values up
NOT_USED: Final = "(not used)"  # entity of a file that the mapping does not know


@dataclass(frozen=True)
class ReadExtract:
    """The file of each entity's rows, keys of rows that could not be landed, and the accounting."""

    entities: dict[str, Path]
    unlanded: dict[str, pl.DataFrame]
    quarantined: pl.DataFrame
    accounts: list[FileAccount]
    set_aside: list[SetAside] = field(default_factory=list)
    settled: tuple[str, ...] = ()
    replaced: dict[str, pl.DataFrame] = field(default_factory=dict)
    shortened: dict[str, Table] = field(default_factory=dict)  # by name: without what stayed as it was


def read_extract(
    found: FoundExtract,
    mapping: Mapping,
    context: Context,
    target: Path,
    before: NightBefore | None = None,
) -> ReadExtract:
    """All rows of an extract, with the corrections that lie in it; `target` gets a file for each entity.

    Of an extract that is told from the night `before`, rows that stayed as they were may be left out: of
    the entities in `replaced`, which has the keys of the lake's other rows. `settled` are files in which
    each row stands for itself.

    Raises:
        ExtractError: a file cannot be read, or none holds deals.
    """
    opened = [table for file in found.files for table in open_tables(file)]
    tables, corrections = taken_out(opened, found.name_of)
    uncorrected = (
        _read_tables(tables, found, mapping, context, target).quarantined if corrections.of_file else None
    )
    is_comparable = before is not None and not corrections.accounts and before.has_the_files_of(found)
    read = _read_tables(
        corrections.laid_over(tables, found.name_of),
        found,
        mapping,
        context,
        target,
        before if is_comparable else None,
    )
    uncorrected = read.quarantined if uncorrected is None else uncorrected
    corrections.refuse_sound(uncorrected)
    tables = [read.shortened.get(table.name, table) for table in tables]
    return replace(
        read,
        accounts=sorted([*read.accounts, *corrections.accounts], key=lambda account: account.file),
        set_aside=lines_set_aside(tables, found.name_of, read.quarantined, uncorrected, corrections),
    )


def _read_tables(
    opened: Sequence[Table],
    found: FoundExtract,
    mapping: Mapping,
    context: Context,
    target: Path,
    before: NightBefore | None = None,
) -> ReadExtract:
    names = recognised(mapping, opened, found.root)
    tables: dict[str, list[Table]] = defaultdict(list)
    for table in opened:
        if name := names[table.name]:
            tables[name].append(_as_mapped(table, mapping.tables[name]))
    _refuse_without_deals(found, mapping, opened, tables, context)
    lookups = Lookups(tables, mapping)
    landed_rows = EntityRows(context, EntityFiles(target, found.source.name, found.extract_date))
    quarantined = [pl.DataFrame(schema=QUARANTINED)]
    accounts: list[FileAccount] = []
    next_row = 0
    settled: list[str] = []
    replaced: dict[str, pl.DataFrame] = {}
    short: dict[str, Table] = {}
    landing_tables = {name: rule for name, rule in mapping.tables.items() if name in tables and rule.lands}
    for place, (name, rule) in enumerate(landing_tables.items(), start=1):
        stands_alone = may_stand_alone(name, tables, landing_tables, context)
        plans = [make_plan(table, name, mapping, context, lookups) for table in tables[name]]
        files = [found.name_of(Path(table.name)) for table in tables[name]]
        changed = (
            read_changed(tables[name][0], files[0], plans[0], rule.lands[0], context, next_row, before)
            if before and stands_alone
            else None
        )
        if changed:
            rows = changed.rows
            replaced |= changed.replaced
            short[changed.table.name] = changed.table
            landed_rows.know_pipelines(changed.pipelines)
        else:
            rows = read_rows(tables[name], plans, files, name, rule.lands[0].entity, next_row)
        settled += files if stands_alone and are_settled(rows) else []
        landed_rows.add(name, rule, rows, _variants(plans))
        next_row += rows.height
        accounts += rows.accounts
        quarantined.append(rows.quarantined)
        del rows  # a large table is in memory alone
        landed_rows.write_whole(list(landing_tables.values())[place:])
    entities = landed_rows.finished(mapping)
    accounts += _other_files(opened, names, mapping, found)
    return ReadExtract(
        entities=entities,
        unlanded={name: pl.concat(frames, how="diagonal") for name, frames in landed_rows.unlanded.items()},
        quarantined=pl.concat(quarantined).sort("file", "line", maintain_order=True),
        accounts=sorted(accounts, key=lambda account: account.file),
        settled=tuple(settled),
        replaced=replaced,
        shortened=short,
    )


def _as_mapped(table: Table, rule: TableMapping) -> Table:
    """The table with its header and its end as the mapping says."""
    table = with_columns(table, rule.columns) if rule.columns else table
    return without_footer(table) if rule.footer else table


def _variants(plans: Sequence[Plan]) -> list[Variant]:
    return list({key: variant for plan in plans for key, variant in plan.variants.items()}.values())


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
