"""What is known of each stage: from a file of stages, from the mapping, and from the deals in it."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary

import polars as pl

from orchestration.extracts.entities import ENTITIES, TEXT
from orchestration.extracts.landings import DEFAULT_PIPELINE, SOURCE_ROW


def stage_rows(
    explicit: pl.DataFrame,
    literal: Sequence[Dictionary[str, object]],
    derived: pl.DataFrame,
    pipelines: Iterable[str],
    has_file: bool,
) -> pl.DataFrame:
    """Stages of every pipeline, setting by setting from the first layer that has one.

    The layers are the file of stages, the mapping's literal rows, and what deals show. A row without a
    pipeline stands for all. With a stage file only its stages count, else those of the other layers.
    """
    entity = ENTITIES["stages"]
    named = sorted({*pipelines, *explicit["pipeline"].drop_nulls()}) or [DEFAULT_PIPELINE]
    rows = (
        pl.DataFrame(list(literal), schema=entity.columns, orient="row")
        if literal
        else pl.DataFrame(schema=entity.columns)
    )
    rows = pl.concat([rows, derived.select(*entity.columns)])
    rows = rows.with_row_index(SOURCE_ROW).cast({SOURCE_ROW: pl.Int64}).select(*entity.columns, SOURCE_ROW)
    if has_file:
        rows = rows.filter(pl.col("stage").is_in(explicit["stage"].unique().implode()))
    every = pl.DataFrame({"pipeline": named}, schema={"pipeline": TEXT})
    layers = [explicit.filter(pl.col("pipeline").is_not_null())]
    for layer in (explicit.filter(pl.col("pipeline").is_null()), rows):
        spread = (
            layer.filter(pl.col("pipeline").is_null())
            .drop("pipeline")
            .join(every, how="cross", maintain_order="left_right")
        )
        layers += [layer.filter(pl.col("pipeline").is_not_null()), spread.select(explicit.columns)]
    if has_file:  # no other row adds a pipeline-and-stage pair to those of the file
        known = pl.concat(layers[:3]).select(*entity.key).unique()
        layers[3:] = [
            layer.join(known, on=entity.key, how="semi", maintain_order="left") for layer in layers[3:]
        ]
    content = [name for name in entity.columns if name not in entity.key]
    return (
        pl.concat(layers)
        .group_by(entity.key, maintain_order=True)
        .agg(*(pl.col(name).drop_nulls().first() for name in content), pl.col(SOURCE_ROW).first())
        .select(explicit.columns)
        .sort(SOURCE_ROW, "pipeline", "stage")
    )


def shown_by_deals(rows: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Each stage once, by name, with the value of each setting that most rows of it show.

    `rows` have the columns of stages, one for each deal. Of values as frequent the lowest counts;
    probabilities outside [0, 1] and stages of which nothing is known do not.
    """
    entity = ENTITIES["stages"]
    shown = pl.concat([pl.DataFrame(schema=entity.columns), *(each.select(*entity.columns) for each in rows)])
    shown = shown.with_columns(
        pl.when(pl.col("probability").is_between(0, 1)).then("probability").alias("probability")
    )
    settings = [name for name in entity.columns if name not in entity.key and shown[name].count()]
    stages = shown.select("stage").drop_nulls().unique().sort("stage")
    for name in settings:
        counts = shown.select("stage", name).drop_nulls().group_by("stage", name).len()
        most = counts.sort("stage", "len", name, descending=[False, True, False])
        most = most.unique("stage", keep="first", maintain_order=True).drop("len")
        stages = stages.join(most, on="stage", how="left", maintain_order="left")
    known = stages.filter(
        pl.any_horizontal(pl.col(name).is_not_null() for name in settings) if settings else False
    )
    return pl.concat([pl.DataFrame(schema=entity.columns), known], how="diagonal")
