"""What typed rows of a file become: rows of the canonical entities."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from orchestration.extracts.dates import FIRST_DAY
from orchestration.extracts.entities import ENTITIES, TEXT, Entity
from orchestration.extracts.landing_rows import counted_rows, divided
from orchestration.extracts.mapping_landings import Landing
from orchestration.extracts.plan import TYPED_FIELDS, Context, Variant, cell_name
from orchestration.extracts.typing_rows import AT

SOURCE_ROW: Final = "source_row"
DEFAULT_PIPELINE: Final = "default"


def landed(
    landing: Landing, number: int, rows: pl.DataFrame, context: Context, variants: Sequence[Variant] = ()
) -> dict[str, pl.DataFrame]:
    """The rows of each entity that the table's landing `number` makes, in the file's order."""
    made = [
        _landed(landing, number, counted, context)
        for counted in counted_rows(landing, number, rows, variants)
    ]
    if len(made) == 1:
        return made[0]
    return {
        entity: pl.concat(each[entity] for each in made).sort(SOURCE_ROW, maintain_order=True)
        for entity in (made[0] if made else ())
    }


def _landed(landing: Landing, number: int, rows: pl.DataFrame, context: Context) -> dict[str, pl.DataFrame]:
    entity = ENTITIES[landing.entity]
    if landing.unpivot or landing.unpivot_changes:
        return {entity.name: _unpivoted(landing, number, rows, context)}
    columns = {name: _column(entity, name, number, rows, context) for name in entity.columns}
    frame = rows.select(
        *(column.alias(name) for name, column in columns.items()), pl.col(AT).alias(SOURCE_ROW)
    )
    if entity.name != "deals":
        return {entity.name: frame}
    return {entity.name: frame, "deal_dimensions": _dimensions(number, rows, context)}


def keys(landing: Landing, number: int, rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """The key columns, as far as known, of rows that were not landed."""
    entity = ENTITIES[landing.entity]
    known = [
        name
        for name in entity.key
        if cell_name(number, name) in rows.columns and entity.columns[name] == TEXT
    ]
    rows = divided(landing, number, rows)
    frame = rows.select(_column(entity, name, number, rows, context).alias(name) for name in known)
    return frame.drop_nulls(known[:1]).unique(maintain_order=True) if known else pl.DataFrame()


def _column(entity: Entity, name: str, number: int, rows: pl.DataFrame, context: Context) -> pl.Expr:
    """One canonical column of cells; null where the file has nothing for it, `valid_from` since ever."""
    cell = cell_name(number, "deal_id" if name == "source_deal_id" else name)
    if entity.name == "deal_changes" and name in ("new_value", "old_value"):
        return _change_value(name, number, rows, context)
    if cell not in rows.columns:
        if name == "valid_from":
            return pl.lit(FIRST_DAY)
        is_default = entity.name == "deals" and name == "pipeline"
        return pl.lit(DEFAULT_PIPELINE if is_default else None, dtype=entity.columns[name])
    column = pl.col(cell)
    if entity.name == "deals" and name == "pipeline":
        return column.fill_null(DEFAULT_PIPELINE)
    if name == "valid_from":
        return column.fill_null(FIRST_DAY)
    return _prefixed(column, context) if name.endswith("_id") and name != "source_deal_id" else column


def _prefixed(column: pl.Expr, context: Context) -> pl.Expr:
    return pl.lit(context.id_prefix) + column if context.id_prefix else column


def _change_value(name: str, number: int, rows: pl.DataFrame, context: Context) -> pl.Expr:
    """The new or old value as text: an amount with cents, a day in ISO 8601, a prefixed id, or as it is."""
    if cell_name(number, f"{name}:text") not in rows.columns:
        return pl.lit(None, dtype=TEXT)
    field, text = pl.col(cell_name(number, "field")), pl.col(cell_name(number, f"{name}:text"))
    kinds = [cell_name(number, f"{name}:{kind}") for kind in TYPED_FIELDS]
    typed = [pl.col(kind).cast(TEXT) for kind in kinds if kind in rows.columns]
    other = (
        pl.when(field == "owner_id").then(_prefixed(text.str.strip_chars(), context))
        .when(field == "pipeline").then(text.fill_null(DEFAULT_PIPELINE))
        .otherwise(text)
    )  # fmt: skip
    return pl.coalesce(*typed, other)


def _unpivoted(landing: Landing, number: int, rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """A change per row and field; of `unpivot_changes` only where a deal's value is another than before.

    Where an extract holds only what changed, the row before may be in an earlier one: all are kept.
    """
    entity = ENTITIES["deal_changes"]
    deal, moment = cell_name(number, "deal_id"), cell_name(number, "changed_at")
    in_time = rows.sort(deal, moment, AT) if landing.unpivot_changes and context.is_full else rows
    is_first = pl.col(deal).ne_missing(pl.col(deal).shift(1))
    made = []
    for order, field in enumerate((*landing.unpivot, *landing.unpivot_changes)):
        cell = cell_name(number, f"change:{field}")
        if cell not in rows.columns:
            continue
        is_thinned = field in landing.unpivot_changes and context.is_full
        changed = is_first | pl.col(cell).ne_missing(pl.col(cell).shift(1))
        value = pl.col(cell).cast(TEXT)
        if field == "owner_id":
            value = _prefixed(value, context)
        columns = {name: _column(entity, name, number, rows, context) for name in entity.columns}
        columns |= {"field": pl.lit(field), "new_value": value, "old_value": pl.lit(None, dtype=TEXT)}
        made.append(
            (in_time.filter(changed) if is_thinned else in_time).select(
                *(column.alias(name) for name, column in columns.items()),
                pl.col(AT).alias(SOURCE_ROW),
                pl.lit(order, dtype=pl.Int8).alias("_order"),
            )
        )
    if not made:
        return pl.DataFrame(schema={**entity.columns, SOURCE_ROW: pl.Int64})
    return pl.concat(made).sort(SOURCE_ROW, "_order").drop("_order")


def _dimensions(number: int, rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """A row per deal and dimension that has a value."""
    entity = ENTITIES["deal_dimensions"]
    prefix = cell_name(number, "dimension:")
    made = [
        rows.select(
            _prefixed(pl.col(cell_name(number, "deal_id")), context).alias("deal_id"),
            pl.lit(name.removeprefix(prefix)).alias("dimension"),
            pl.col(name).alias("value"),
            pl.col(AT).alias(SOURCE_ROW),
        ).drop_nulls("value")
        for name in sorted(rows.columns)
        if name.startswith(prefix)
    ]
    empty = pl.DataFrame(schema={**entity.columns, SOURCE_ROW: pl.Int64})
    return pl.concat([empty, *made]).sort(SOURCE_ROW, "dimension")
