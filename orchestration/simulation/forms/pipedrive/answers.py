"""The answers of Pipedrive's API, as files: lists under `data`."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Files, Tables
from orchestration.simulation.forms.pipedrive.records import (
    FIELD_KEYS,
    REGION_KEY,
    STATUSES,
    followed,
    is_move,
    is_removed,
    last_open_stages,
    newest,
    open_leads,
)

TIME: Final = "%Y-%m-%d %H:%M:%S"
ARCHIVED_EVERY: Final = 10  # of closed deals; being archived is no end of a deal


def files(tables: Tables) -> Files:
    """The API's answers, each with its `data`, and canonical rates, quotas, calls and splits beside them."""
    stages = _stages(tables)
    return {
        "deals.json": _answer(_deals(tables, stages)),
        "flow.json": _answer(_flow(tables, stages)),
        "pipelines.json": _answer(_pipelines(stages)),
        "stages.json": _answer(stages.drop("pipeline")),
        "users.json": _answer(_users(tables["owners"])),
        "roles.json": _answer(_roles(tables["owners"])),
        "organizations.json": _answer(_organizations(tables["accounts"])),
        "leads.json": _answer(_leads(tables["leads"])),
        "exchange_rates.csv": tables["exchange_rates"],
        "quotas.csv": tables["quotas"],
        "forecast_calls.csv": tables["forecast_calls"],
        "deal_splits.csv": tables["deal_splits"],
    }


def _answer(data: pl.DataFrame) -> str:
    """A list as the API answers it."""
    return f'{{"success":true,"data":{data.write_json()},"additional_data":{{"next_cursor":null}}}}'


