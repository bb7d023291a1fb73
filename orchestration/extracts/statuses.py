"""Changes of stage from those of stage and status, for CRMs in which won and lost are no stages."""

from typing import Final

import polars as pl

from orchestration.extracts.landings import SOURCE_ROW

STATUS: Final = "status"  # field of a change whose value is the closing stage, or OPEN
OPEN: Final = "open"


def with_closing_stages(changes: pl.DataFrame) -> pl.DataFrame:
    """The changes with those of the status as changes of the stage, to a closing one and back to an open one.

    A deal that is opened again is in the stage that it last came to, also if that was while it was closed,
    when it shows as no stage. Of changes at one moment those of the stage count first. Where nothing says
    which stage a deal came back to, the change is left out.
    """
    is_status = pl.col("field") == STATUS
    if not changes.filter(is_status).height:
        return changes
    followed = changes.filter(pl.col("field").is_in(["stage", STATUS]))
    others = changes.filter(~pl.col("field").is_in(["stage", STATUS]))
    in_time = followed.sort("deal_id", "changed_at", is_status, SOURCE_ROW, maintain_order=True)
    stage_after = pl.when(~is_status).then("new_value").forward_fill().over("deal_id")
    stage_before = pl.when(~is_status).then("old_value").backward_fill().over("deal_id")
    in_time = in_time.with_columns(
        pl.coalesce(stage_after, stage_before).alias("_stage"),
        pl.when(is_status).then("new_value").forward_fill().over("deal_id").alias("_status"),
        pl.col(SOURCE_ROW).sort().over("deal_id", "changed_at"),
    ).with_columns((pl.col("_status").fill_null(OPEN) == OPEN).alias("_is_open"))
    in_time = in_time.with_columns(
        pl.when("_is_open").then("_stage").otherwise("_status").alias("_shown"),
    ).filter(is_status | pl.col("_is_open"))
    known = in_time.filter(pl.col("_shown").is_not_null())
    at_creation = pl.when(pl.col("_status") != OPEN).then("_stage")
    shown_before = pl.col("_shown").shift().over("deal_id").fill_null(at_creation)
    known = known.with_columns(
        pl.when(is_status).then(shown_before).otherwise("old_value").alias("old_value"),
        pl.col("_shown").alias("new_value"),
        pl.lit("stage").alias("field"),
    )
    return pl.concat([others, known.select(changes.columns)]).sort(SOURCE_ROW, maintain_order=True)
