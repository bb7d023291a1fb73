"""What to read from one file: its columns as cells, each text with the type it must have."""

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from orchestration.extracts.dates import Zones
from orchestration.extracts.entities import ENTITIES, TEXT, Dtype
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.header_columns import HeaderColumns
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import (
    CHANGE_FIELDS,
    Column,
    DateOrder,
    DecimalSign,
    Landing,
    Mapping,
    TableMapping,
)
from orchestration.extracts.recognition import position_of
from orchestration.extracts.tables import Table

OPTIONAL_KEYS: Final = {  # key columns that may be blank: they stand for "always", "any" or "none"
    "owners": ("valid_from",),
    "stages": ("pipeline",),
    "deal_changes": ("new_value",),
    "campaign_members": ("lead_id", "contact_id"),
    "quotas": ("owner_id", "team", "deal_type", "valid_from"),
    "exchange_rates": ("valid_from",),
    "forecast_calls": ("category",),
}
TYPED_FIELDS: Final = ("amount", "close_date")  # fields of changes whose values are no plain text
VALUE_COLUMNS: Final = ("new_value", "old_value")


@dataclass(frozen=True)
class Context:
    """What a source and its company add to a mapping."""

    source_name: str
    time_zone: str
    reporting_currency: str
    id_prefix: str
    is_full: bool
    dimensions: Dictionary[str, str]


@dataclass(frozen=True)
class Cell:
    """One value of a row: the text that stands for it in the file, and its type.

    `label` names the file's column in messages. A row in which a required cell is blank cannot be landed;
    one in which a lenient cell cannot be read is landed all the same.
    """

    name: str
    label: str
    text: pl.Expr
    dtype: Dtype
    is_required: bool = False
    scale: float | None = None
    whole_day: bool = False
    only_if: str | None = None
    accepted: tuple[str, ...] = ()  # the only values of a text, where there are few
    inverse: bool = False
    is_lenient: bool = False


@dataclass(frozen=True)
class Plan:
    """Which columns of a file to read, and the cells made of them."""

    positions: tuple[int, ...]
    cells: tuple[Cell, ...]
    row_key: tuple[str, ...]  # names of the cells that tell an exact copy from a conflicting row
    zones: Zones
    date_order: DateOrder | None
    decimal: DecimalSign | None


def cell_name(number: int, column: str) -> str:
    """The name of a cell of the table's landing `number`."""
    return f"{number}.{column}"


def required_columns(landing: Landing) -> list[str]:
    """Key columns without which a row cannot be landed."""
    optional = (*OPTIONAL_KEYS.get(landing.entity, ()), *landing.only_where_given)
    unpivoted = ("field",) if landing.unpivot or landing.unpivot_changes else ()
    return [name for name in ENTITIES[landing.entity].key if name not in (*optional, *unpivoted)]


def has_distinct_keys(rule: TableMapping) -> bool:
    """Whether no two rows of the table may make one row of its first landing: then that one's key tells."""
    first = rule.lands[0]
    return not (first.unpivot or first.unpivot_changes or rule.key)


def make_plan(table: Table, name: str, mapping: Mapping, context: Context, lookups: Lookups) -> Plan:
    """The plan for a file that is the mapping's table `name`.

    Raises:
        ExtractError: the file lacks a column that it must have.
    """
    columns = HeaderColumns(table, mapping, lookups)
    rule = mapping.tables[name]
    cells = [
        cell
        for number, landing in enumerate(rule.lands)
        for cell in _cells(columns, number, landing, context)
    ]
    row_key = _row_key(columns, rule, cells)
    cells.extend(cell for cell in row_key if cell.name.startswith("key."))
    for number, derivation in enumerate(rule.derives, start=len(rule.lands)):
        cells.extend(_derived_cells(columns, number, derivation))
    return Plan(
        positions=tuple(sorted(columns.used)),
        cells=tuple(cells),
        row_key=tuple(cell.name for cell in row_key),
        zones=Zones(rule.time_zone or mapping.time_zone, context.time_zone),
        date_order=rule.date_order or mapping.date_order,
        decimal=rule.decimal or mapping.decimal,
    )


