"""Deals that leave without being won or lost: deleted, absent, merged."""

import pytest

from tests.dbt.core_queries import deals
from tests.dbt.literal_rows import NEWEST, changes, deal, tombstone


def last_version(core, deal_id):
    return core(
        "select valid_to::text from core.fct_deal_versions"
        f" where deal_id = '{deal_id}' order by valid_from desc limit 1"
    )


@pytest.mark.lake(
    deal("deleted", is_deleted=True, deleted_at="2026-02-10 09:00"),
    changes("deleted", "stage", ("2026-01-05 09:00", "Qualify")),
)
def test_a_deleted_deal_leaves_on_the_day_it_was_deleted_and_stays_in_the_past(core):
    assert deals(core, "deleted", "is_deleted, is_closed, removed_date::text, stage") == (
        True,
        False,
        "2026-02-10",
        "Qualify",
    )
    assert last_version(core, "deleted") == [("2026-02-10",)]
    assert core(
        "select exit_kind, exited_date::text from core.fct_deal_stages where deal_id = 'deleted'"
    ) == [("deleted", "2026-02-10")]
    assert core("select max(snapshot_date)::text from core.fct_deal_snapshots where deal_id = 'deleted'") == [
        ("2026-02-09",)
    ]


@pytest.mark.lake(
    deal("absent", extract_date="2026-01-31"),
    tombstone("absent", "2026-02-14"),
    deal("back", extract_date="2026-01-31"),
    tombstone("back", "2026-02-14"),
    deal("back", extract_date="2026-02-28"),
)
def test_a_deal_absent_from_a_full_extract_leaves_unless_it_comes_back(core):
    assert deals(core, "absent", "is_deleted, removed_date::text") == (True, "2026-02-14")
    assert deals(core, "back", "is_deleted, removed_date") == (False, None)
    assert last_version(core, "back") == [(None,)]


@pytest.mark.lake(
    deal("undeleted", extract_date="2026-01-31", is_deleted=True, deleted_at="2026-01-20 09:00"),
    deal("undeleted", extract_date="2026-02-14", is_deleted=False),
    deal("deletedlater", extract_date="2026-02-28"),
    tombstone("deletedlater", NEWEST),
)
def test_a_deal_that_was_undeleted_or_is_deleted_later_has_not_left(core):
    assert deals(core, "undeleted", "is_deleted, removed_date") == (False, None)
    assert deals(core, "deletedlater", "is_deleted, removed_date") == (False, None)


@pytest.mark.lake(
    deal("chain_a", merged_into_deal_id="chain_b", merged_at="2026-02-01 09:00"),
    deal("chain_b", merged_into_deal_id="chain_c", merged_at="2026-02-10 09:00"),
    deal("chain_c"),
)
def test_a_merged_deal_leaves_at_once_and_names_the_end_of_the_chain(core):
    assert deals(core, "chain_a", "is_merged, merged_into_deal_id, removed_date::text") == (
        True,
        "chain_c",
        "2026-02-01",
    )
    assert deals(core, "chain_b", "is_merged, merged_into_deal_id, is_deleted") == (True, "chain_c", False)
    assert deals(core, "chain_c", "is_merged, merged_into_deal_id") == (False, None)
    assert core("select exit_kind from core.fct_deal_stages where deal_id = 'chain_a'") == [("merged",)]


@pytest.mark.lake(
    deal("circle_a", merged_into_deal_id="circle_b", merged_at="2026-02-01 09:00"),
    deal("circle_b", merged_into_deal_id="circle_a", merged_at="2026-02-01 09:00"),
    deal("self", merged_into_deal_id="self"),
)
def test_mergers_in_a_circle_end(core):
    assert deals(core, "circle_a", "is_merged, merged_into_deal_id") == (True, "circle_b")
    assert deals(core, "self", "is_merged") == (False,)


@pytest.mark.lake(
    deal("flash", created_at="2026-02-05 09:00", is_deleted=True, deleted_at="2026-02-05 10:00"),
)
def test_a_deal_created_and_deleted_on_one_day_is_counted_but_never_was_open_at_a_days_end(core):
    assert deals(core, "flash", "is_deleted, stage, removed_date::text") == (True, "Qualify", "2026-02-05")
    assert core("select count(*) from core.fct_deal_versions where deal_id = 'flash'") == [(0,)]
