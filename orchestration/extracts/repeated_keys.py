"""Rows of one entity, each key once: exact repetitions go, contradictions are refused, blanks are filled."""

from collections.abc import Sequence

import polars as pl

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.landings import SOURCE_ROW
from orchestration.shown_values import shortened


def refuse_repeated(name: str, frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame without exact repetitions; events of one key complete each other.

    Raises:
        ExtractError: rows that are no events have one key and differ.
    """
    entity = ENTITIES[name]
    hashes = frame.select(*entity.key).hash_rows()
    if hashes.n_unique() == len(hashes):
        return frame
    suspects = hashes.is_duplicated()
    single, repeated = frame.filter(~suspects), frame.filter(suspects)
    content = [column for column in entity.columns if column not in entity.key]
    if not entity.is_event:
        distinct = repeated.unique(subset=list(entity.columns), keep="first", maintain_order=True)
        twice = distinct.filter(distinct.select(*entity.key).is_duplicated())
        if twice.height:
            key = ", ".join(shortened(value) for value in twice.select(*entity.key).row(0))
            raise ExtractError(
                f"tables.{table}: the mapping makes two different {name} of the key {key}; one is accepted"
            )
        return pl.concat([single, distinct]).sort(SOURCE_ROW, maintain_order=True)
    merged = repeated.group_by(entity.key, maintain_order=True).agg(
        *(pl.col(column).drop_nulls().first() for column in content), pl.col(SOURCE_ROW).first()
    )
    return pl.concat([single, merged.select(frame.columns)]).sort(SOURCE_ROW, maintain_order=True)


def completed(
    entity: str,
    rows: pl.DataFrame | None,
    frames: Sequence[pl.DataFrame],
    unlanded: Sequence[pl.DataFrame],
    adds: bool,
) -> pl.DataFrame:
    """The rows with their blanks filled from the first of `frames` that has a value for the key.

    A key that only `frames` have makes a row of its own where it `adds` such, unless the key's row is one
    that cannot be landed.
    """
    key = list(ENTITIES[entity].key)
    content = [name for name in ENTITIES[entity].columns if name not in key]
    more = (
        pl.concat(frames)
        .sort(SOURCE_ROW, maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(*(pl.col(name).drop_nulls().first() for name in content), pl.col(SOURCE_ROW).first())
        .select(frames[0].columns)
    )
    known = pl.DataFrame(schema=more.schema) if rows is None else rows
    filled = known.join(
        more, on=key, how="left", nulls_equal=True, maintain_order="left", suffix=".more"
    ).with_columns(pl.coalesce(name, f"{name}.more").alias(name) for name in content)
    alone = more.join(known.select(key), on=key, how="anti", nulls_equal=True, maintain_order="left")
    for missed in unlanded if adds else ():
        if on := [name for name in key if name in missed.columns]:
            alone = alone.join(missed, on=on, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([filled.select(known.columns), alone if adds else alone.clear()]).sort(
        SOURCE_ROW, maintain_order=True
    )