def _time(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime(TIME).alias(column)


def _stages(tables: Tables) -> pl.DataFrame:
    """The open stages as the API lists them, beside their pipeline's name."""
    pipelines = tables["stages"]["pipeline"].unique(maintain_order=True)
    pipeline_id = pl.col("pipeline").replace_strict(
        pipelines, range(1, len(pipelines) + 1), return_dtype=pl.Int64
    )
    return (
        tables["stages"]
        .filter(~pl.col("is_closed"))
        .with_row_index("id", offset=1)
        .select(
            "id",
            pl.col("stage_order").alias("order_nr"),
            pl.col("stage").alias("name"),
            pl.lit(value=True).alias("active_flag"),
            (pl.col("probability") * 100).round().cast(pl.Int64).alias("deal_probability"),
            pipeline_id.alias("pipeline_id"),
            pl.col("pipeline").alias("pipeline_name"),
            "pipeline",
        )
    )


def _pipelines(stages: pl.DataFrame) -> pl.DataFrame:
    return (
        stages.select("pipeline_id", "pipeline")
        .unique(maintain_order=True)
        .select(
            pl.col("pipeline_id").alias("id"),
            pl.col("pipeline").alias("name"),
            pl.col("pipeline").str.replace_all(" ", "-").alias("url_title"),
            pl.col("pipeline_id").alias("order_nr"),
            pl.lit(value=True).alias("active"),
        )
    )


def _ids(column: str, stages: pl.DataFrame, name: str, identifier: str) -> pl.Expr:
    """The numbers of names, others as they are."""
    known = stages.select(name, pl.col(identifier).cast(pl.String)).unique()
    return pl.col(column).replace(known[name], known[identifier])


def _deals(tables: Tables, stages: pl.DataFrame) -> pl.DataFrame:
    moves = (
        followed(tables)
        .filter(is_move())
        .group_by("deal_id")
        .agg(pl.col("changed_at").max().alias("moved_at"))
    )
    owners = newest(tables["owners"]).select("owner_id", pl.struct(
        pl.col("owner_id").cast(pl.Int64).alias("id"),
        pl.col("owner_name").alias("name"),
        "email",
        pl.col("owner_id").cast(pl.Int64).alias("value"),
    ).alias("user_id"))  # fmt: skip
    accounts = tables["accounts"].select("account_id", pl.struct(
        pl.col("account_name").alias("name"), pl.col("account_id").cast(pl.Int64).alias("value")
    ).alias("org_id"))  # fmt: skip
    deals = tables["deals"].with_row_index("row")
    for other, key in (
        (moves, "deal_id"),
        (last_open_stages(tables), "deal_id"),
        (owners, "owner_id"),
        (accounts, "account_id"),
    ):
        deals = deals.join(other, on=key, how="left", maintain_order="left")
    is_won, is_lost = pl.col("stage") == "Won", pl.col("stage") == "Lost"
    status = pl.when(is_removed()).then(pl.lit("deleted")).when(is_won).then(pl.lit("won"))
    return deals.select(
        pl.col("deal_id").cast(pl.Int64).alias("id"),
        "user_id",
        "org_id",
        pl.lit(None).alias("person_id"),
        _ids("last_open_stage", stages, "name", "id").cast(pl.Int64).alias("stage_id"),
        pl.col("deal_name").alias("title"),
        pl.col("amount").cast(pl.Float64).fill_null(0).alias("value"),  # 0 where none was given
        "currency",
        _time("created_at").alias("add_time"),
        _time("modified_at").alias("update_time"),
        _time("moved_at").alias("stage_change_time"),
        (~is_removed()).alias("active"),
        is_removed().alias("deleted"),
        ((is_won | is_lost) & (pl.col("row") % ARCHIVED_EVERY == 0)).alias("is_archived"),
        status.when(is_lost).then(pl.lit("lost")).otherwise(pl.lit("open")).alias("status"),
        pl.lit(None).alias("probability"),
        pl.when(is_lost).then("loss_reason").alias("lost_reason"),
        _ids("pipeline", stages, "pipeline", "pipeline_id").cast(pl.Int64).alias("pipeline_id"),
        _time("closed_at").alias("close_time"),
        pl.when(is_won).then(_time("closed_at")).alias("won_time"),
        pl.when(is_lost).then(_time("closed_at")).alias("lost_time"),
        pl.col("close_date").cast(pl.String).alias("expected_close_date"),
        pl.lit("ManuallyCreated").alias("origin"),
        pl.col("region").alias(REGION_KEY),
    )


def _flow(tables: Tables, stages: pl.DataFrame) -> pl.DataFrame:
    """The changes of all deals, the newest first, as the API answers them for each."""
    changes = followed(tables)
    is_status = (pl.col("field") == "stage") & ~is_move()
    values = []
    for value in ("new_value", "old_value"):
        values.append(
            pl.when(is_status).then(pl.col(value).replace_strict(STATUSES, default="open"))
            .when(pl.col("field") == "stage").then(_ids(value, stages, "name", "id"))
            .when(pl.col("field") == "pipeline").then(_ids(value, stages, "pipeline", "pipeline_id"))
            .otherwise(pl.col(value))
            .alias(value)
        )  # fmt: skip
    key = (
        pl.when(is_status)
        .then(pl.lit("status"))
        .otherwise(pl.col("field").replace_strict(FIELD_KEYS, default=None))
    )
    change = pl.struct(
        "id",
        pl.col("deal_id").cast(pl.Int64).alias("item_id"),
        pl.col("changed_by").cast(pl.Int64).alias("user_id"),
        key.alias("field_key"),
        *values,
        _time("changed_at").alias("log_time"),
    )
    numbered = changes.with_row_index("id", offset=1)
    return numbered.select(
        pl.lit("dealChange").alias("object"), _time("changed_at").alias("timestamp"), change.alias("data")
    ).reverse()


def _roles(owners: pl.DataFrame) -> pl.DataFrame:
    teams = owners["team"].drop_nulls().unique().sort()
    return (
        teams.to_frame("name")
        .with_row_index("id", offset=1)
        .select("id", "name", pl.lit(None).alias("parent_role_id"), pl.lit("0").alias("assignment_count"))
    )


def _users(owners: pl.DataFrame) -> pl.DataFrame:
    roles = _roles(owners).select(pl.col("id").alias("role_id"), pl.col("name").alias("team"))
    return (
        newest(owners)
        .join(roles, on="team", how="left", maintain_order="left")
        .select(
            pl.col("owner_id").cast(pl.Int64).alias("id"),
            pl.col("owner_name").alias("name"),
            "email",
            "role_id",
            pl.col("is_active").alias("active_flag"),
            pl.lit("Europe/Berlin").alias("timezone_name"),
        )
    )


def _organizations(accounts: pl.DataFrame) -> pl.DataFrame:
    return accounts.select(
        pl.col("account_id").cast(pl.Int64).alias("id"),
        pl.col("account_name").alias("name"),
        pl.col("country").alias("country_code"),
        pl.lit(0).alias("people_count"),
        _time("created_at").alias("add_time"),
    )


def _leads(leads: pl.DataFrame) -> pl.DataFrame:
    return open_leads(leads).select(
        pl.col("lead_id").alias("id"),
        pl.format("Lead {}", pl.col("lead_id").str.slice(0, 8)).alias("title"),
        pl.col("owner_id").cast(pl.Int64),
        pl.col("source").alias("source_name"),
        (pl.col("status") == "Disqualified").alias("is_archived"),
        pl.lit(value=False).alias("was_seen"),
        pl.col("created_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("add_time"),
    )
