"""Real stage history of a Salesforce organisation (preppin_salesforce w23), where the files are there."""

import polars as pl
import pytest

from tests.dbt.literal_rows import TIME_ZONE, Row, deal, row
from tests.refreshes import SHARED_DATA, needs_shared_data

FILES = SHARED_DATA / "preppin_salesforce"
STAGES = [
    ("Prospecting", 1, "lead"),
    ("Qualification", 2, "qualified"),
    ("Value Proposition", 3, "proposal"),
    ("Negotiation/Review", 4, "negotiation"),
    ("Closed Won", 5, "customer"),
    ("Closed Lost", 6, "lost"),
]
pytestmark = needs_shared_data


def opportunities() -> pl.DataFrame:
    return pl.read_csv(FILES / "w23_Opportunity.csv", infer_schema=False)


def w23_rows() -> list[Row]:
    """Opportunities, their history and stages as landing would hand them over; none without the files."""
    if not FILES.exists():
        return []
    history = pl.read_csv(FILES / "w23_OpportunityHistory.csv", infer_schema=False)
    return [
        *(
            row(
                "stages", source_name="w23", pipeline="w23", stage=stage, stage_order=order, process_step=step
            )
            for stage, order, step in STAGES
        ),
        *(
            deal(
                opportunity["Id"],
                source_name="w23",
                pipeline="w23",
                stage=opportunity["StageName"],
                amount=opportunity["Amount"],
                currency=None,
                owner_id=opportunity["OwnerId"],
                created_at=opportunity["CreatedDate"],
                modified_at=opportunity["LastModifiedDate"],
                close_date=opportunity["CloseDate"],
                is_closed=opportunity["IsClosed"] == "TRUE",
                is_won=opportunity["IsWon"] == "TRUE",
            )
            for opportunity in opportunities()
            .with_columns(
                utc("CreatedDate", "%d/%m/%Y"),
                utc("LastModifiedDate", "%d/%m/%Y %H:%M"),
                pl.col("CloseDate").str.to_date("%d/%m/%Y"),
            )
            .iter_rows(named=True)
        ),
        *(
            row(
                "deal_changes",
                source_name="w23",
                deal_id=change["OppID"],
                field="stage",
                changed_at=change["CreatedDate"],
                new_value=change["StageName"],
            )
            for change in history.with_columns(utc("CreatedDate", "%d/%m/%Y")).iter_rows(named=True)
        ),
    ]


def utc(column: str, format_: str) -> pl.Expr:
    local = pl.col(column).str.to_datetime(format_, time_unit="us").dt.replace_time_zone(TIME_ZONE)
    return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


@pytest.mark.lake.with_args(w23_rows)
def test_584_history_rows_of_219_deals_are_331_visits(core):
    assert core("select count(*) from raw.deal_changes where source_name = 'w23'") == [(584,)]
    assert core("select count(*) from core.fct_deals where source_name = 'w23'") == [(219,)]
    assert core("select count(*) from core.fct_deal_stages where pipeline = 'w23'") == [(331,)]


@pytest.mark.lake.with_args(w23_rows)
def test_deals_are_won_and_lost_as_their_stages_say(core):
    assert core(
        "select stage, count(*) from core.fct_deals where source_name = 'w23' and is_closed"
        " group by all order by 1"
    ) == [("Closed Lost", 57), ("Closed Won", 89)]


@pytest.mark.lake.with_args(w23_rows)
def test_flags_that_contradict_the_stage_are_counted(core):
    stage = pl.col("StageName")
    contradictory = opportunities().filter(
        (stage.str.starts_with("Closed") != (pl.col("IsClosed") == "TRUE"))
        | ((stage == "Closed Won") != (pl.col("IsWon") == "TRUE"))
    )
    assert core(
        "select count(*) from core.fct_deals where source_name = 'w23' and is_flag_contradictory"
    ) == [(len(contradictory),)]
    assert len(contradictory) > 100
