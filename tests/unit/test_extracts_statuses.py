"""Changes of a status become changes of stage, also where a deal moves while it is closed."""

from datetime import datetime

import polars as pl
import pytest

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.landings import SOURCE_ROW
from orchestration.extracts.statuses import with_closing_stages

SCHEMA = {**ENTITIES["deal_changes"].columns, SOURCE_ROW: pl.Int64}


def changes(*rows):
    """Changes of deal D, each as (hour, field, old value, new value), in the file's order."""
    return pl.DataFrame(
        [
            {
                "deal_id": "D", "field": field, "changed_at": datetime(2026, 3, 1, hour), "old_value": old,
                "new_value": new, "changed_by": None, SOURCE_ROW: row,
            }
            for row, (hour, field, old, new) in enumerate(rows)
        ],
        schema=SCHEMA,
    )  # fmt: skip


def stages(*rows):
    found = with_closing_stages(changes(*rows)).sort("changed_at", SOURCE_ROW)
    return found.filter(field="stage").select(pl.col("changed_at").dt.hour(), "old_value", "new_value").rows()


def test_a_deal_that_is_closed_without_a_move_is_known_to_come_from_its_first_stage():
    assert stages((1, "stage", None, "Talk"), (5, "status", None, "Lost")) == [
        (1, None, "Talk"),
        (5, "Talk", "Lost"),
    ]


def test_a_reopened_deal_is_in_the_stage_before_the_first_move_that_follows():
    rows = [(5, "status", None, "Lost"), (7, "status", None, "open"), (9, "stage", "Talk", "Offer")]
    assert stages(*rows) == [(5, "Talk", "Lost"), (7, "Lost", "Talk"), (9, "Talk", "Offer")]


def test_a_move_of_a_closed_deal_shows_once_it_is_open_again():
    rows = [
        (1, "stage", None, "Talk"),
        (5, "status", None, "Lost"),
        (6, "stage", "Talk", "Offer"),
        (7, "status", None, "open"),
    ]
    assert stages(*rows) == [(1, None, "Talk"), (5, "Talk", "Lost"), (7, "Lost", "Offer")]


def test_a_deal_moved_and_won_at_one_moment_is_won_whichever_row_comes_first():
    moved, won = (5, "stage", "Talk", "Offer"), (5, "status", None, "Won")
    for rows in ((moved, won), (won, moved)):
        assert stages(*rows) == [(5, "Talk", "Offer"), (5, "Offer", "Won")]


def test_a_deal_that_nothing_says_the_stage_of_comes_back_to_none():
    assert stages((5, "status", None, "Lost"), (7, "status", None, "open")) == [(5, None, "Lost")]


def test_deals_do_not_lend_each_other_their_stages():
    other = changes((1, "stage", None, "Talk")).with_columns(deal_id=pl.lit("C"))
    found = with_closing_stages(pl.concat([other, changes((5, "status", None, "open"))]))
    assert found.select("deal_id", "new_value").rows() == [("C", "Talk")]


@pytest.mark.parametrize("field", ["amount", "owner_id", "stage"])
def test_without_a_status_nothing_changes(field):
    frame = changes((1, field, None, "x"), (2, field, "x", "y"))
    assert with_closing_stages(frame).equals(frame)
