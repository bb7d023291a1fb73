"""core.fct_deal_stages: visits as the CRM recorded them."""

import pytest

from tests.dbt.core_queries import visits
from tests.dbt.literal_rows import changes, deal

VISIT = "stage, entered_date::text, exited_date::text, exit_kind, next_stage"


@pytest.mark.lake(
    deal("reentry", stage="Demo"),
    changes(
        "reentry",
        "stage",
        ("2026-01-05 09:00", "Qualify"),
        ("2026-01-10 09:00", "Demo"),
        ("2026-01-20 09:00", "Qualify"),
        ("2026-02-01 09:00", "Demo"),
    ),
)
def test_a_deal_that_comes_back_to_a_stage_visits_it_again(core):
    assert visits(core, "reentry", VISIT) == [
        ("Qualify", "2026-01-05", "2026-01-10", "advance", "Demo"),
        ("Demo", "2026-01-10", "2026-01-20", "back", "Qualify"),
        ("Qualify", "2026-01-20", "2026-02-01", "advance", "Demo"),
        ("Demo", "2026-02-01", None, "open", None),
    ]


@pytest.mark.lake(
    deal("skip", stage="Proposal"),
    changes("skip", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-01-10 09:00", "Proposal")),
)
def test_a_skipped_stage_gets_no_visit(core):
    assert [visit[0] for visit in visits(core, "skip", VISIT)] == ["Qualify", "Proposal"]


@pytest.mark.lake(
    deal("repeat", stage="Demo"),
    changes(
        "repeat",
        "stage",
        ("2026-01-05 09:00", "Qualify"),
        ("2026-01-08 09:00", "Qualify"),
        ("2026-01-10 09:00", "Demo"),
    ),
)
def test_records_that_repeat_the_stage_are_one_visit(core):
    assert visits(core, "repeat", VISIT)[0] == ("Qualify", "2026-01-05", "2026-01-10", "advance", "Demo")


@pytest.mark.lake(
    deal("sameday", stage="Won", close_date="2026-01-10"),
    changes(
        "sameday",
        "stage",
        ("2026-01-05 09:00", "Qualify"),
        ("2026-01-10 09:00", "Demo"),
        ("2026-01-10 10:00", "Proposal"),
        ("2026-01-10 11:00", "Won"),
    ),
)
def test_moves_and_a_close_on_one_day_keep_every_visit(core):
    assert visits(core, "sameday", VISIT) == [
        ("Qualify", "2026-01-05", "2026-01-10", "advance", "Demo"),
        ("Demo", "2026-01-10", "2026-01-10", "advance", "Proposal"),
        ("Proposal", "2026-01-10", "2026-01-10", "won", "Won"),
    ]
    assert core(
        "select valid_from::text, valid_to::text, stage, is_open from core.fct_deal_versions"
        " where deal_id = 'sameday' order by valid_from"
    ) == [("2026-01-05", "2026-01-10", "Qualify", True), ("2026-01-10", None, "Won", False)]


@pytest.mark.lake(
    deal("oneday", stage="Lost", created_at="2026-01-07 09:00", close_date="2026-01-07"),
    changes("oneday", "stage", ("2026-01-07 09:00", "Qualify"), ("2026-01-07 15:00", "Lost")),
)
def test_a_deal_created_and_closed_on_one_day_has_one_snapshot_of_its_close(core):
    assert visits(core, "oneday", VISIT) == [("Qualify", "2026-01-07", "2026-01-07", "lost", "Lost")]
    assert core(
        "select snapshot_date::text, is_open from core.fct_deal_snapshots where deal_id = 'oneday'"
    ) == [("2026-01-07", False)]
    assert core("select lifetime_days from core.fct_deals where deal_id = 'oneday'") == [(0,)]


@pytest.mark.lake(
    deal("minute", stage="Proposal"),
    changes(
        "minute",
        "stage",
        ("2026-01-05 09:00", "Qualify"),
        ("2026-01-10 00:00", "Demo"),
        ("2026-01-10 00:00", "Proposal"),
    ),
)
def test_changes_of_one_moment_keep_the_order_of_their_file(core):
    assert [visit[0] for visit in visits(core, "minute", VISIT)] == ["Qualify", "Demo", "Proposal"]


@pytest.mark.lake(
    deal("reopened", stage="Won", close_date="2026-02-20"),
    changes(
        "reopened",
        "stage",
        ("2026-01-05 09:00", "Qualify"),
        ("2026-01-10 09:00", "Lost"),
        ("2026-01-20 09:00", "Qualify"),
        ("2026-02-20 09:00", "Won"),
    ),
)
def test_a_reopened_deal_starts_a_new_visit_and_counts_where_it_was_won(core):
    assert visits(core, "reopened", VISIT) == [
        ("Qualify", "2026-01-05", "2026-01-10", "lost", "Lost"),
        ("Qualify", "2026-01-20", "2026-02-20", "won", "Won"),
    ]
    assert core(
        "select is_won, reopened_count, closed_date::text, close_known_date::text, last_open_stage"
        " from core.fct_deals where deal_id = 'reopened'"
    ) == [(True, 1, "2026-02-20", "2026-02-20", "Qualify")]
    assert core(
        "select count(*) filter (where is_open), count(*) filter (where not is_open)"
        " from core.fct_deal_snapshots where deal_id = 'reopened'"
    ) == [(5 + 31, 2)]


@pytest.mark.lake(
    deal("moved", pipeline="renewals", stage="Offer"),
    changes("moved", "pipeline", ("2026-01-05 09:00", "sales"), ("2026-01-15 09:00", "renewals", "sales")),
    changes(
        "moved",
        "stage",
        ("2026-01-05 09:00", "Qualify"),
        ("2026-01-15 09:00", "Talk", "Qualify"),
        ("2026-01-20 09:00", "Offer"),
    ),
)
def test_a_move_to_another_pipeline_ends_the_visit_there(core):
    assert visits(core, "moved", VISIT) == [
        ("Qualify", "2026-01-05", "2026-01-15", "moved_pipeline", "Talk"),
        ("Talk", "2026-01-15", "2026-01-20", "advance", "Offer"),
        ("Offer", "2026-01-20", None, "open", None),
    ]
    assert core(
        "select segment_value, valid_from::text, valid_to::text from core.fct_deal_segments"
        " where deal_id = 'moved' and segment_name = 'pipeline' order by valid_from"
    ) == [("sales", "2026-01-05", "2026-01-15"), ("renewals", "2026-01-15", None)]


@pytest.mark.lake(
    deal("strange", stage="Handshake"),
    changes("strange", "stage", ("2026-01-05 09:00", "Handshake")),
)
def test_a_stage_that_nothing_maps_is_kept_and_shows_as_unmapped(core):
    assert visits(core, "strange", VISIT) == [("Handshake", "2026-01-05", None, "open", None)]
    assert core("select is_mapped, is_closed from core.dim_stages where stage = 'Handshake'") == [
        (False, False)
    ]


def test_only_pairs_of_pipeline_and_stage_that_exist_are_stages(core):
    assert core("select count(*) from core.dim_stages where pipeline = 'renewals' and stage = 'Qualify'") == [
        (0,)
    ]
