"""One extract read whole: its files recognised, typed, and turned into canonical rows."""

from collections import defaultdict
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.exchange_rates import rebased
from orchestration.extracts.landings import SOURCE_ROW, keys, landed, refuse_repeated
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import Landing, Mapping, TableMapping
from orchestration.extracts.parquet_files import write_rows
from orchestration.extracts.plan import Context, has_distinct_keys, make_plan
from orchestration.extracts.quarantine import QUARANTINED
from orchestration.extracts.recognition import recognised
from orchestration.extracts.row_slices import SLICE_ROWS
from orchestration.extracts.sources import FoundExtract
from orchestration.extracts.stage_settings import shown_by_deals, stage_rows
from orchestration.extracts.table_rows import FileAccount, TableRows, read_rows
from orchestration.extracts.tables import Table, open_table

FOR_LOOKUP: Final = "(lookup)"  # entity of a file that only serves to look values up
LATE: Final = ("stages", "exchange_rates")  # entities that more than their tables' rows go into
NOT_USED: Final = "(not used)"  # entity of a file that the mapping does not know


@dataclass(frozen=True)
class ReadExtract:
    """The file of each entity's rows, keys of rows that could not be landed, and the accounting."""

    entities: dict[str, Path]
    unlanded: dict[str, pl.DataFrame]
    quarantined: pl.DataFrame
    accounts: list[FileAccount]


def read_extract(found: FoundExtract, mapping: Mapping, context: Context, target: Path) -> ReadExtract:
    """All rows of an extract, each entity's as `<target>/<entity>.parquet`, as the lake takes them.

    Raises:
        ExtractError: a file cannot be read, or none holds deals.
    """
    opened = [open_table(file) for file in found.files]
    names = recognised(mapping, opened, found.root)
    tables: dict[str, list[Table]] = defaultdict(list)
    for table in opened:
        if name := names[table.path]:
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
    entities = _Entities(found, target)
    landing_tables = [name for name in mapping.tables if name in tables and mapping.tables[name].lands]
    for place, name in enumerate(landing_tables):
        rows = _table_rows(name, tables[name], mapping, context, lookups, found, next_row)
        next_row += rows.height
        accounts += rows.accounts
        quarantined.append(rows.quarantined)
        rule = mapping.tables[name]
        for number, landing in enumerate(rule.lands):
            for entity, frame in _landed(landing, number, rows.rows, context).items():
                is_distinct = entity == "stages" or (number == 0 and has_distinct_keys(rule))
                into = rates if landing.rebase else made[entity]
                into.append(frame if is_distinct else refuse_repeated(entity, frame, name))
            if rows.unlanded.height and number == 0:
                missed = keys(landing, number, rows.unlanded, context)
                unlanded[landing.entity].append(missed)
                if landing.entity == "deals":
                    unlanded["deal_dimensions"].append(missed)
        for number, derivation in enumerate(rule.derives, start=len(rule.lands)):
            shown.append(landed(derivation, number, rows.rows, context)[derivation.entity])
        del rows
        awaited = {entity for later in landing_tables[place + 1 :] for entity in _made_by(mapping, later)}
        for entity in [entity for entity in made if entity not in awaited and entity not in LATE]:
            entities.keep(entity, _together(entity, made.pop(entity)))
    if rates:
        made["exchange_rates"].append(rebased(rates, context.reporting_currency))
    if "exchange_rates" in made:
        entities.keep("exchange_rates", _together("exchange_rates", made["exchange_rates"]))
    _add_stages(entities, made.get("stages", []), mapping, shown_by_deals(shown))
    accounts += _other_files(opened, names, mapping, found)
    return ReadExtract(
        entities={name: entities.files[name] for name in ENTITIES if name in entities.files},
        unlanded={name: pl.concat(frames, how="diagonal") for name, frames in unlanded.items()},
        quarantined=pl.concat(quarantined).sort("file", "line", maintain_order=True),
        accounts=sorted(accounts, key=lambda account: account.file),
    )


def _landed(landing: Landing, number: int, rows: pl.DataFrame, context: Context) -> dict[str, pl.DataFrame]:
    """The rows that a landing makes, slice by slice where it looks at each row by itself."""
    if landing.unpivot_changes or not rows.height:
        return landed(landing, number, rows, context)
    parts = [landed(landing, number, part, context) for part in rows.iter_slices(SLICE_ROWS)]
    return {entity: pl.concat([part[entity] for part in parts]) for entity in parts[0]}


class _Entities:
    """The entities of an extract, each written as soon as it is whole: a large one is not kept in memory."""

    def __init__(self, found: FoundExtract, target: Path) -> None:
        self._target = target
        self._columns = {
            "source_name": pl.lit(found.source.name),
            "extract_date": pl.lit(found.extract_date),
            "is_tombstone": pl.lit(False),
        }
        self.files: dict[str, Path] = {}
        self.pipelines: list[str] = []

    def keep(self, name: str, rows: pl.DataFrame) -> None:
        """Write the rows of an entity."""
        if name == "deals":
            self.pipelines = rows["pipeline"].unique().to_list()
        self.files[name] = self._target / f"{name}.parquet"
        lake_rows = rows.with_columns(**self._columns).select(*ENTITIES[name].columns, *LAKE_COLUMNS)
        write_rows(lake_rows, self.files[name])


def _made_by(mapping: Mapping, table: str) -> set[str]:
    """The entities that a table's rows become."""
    entities = {landing.entity for landing in mapping.tables[table].lands}
    return entities | {"deal_dimensions"} if "deals" in entities else entities


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
    files = [found.name_of(table.path) for table in tables]
    return read_rows(tables, plans, files, name, mapping.tables[name].lands[0].entity, first_row)


def _together(entity: str, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) == 1:
        return frames[0]
    rows = pl.concat(frames).sort(SOURCE_ROW, maintain_order=True)
    return rows if entity == "stages" else refuse_repeated(entity, rows, "(several)")


def _add_stages(
    entities: _Entities, made: Sequence[pl.DataFrame], mapping: Mapping, derived: pl.DataFrame
) -> None:
    literal = mapping.rows.get("stages", [])
    if not made and not literal and not derived.height:
        return
    schema = {**ENTITIES["stages"].columns, SOURCE_ROW: pl.Int64}
    explicit = _together("stages", made) if made else pl.DataFrame(schema=schema)
    rows = stage_rows(explicit, literal, derived, entities.pipelines, has_file=bool(made))
    entities.keep("stages", rows)


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
    there = "; ".join(f"{found.name_of(table.path)} ({listed(table.header, 12)})" for table in opened)
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
    opened: Sequence[Table], names: Dictionary[Path, str | None], mapping: Mapping, found: FoundExtract
) -> list[FileAccount]:
    """Files that became no rows: those for lookups are read, those that are unknown are not."""
    accounts = []
    for table in opened:
        name = names[table.path]
        if name is None:
            accounts.append(FileAccount(found.name_of(table.path), NOT_USED, 0, 0, 0, 0))
        elif not mapping.tables[name].lands:
            rows = sum(block.rows.height for block in table.blocks([]))
            accounts.append(FileAccount(found.name_of(table.path), FOR_LOOKUP, rows, rows, 0, 0))
    return accounts
