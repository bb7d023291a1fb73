"""The company as Pipedrive's API answers: deals, their flow, pipelines, stages, users, organizations, leads.

Won and Lost are statuses there: a closed deal keeps its last open stage, and its flow says open, won or lost.
"""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables
from orchestration.simulation.forms.pipedrive.answers import files
from orchestration.simulation.forms.pipedrive.limits import carried
from orchestration.simulation.forms.pipedrive.records import REGION_KEY

__all__ = ["DIMENSIONS", "carried", "files", "translated"]

DIMENSIONS: Final = {"region": REGION_KEY}
NUMBERED: Final = (
    "deal_id", "account_id", "owner_id", "manager_id", "parent_account_id", "changed_by",
    "merged_into_deal_id",
)  # fmt: skip
CLOSING: Final = {"Closed Won": "Won", "Closed Lost": "Lost"}


def translated(tables: Tables) -> Tables:
    """The tables with numbers as ids, but for leads, and with closed deals in the stages Won and Lost."""
    changed = {}
    for name, frame in tables.items():
        columns = [_number(pl.col(column)) for column in NUMBERED if column in frame.columns]
        if "lead_id" in frame.columns:
            columns.append(
                pl.format("{}-0000-4000-8000-000000000000", pl.col("lead_id").str.slice(1).str.zfill(8))
            )
        if "stage" in frame.columns:
            columns.append(pl.col("stage").replace(CLOSING))
        changed[name] = frame.with_columns(columns)
    is_owner, is_stage = pl.col("field") == "owner_id", pl.col("field") == "stage"
    changed["deal_changes"] = changed["deal_changes"].with_columns(
        pl.when(is_owner).then(_number(pl.col(value)))
        .when(is_stage).then(pl.col(value).replace(CLOSING))
        .otherwise(pl.col(value))
        .alias(value)
        for value in ("new_value", "old_value")
    )  # fmt: skip
    return changed


def _number(identifier: pl.Expr) -> pl.Expr:
    return (identifier.str.slice(1).cast(pl.Int64) + 1).cast(pl.String)
