"""HubSpot's objects beside deals, as its API answers."""

from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables
from orchestration.simulation.forms.hubspot.carrying import latest_owners
from orchestration.simulation.forms.hubspot.ids import user_ids

MOMENT: Final = "%Y-%m-%dT%H:%M:%S%.3fZ"
PIPELINE_IDS: Final = ("default", "75211340")
FIRST_STAGE: Final = 150_290_100
DEFAULT_STAGES: Final = {"Closed Won": "closedwon", "Closed Lost": "closedlost"}  # of the default pipeline


def answer(objects: pl.DataFrame) -> str:
    """The objects as the pages of an answer, put together."""
    return f'{{"results":{objects.write_json()}}}'


def properties(**columns: pl.Expr | str) -> pl.Expr:
    """An object's properties: texts, whatever they hold."""
    return pl.struct((pl.col(of) if isinstance(of, str) else of).alias(name) for name, of in columns.items())


def moment(column: str) -> pl.Expr:
    """Moments as the API writes them."""
    return pl.col(column).dt.strftime(MOMENT)


def stage_ids(tables: Tables) -> pl.DataFrame:
    """The stages with the ids of their pipelines and their own."""
    stages = tables["stages"]
    names = stages["pipeline"].unique(maintain_order=True)
    ids = dict(zip(names, PIPELINE_IDS, strict=True))
    own = (FIRST_STAGE + pl.int_range(pl.len())).cast(pl.String)
    default = pl.col("stage").replace_strict(DEFAULT_STAGES, default=None, return_dtype=pl.String)
    is_default = pl.col("pipeline") == names[0]
    return stages.with_columns(
        pipeline_id=pl.col("pipeline").replace_strict(ids),
        stage_id=pl.coalesce(pl.when(is_default).then(default), own),
    )


def pipelines(tables: Tables) -> pl.DataFrame:
    """The pipelines, each with the list of its stages."""
    stage = pl.struct(
        label="stage",
        displayOrder="stage_order",
        metadata=pl.struct(
            isClosed=pl.col("is_closed").cast(pl.String), probability=pl.col("probability").cast(pl.String)
        ),
        id="stage_id",
        archived=pl.lit(False),
    )
    return (
        stage_ids(tables)
        .group_by("pipeline_id", "pipeline", maintain_order=True)
        .agg(stages=stage)
        .select(
            label="pipeline",
            displayOrder=pl.int_range(pl.len()),
            id="pipeline_id",
            stages="stages",
            archived=pl.lit(False),
        )
    )


def owners(tables: Tables) -> pl.DataFrame:
    """The owners as they are now; those who left are archived."""
    names = pl.col("owner_name").str.splitn(" ", 2)
    team = pl.struct(id=pl.col("team").rank("dense").cast(pl.String), name="team", primary=pl.lit(True))
    return latest_owners(tables["owners"]).select(
        id="owner_id",
        email="email",
        type=pl.lit("PERSON"),
        firstName=names.struct[0],
        lastName=names.struct[1],
        userIdIncludingInactive=user_ids(pl.col("owner_id")),
        userId=pl.when("is_active").then(user_ids(pl.col("owner_id"))),
        archived=~pl.col("is_active"),
        teams=pl.when(pl.col("team").is_not_null()).then(pl.concat_list(team)).otherwise([]),
    )


def companies(tables: Tables) -> pl.DataFrame:
    """The accounts."""
    return tables["accounts"].select(
        id="account_id",
        properties=properties(
            createdate=moment("created_at"),
            name="account_name",
            industry="industry",
            country="country",
            hs_parent_company_id="parent_account_id",
            hs_object_id="account_id",
        ),
        archived=pl.lit(False),
    )


def contacts(tables: Tables) -> pl.DataFrame:
    """The leads: contacts with the times at which they came into the stages of their life."""
    stage = (
        pl.when(pl.col("converted_at").is_not_null())
        .then(pl.lit("opportunity"))
        .when(pl.col("qualified_at").is_not_null())
        .then(pl.lit("salesqualifiedlead"))
        .otherwise(pl.lit("lead"))
    )
    return tables["leads"].select(
        id="lead_id",
        properties=properties(
            createdate=moment("created_at"),
            lifecyclestage=stage,
            hs_v2_date_entered_lead=moment("created_at"),
            hs_v2_date_entered_salesqualifiedlead=moment("qualified_at"),
            hs_v2_date_entered_opportunity=moment("converted_at"),
            hs_lead_status="status",
            lead_source="source",
            hubspot_owner_id="owner_id",
            associatedcompanyid="account_id",
            hs_object_id="lead_id",
        ),
        archived=pl.lit(False),
    )