def _row_key(columns: HeaderColumns, rule: TableMapping, cells: list[Cell]) -> list[Cell]:
    if rule.key and (at := position_of(columns.table.header, rule.key, columns.table.name)) is not None:
        return [Cell("key.0", columns.table.header[at], columns.text(at), TEXT, is_required=True)]
    if not has_distinct_keys(rule):
        return cells
    names = {cell_name(0, column) for column in ENTITIES[rule.lands[0].entity].key}
    return [cell for cell in cells if cell.name.split(":")[0] in names]


def _cells(columns: HeaderColumns, number: int, landing: Landing, context: Context) -> Iterator[Cell]:
    entity = ENTITIES[landing.entity]
    required = required_columns(landing)
    for column, specification in landing.columns.items():
        found = columns.find(specification, f"{landing.entity}.{column}", column in required)
        if found is None and column == "currency":
            found = "currency", pl.lit(context.reporting_currency), None
        if found is None:
            continue
        label, text, rule = found
        if landing.entity == "deal_changes" and column in VALUE_COLUMNS:
            yield from _value_cells(number, landing, column, label, text, columns)
        else:
            yield _cell(
                cell_name(number, column),
                label,
                text,
                entity.columns[column],
                rule,
                column in required,
                number,
            )
    for field, specification in (*landing.unpivot.items(), *landing.unpivot_changes.items()):
        if found := columns.find(specification, f"{landing.entity}.{field}", False):
            label, text, rule = found
            dtype = ENTITIES["deals"].columns[field]
            yield _cell(cell_name(number, f"change:{field}"), label, text, dtype, rule, False, number)
    if landing.entity == "deals":
        named: dict[str, list[str | Column]] = {**landing.dimensions}
        named.update({name: [column] for name, column in context.dimensions.items()})
        for name, specification in named.items():
            needed = name in context.dimensions
            if found := columns.find(specification, f"dimension {name}", needed):
                yield _cell(
                    cell_name(number, f"dimension:{name}"), found[0], found[1], TEXT, found[2], False, number
                )


def _derived_cells(columns: HeaderColumns, number: int, derivation: Landing) -> Iterator[Cell]:
    """Cells of what most rows show: none of them can keep a row from landing."""
    entity = ENTITIES[derivation.entity]
    for column, specification in derivation.columns.items():
        if found := columns.find(specification, f"{entity.name}.{column}", False):
            label, text, rule = found
            cell = _cell(cell_name(number, column), label, text, entity.columns[column], rule, False, number)
            yield replace(cell, is_lenient=True)


def _cell(
    name: str, label: str, text: pl.Expr, dtype: Dtype, rule: Column | None, is_required: bool, number: int
) -> Cell:
    if name.endswith("_id"):
        text = text.str.strip_chars()
    accepted = CHANGE_FIELDS if name == cell_name(number, "field") else ()
    if rule is None:
        return Cell(name, label, text, dtype, is_required, accepted=accepted)
    only_if = cell_name(number, rule.only_if) if rule.only_if else None
    return Cell(
        name, label, text, dtype, is_required, rule.scale, rule.whole_day, only_if, accepted, rule.inverse
    )


def _value_cells(
    number: int, landing: Landing, column: str, label: str, text: pl.Expr, columns: HeaderColumns
) -> Iterator[Cell]:
    """Changes hold values of several types in one column: one cell for each type."""
    found = (
        columns.find(landing.columns["field"], "deal_changes.field", True)
        if "field" in landing.columns
        else None
    )
    if found is None:
        raise ExtractError(f"{columns.table.name}: deal_changes.{column} needs deal_changes.field beside it")
    field = found[1]
    for typed in TYPED_FIELDS:
        is_this = pl.when(field == typed).then(text)
        yield Cell(cell_name(number, f"{column}:{typed}"), label, is_this, ENTITIES["deals"].columns[typed])
    yield Cell(
        cell_name(number, f"{column}:text"), label, pl.when(~field.is_in(TYPED_FIELDS)).then(text), TEXT
    )
