"""The cells that the columns of a file become, by its table of the mapping."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import polars as pl

from orchestration.extracts.dates import Zones
from orchestration.extracts.entities import ENTITIES, MOMENT, TEXT, Dtype
from orchestration.extracts.header_columns import FoundColumn, HeaderColumns
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import (
    COMPANY_ZONE,
    Mapping,
    TableMapping,
)
from orchestration.extracts.mapping_columns import PLACEHOLDER, Specification, choices
from orchestration.extracts.mapping_landings import CHANGE_FIELDS, Landing
from orchestration.extracts.plan import (
    LATEST,
    TYPED_FIELDS,
    VALUE_COLUMNS,
    Cell,
    Context,
    Plan,
    Variant,
    cell_name,
    required_columns,
)
from orchestration.extracts.tables import Table

ID_COLUMNS: Final = ("_id", "changed_by")  # how the names of columns that hold ids end


def make_plan(table: Table, name: str, mapping: Mapping, context: Context, lookups: Lookups) -> Plan:
    """The plan for a file that is the mapping's table `name`.

    Raises:
        ExtractError: the file lacks a column that it must have.
    """
    rule = mapping.tables[name]
    columns = HeaderColumns(table, mapping, lookups, rule.advice)
    cells: list[Cell] = []
    variants: dict[str, Variant] = {}
    for number, landing in enumerate(rule.lands):
        columns.may_be_missing = mapping.may_lack_columns(landing)
        cells.extend(_cells(columns, number, landing, context))
        if landing.each_column:
            for key, variant, own in _variants(columns, number, landing):
                variants[key] = variant
                cells.extend(own)
    row_key = _row_key(columns, rule, cells)
    cells.extend(cell for cell in row_key if cell.name.startswith("key."))
    for number, derivation in enumerate(rule.derives, start=len(rule.lands)):
        columns.may_be_missing = mapping.may_lack_columns(derivation)
        cells.extend(_derived_cells(columns, number, derivation))
    zone = rule.time_zone or mapping.time_zone
    decimal = rule.decimal or mapping.decimal
    return Plan(
        positions=tuple(sorted(columns.used)),
        cells=tuple(cells),
        row_key=tuple(cell.name for cell in row_key),
        variants=variants,
        zones=Zones(context.time_zone if zone == COMPANY_ZONE else zone, context.time_zone),
        date_order=rule.date_order or mapping.date_order,
        decimal=None if decimal == "each_column" else decimal,
    )


def _row_key(columns: HeaderColumns, rule: TableMapping, cells: list[Cell]) -> list[Cell]:
    if rule.key and (at := columns.names.position(rule.key)) is not None:
        return [Cell("key.0", columns.table.header[at], columns.text(at), TEXT, is_required=True)]
    first = rule.lands[0]
    if rule.key or not first.is_one_row_each:
        return list(cells)
    names = {cell_name(0, column) for column in (*ENTITIES[first.entity].key, LATEST)}
    return [cell for cell in cells if cell.name.split(":")[0] in names]


def _cells(columns: HeaderColumns, number: int, landing: Landing, context: Context) -> Iterator[Cell]:
    """The cells of a landing, but for those that each column which fits a pattern has of its own."""
    entity = ENTITIES[landing.entity]
    required = required_columns(landing)
    for column, specification in landing.columns.items():
        if _is_of_pattern(specification):
            continue
        found = columns.find(specification, f"{landing.entity}.{column}", column in required)
        if found is None and column == "currency":
            found = FoundColumn("currency", pl.lit(context.reporting_currency))
        if found is None:
            continue
        if landing.entity == "deal_changes" and column in VALUE_COLUMNS:
            yield from _value_cells(number, landing, column, found, columns)
        else:
            name = cell_name(number, column)
            yield _cell(name, columns, found, entity.columns[column], column in required, number)
    if landing.latest and (found := columns.find([*landing.latest], "latest", False)):
        yield _cell(cell_name(number, LATEST), columns, found, MOMENT, True, number)
    for field, specification in (*landing.unpivot.items(), *landing.unpivot_changes.items()):
        if found := columns.find(specification, f"{landing.entity}.{field}", False):
            dtype = ENTITIES["deals"].columns[field]
            yield _cell(cell_name(number, f"change:{field}"), columns, found, dtype, False, number)
    if landing.entity == "deals":
        named: dict[str, Specification] = {**landing.dimensions}
        if landing.latest or not landing.completes:
            named.update({name: [column] for name, column in context.dimensions.items()})
        for name, specification in named.items():
            needed = name in context.dimensions and not landing.completes
            if found := columns.find(specification, f"dimension {name}", needed):
                yield _cell(cell_name(number, f"dimension:{name}"), columns, found, TEXT, False, number)


def _variants(
    columns: HeaderColumns, number: int, landing: Landing
) -> Iterator[tuple[str, Variant, list[Cell]]]:
    """What every column of the file that fits a pattern of the landing adds, under its name."""
    fitting = columns.fitting(landing.each_column)
    required = required_columns(landing)
    known: set[str] = set()
    for pattern in fitting:
        key = f"{number}.{columns.table.header[pattern.position].lower()}"
        key = f"{key} (column {pattern.position + 1})" if key in known else key
        known.add(key)
        cells: dict[str, Cell] = {}
        constants: dict[str, str | None] = {}
        for column, specification in landing.columns.items():
            if not _is_of_pattern(specification):
                continue
            found = columns.find(specification, f"{landing.entity}.{column}", column in required, pattern)
            if found is None:
                continue
            dtype = _variant_dtype(landing, column)
            if dtype == TEXT and not found.text.meta.root_names():
                constants[column] = pl.select(found.text).item()
            else:
                name = f"{cell_name(number, column)}.{key}"
                cells[column] = _cell(name, columns, found, dtype, column in required, number)
        names = {column: cell.name for column, cell in cells.items()}
        yield key, Variant(number, names, constants), list(cells.values())


def _variant_dtype(landing: Landing, column: str) -> Dtype:
    if landing.entity == "deal_changes" and column in VALUE_COLUMNS:
        return ENTITIES["deals"].columns[landing.constant_field]
    return ENTITIES[landing.entity].columns[column]


def _is_of_pattern(specification: Specification) -> bool:
    return any(isinstance(each, str) and PLACEHOLDER.fullmatch(each) for each in choices(specification))


def _derived_cells(columns: HeaderColumns, number: int, derivation: Landing) -> Iterator[Cell]:
    """Cells of what most rows show: none of them can keep a row from landing."""
    entity = ENTITIES[derivation.entity]
    for column, specification in derivation.columns.items():
        if found := columns.find(specification, f"{entity.name}.{column}", False):
            cell = _cell(cell_name(number, column), columns, found, entity.columns[column], False, number)
            yield replace(cell, is_lenient=True)


def _cell(
    name: str, columns: HeaderColumns, found: FoundColumn, dtype: Dtype, is_required: bool, number: int
) -> Cell:
    column = name.split(".")[1]
    rule = found.rule
    text = columns.id_text(found) if column.endswith(ID_COLUMNS) else found.text
    accepted = CHANGE_FIELDS if column == "field" else ()
    if rule is None:
        return Cell(name, found.label, text, dtype, is_required, accepted=accepted)
    only_if = cell_name(number, rule.only_if) if rule.only_if else None
    return Cell(
        name,
        found.label,
        text,
        dtype,
        is_required,
        rule.scale,
        rule.whole_day,
        only_if,
        accepted,
        rule.inverse,
    )


def _value_cells(
    number: int, landing: Landing, column: str, found: FoundColumn, columns: HeaderColumns
) -> Iterator[Cell]:
    """Changes hold values of several types in one column: one cell for each type."""
    named = columns.find(landing.columns.get("field", []), "deal_changes.field", True)
    assert named is not None
    field, text = named.text, found.text
    for typed in TYPED_FIELDS:
        is_this = pl.when(field == typed).then(text)
        name = cell_name(number, f"{column}:{typed}")
        yield Cell(name, found.label, is_this, ENTITIES["deals"].columns[typed])
    other: pl.Expr = pl.when(~field.is_in(TYPED_FIELDS)).then(text)
    if columns.has_long_ids:
        other = pl.when(field == "owner_id").then(columns.id_text(found)).otherwise(other)
    yield Cell(cell_name(number, f"{column}:text"), found.label, other, TEXT)
