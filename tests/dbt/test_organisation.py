"""Who reports to whom, then and now: hierarchies of any depth, and cycles of managers that are broken."""

import pytest

from tests.dbt.literal_rows import NEWEST, changes, deal, row


def person(owner_id, *managers):
    """Rows of a person: (valid_from, manager), and where given whether the person is active."""
    return [
        row("owners", owner_id=owner_id, valid_from=day, owner_name=owner_id.title(), manager_id=manager,
            is_active=flags[0] if flags else True)
        for day, manager, *flags in managers
    ]  # fmt: skip


def ancestors(core, owner_id):
    """Everyone above a person, from the nearest: (ancestor, depth, valid_from, valid_to)."""
    return core(
        "select ancestor_id, depth, valid_from::text, valid_to::text from core.dim_owner_hierarchy"
        f" where owner_id = '{owner_id}' and depth > 0 order by valid_from, depth"
    )


def left_out(core, *people):
    """Managers that the hierarchy leaves out: (owner, manager, people, valid_from, valid_to)."""
    return core(
        "select owner_id, manager_id, cycle_of_managers, valid_from::text, valid_to::text"
        f" from intermediate.int_manager_cycles where owner_id in {people} order by valid_from"
    )


@pytest.mark.lake(
    person("depth_e", ("2025-01-01", "depth_d")),
    person("depth_d", ("2025-01-01", "depth_c")),
    person("depth_c", ("2025-01-01", "depth_b")),
    person("depth_b", (None, "depth_a")),
    person("depth_a", ("2025-01-01", None)),
)
def test_a_person_has_everyone_above_as_ancestors_at_any_depth(core):
    assert ancestors(core, "depth_e") == [
        ("depth_d", 1, "2025-01-01", None),
        ("depth_c", 2, "2025-01-01", None),
        ("depth_b", 3, "2025-01-01", None),
        ("depth_a", 4, "2025-01-01", None),
    ]
    assert ancestors(core, "depth_b") == [("depth_a", 1, "1900-01-01", None)]
    assert core("select * from core.dim_owner_hierarchy where owner_id = 'depth_a'") == core(
        "select 'depth_a', 'depth_a', 0, date '1900-01-01', null::date, true"
    )


@pytest.mark.lake(
    person("moved_seller", ("2025-01-01", "moved_north"), ("2025-06-01", "moved_south")),
    person("moved_north", ("2025-01-01", "moved_head")),
    person("moved_south", ("2025-01-01", "moved_head"), ("2025-09-01", "moved_north")),
    person("moved_head", ("2025-01-01", None)),
)
def test_a_change_of_manager_moves_the_whole_subtree_from_its_day_on(core):
    assert ancestors(core, "moved_seller") == [
        ("moved_north", 1, "2025-01-01", "2025-06-01"),
        ("moved_head", 2, "2025-01-01", "2025-09-01"),  # by either manager: one interval
        ("moved_south", 1, "2025-06-01", None),
        ("moved_north", 2, "2025-09-01", None),
        ("moved_head", 3, "2025-09-01", None),
    ]
    assert core(
        "select ancestor_id from core.dim_owner_hierarchy"
        " where owner_id = 'moved_seller' and is_current order by depth"
    ) == [("moved_seller",), ("moved_south",), ("moved_north",), ("moved_head",)]


@pytest.mark.lake(
    person("loose", ("2025-01-01", "loose_head"), ("2025-03-01", None), ("2025-05-01", "loose_head")),
    person("loose_head", ("2025-01-01", None)),
)
def test_a_time_without_a_manager_is_a_gap(core):
    assert ancestors(core, "loose") == [
        ("loose_head", 1, "2025-01-01", "2025-03-01"),
        ("loose_head", 1, "2025-05-01", None),
    ]


@pytest.mark.lake(person("orphan", ("2025-01-01", "unlisted_head")))
def test_a_manager_whom_no_list_holds_is_an_ancestor_and_an_owner(core):
    assert ancestors(core, "orphan") == [("unlisted_head", 1, "2025-01-01", None)]
    assert core(
        "select owner_name, manager_id, is_active, is_current from core.dim_owners"
        " where owner_id = 'unlisted_head'"
    ) == [(None, None, None, True)]
    assert core("select depth from core.dim_owner_hierarchy where owner_id = 'unlisted_head'") == [(0,)]


@pytest.mark.lake(person("myself", ("2025-01-01", "myself")))
def test_who_manages_themselves_is_reported_and_has_no_manager(core):
    assert ancestors(core, "myself") == []
    assert left_out(core, "myself", "") == [("myself", "myself", "myself > myself", "2025-01-01", None)]
    assert core(
        "select manager_id, is_manager_left_out, cycle_of_managers from core.dim_owners"
        " where owner_id = 'myself'"
    ) == [("myself", True, "myself > myself")]


@pytest.mark.lake(
    person("two_old", ("2025-01-01", "two_new")),
    person("two_new", ("2025-01-01", None), ("2025-04-01", "two_old"), ("2025-08-01", "two_head")),
    person("two_below", ("2025-01-01", "two_new")),
)
def test_of_a_cycle_of_two_the_relation_that_began_last_is_left_out_while_it_lasts(core):
    assert left_out(core, "two_old", "two_new") == [
        ("two_new", "two_old", "two_new > two_old > two_new", "2025-04-01", "2025-08-01")
    ]
    assert ancestors(core, "two_old") == [
        ("two_new", 1, "2025-01-01", None),
        ("two_head", 2, "2025-08-01", None),
    ]
    assert ancestors(core, "two_new") == [("two_head", 1, "2025-08-01", None)]
    assert ancestors(core, "two_below") == [
        ("two_new", 1, "2025-01-01", None),
        ("two_head", 2, "2025-08-01", None),
    ]
    assert core(
        "select valid_from::text, is_manager_left_out from core.dim_owners"
        " where owner_id = 'two_new' order by valid_from"
    ) == [("2025-01-01", False), ("2025-04-01", True), ("2025-08-01", False)]


@pytest.mark.lake(
    person("three_a", (None, "three_b")),
    person("three_b", (None, "three_c"), ("2025-07-01", None)),
    person("three_c", (None, "three_a")),
)
def test_of_a_cycle_of_three_from_one_day_that_of_the_smallest_id_is_left_out(core):
    assert left_out(core, "three_a", "three_b", "three_c") == [
        ("three_a", "three_b", "three_a > three_b > three_c > three_a", "1900-01-01", "2025-07-01")
    ]
    assert ancestors(core, "three_a") == [("three_b", 1, "2025-07-01", None)]
    assert ancestors(core, "three_b") == [
        ("three_c", 1, "1900-01-01", "2025-07-01"),
        ("three_a", 2, "1900-01-01", "2025-07-01"),
    ]
    assert ancestors(core, "three_c") == [
        ("three_a", 1, "1900-01-01", None),
        ("three_b", 2, "2025-07-01", None),
    ]


def split(deal_id, owner_id, share, **values):
    """A row of a deal's split, by default in the first extract."""
    return row("deal_splits", deal_id=deal_id, owner_id=owner_id, share=share,
               **{"extract_date": "2026-01-31", **values})  # fmt: skip


def shares(core, deal_id):
    """Who shares a deal: (owner, share, is normalised, valid_from, valid_to)."""
    return core(
        "select owner_id, share::text, is_normalised, valid_from::text, valid_to::text"
        f" from core.fct_deal_splits where deal_id = '{deal_id}' order by valid_from, owner_id"
    )


@pytest.mark.lake(
    deal("split_handed", owner_id="ben"),
    changes("split_handed", "owner_id", ("2026-01-05 09:00", "anna"), ("2026-02-01 09:00", "ben", "anna")),
    deal("split_nobody", owner_id=None),
)
def test_a_deal_without_splits_is_wholly_its_owners_over_time(core):
    assert shares(core, "split_handed") == [
        ("anna", "1.000000", False, "2026-01-05", "2026-02-01"),
        ("ben", "1.000000", False, "2026-02-01", None),
    ]
    assert shares(core, "split_nobody") == [("(none)", "1.000000", False, "2026-01-05", None)]


@pytest.mark.lake(
    deal("split_whole"),
    split("split_whole", "anna", 0.7),
    split("split_whole", "split_partner", 0.3),
    split("split_whole", "ben", 0.0),
)
def test_recorded_splits_hold_from_the_beginning_of_a_deal_that_no_earlier_extract_shows(core):
    assert shares(core, "split_whole") == [
        ("anna", "0.700000", False, "2026-01-05", None),
        ("split_partner", "0.300000", False, "2026-01-05", None),
    ]
    assert core("select is_active from core.dim_owners where owner_id = 'split_partner'") == [(None,)]


@pytest.mark.lake(
    deal("split_less"),
    split("split_less", "anna", 0.6),
    split("split_less", "ben", 0.3),
    deal("split_thirds"),
    *[split("split_thirds", owner, 0.3333) for owner in ("anna", "ben", "carl")],
    deal("split_percent"),
    split("split_percent", "anna", 100.0),
    deal("split_none"),
    split("split_none", "ben", -0.5),
    split("split_none", "carl", None),
    split("split_none", "anna", 123456.0),
)
def test_splits_that_do_not_add_to_one_keep_their_proportions_and_are_flagged(core):
    assert shares(core, "split_less") == [
        ("anna", "0.666667", True, "2026-01-05", None),
        ("ben", "0.333333", True, "2026-01-05", None),
    ]
    assert shares(core, "split_thirds") == [  # four digits of a third are rounding
        ("anna", "0.333334", False, "2026-01-05", None),
        ("ben", "0.333333", False, "2026-01-05", None),
        ("carl", "0.333333", False, "2026-01-05", None),
    ]
    assert shares(core, "split_percent") == [("anna", "1.000000", True, "2026-01-05", None)]
    assert shares(core, "split_none") == [("anna", "1.000000", False, "2026-01-05", None)]
    assert core(
        "select deal_id, recorded_share::text from core.fct_deal_splits"
        " where is_normalised and deal_id like 'split_%' order by 1, 2"
    ) == [("split_less", "0.300000"), ("split_less", "0.600000"), ("split_percent", "100.000000")]


@pytest.mark.lake(
    deal("split_later", owner_id="ben"),
    changes("split_later", "owner_id", ("2026-01-05 09:00", "anna"), ("2026-02-20 09:00", "ben", "anna")),
    split("split_later", "anna", 0.5, extract_date="2026-02-14"),
    split("split_later", "carl", 0.5, extract_date="2026-02-14"),
    split("split_later", "anna", None, extract_date="2026-02-28", is_tombstone=True),
    split("split_later", "carl", None, extract_date="2026-02-28", is_tombstone=True),
    split("split_later", "carl", 1.0, extract_date=NEWEST),
)
def test_splits_that_a_later_extract_shows_hold_from_its_day_until_they_are_gone(core):
    assert shares(core, "split_later") == [
        ("anna", "1.000000", False, "2026-01-05", "2026-02-14"),
        ("anna", "0.500000", False, "2026-02-14", "2026-02-20"),
        ("carl", "0.500000", False, "2026-02-14", "2026-02-20"),
        ("anna", "0.500000", False, "2026-02-20", "2026-02-28"),
        ("carl", "0.500000", False, "2026-02-20", "2026-02-28"),
        ("ben", "1.000000", False, "2026-02-28", None),
    ]


@pytest.mark.lake(
    deal("split_deleted", is_deleted=True, deleted_at="2026-02-10 09:00"),
    split("split_deleted", "anna", 0.5),
    split("split_deleted", "ben", 0.5),
)
def test_a_deleted_deal_is_shared_until_it_left(core):
    assert shares(core, "split_deleted") == [
        ("anna", "0.500000", False, "2026-01-05", "2026-02-10"),
        ("ben", "0.500000", False, "2026-01-05", "2026-02-10"),
    ]


def people(core, owner_id, columns):
    """Columns of the intervals of a person, in order."""
    return core(f"select {columns} from core.dim_owners where owner_id = '{owner_id}' order by valid_from")


@pytest.mark.lake(
    person("left_dated", ("2025-03-01", "anna"), ("2026-02-01", "anna", False)),
    person("left_twice", ("2025-03-01", None), ("2025-06-01", None, False), ("2025-09-01", None)),
    deal("left_behind", owner_id="left_dated"),
    deal("left_behind_lost", owner_id="left_dated", stage="Lost", close_date="2026-02-01"),
    deal("left_nobody_knows", owner_id="left_unlisted"),
)
def test_joiners_and_leavers_have_their_days_and_leavers_the_deals_that_they_left_behind(core):
    columns = "is_active, joined_date::text, left_date::text, open_deals"
    assert people(core, "left_dated", columns) == [
        (True, "2025-03-01", "2026-02-01", None),
        (False, "2025-03-01", "2026-02-01", 1),
    ]
    assert people(core, "left_twice", columns)[-1] == (True, "2025-03-01", None, 0)
    assert people(core, "left_unlisted", columns) == [(None, None, None, 1)]


@pytest.mark.lake(
    row("owners", owner_id="nightly", manager_id="anna", team="North", extract_date="2026-01-31"),
    row("owners", owner_id="nightly", manager_id="ben", team="South", extract_date="2026-02-14"),
    row("owners", owner_id="nightly", is_tombstone=True, extract_date="2026-02-28"),
    row("owners", owner_id="nightly_new", manager_id="nightly", extract_date="2026-02-14"),
    row("owners", owner_id="nightly_new", manager_id="anna", extract_date=NEWEST),
)
def test_where_the_crm_keeps_no_days_nightly_extracts_tell_what_was(core):
    assert people(core, "nightly", "valid_from::text, manager_id, team, is_active") == [
        ("1900-01-01", "anna", "North", True),
        ("2026-02-14", "ben", "South", True),
        ("2026-02-28", "ben", "South", False),
    ]
    assert people(core, "nightly", "joined_date, left_date::text")[-1] == (None, "2026-02-28")
    assert people(core, "nightly_new", "joined_date::text, manager_id") == [("2026-02-14", "nightly")]
    assert ancestors(core, "nightly_new") == [
        ("nightly", 1, "1900-01-01", None),
        ("anna", 2, "1900-01-01", "2026-02-14"),
        ("ben", 2, "2026-02-14", None),
    ]


@pytest.mark.lake(
    row("owners", owner_id="mended", valid_from="2025-01-01", team="North", extract_date="2026-01-31"),
    row("owners", owner_id="mended", valid_from="2025-05-01", team="West", extract_date="2026-01-31"),
    row("owners", owner_id="mended", valid_from="2025-05-01", is_tombstone=True, extract_date="2026-02-14"),
    row("owners", owner_id="mended", valid_from="2025-06-01", team="South", extract_date="2026-02-14"),
    row("owners", owner_id="vanished", valid_from="2025-01-01", team="East", extract_date="2026-01-31"),
    row("owners", owner_id="vanished", valid_from="2025-01-01", is_tombstone=True, extract_date="2026-02-14"),
    row("owners", owner_id="both", valid_from="2025-01-01", manager_id="anna"),
    row("owners", owner_id="both", team="Anywhere", extract_date="2026-01-31"),
    row("owners", owner_id="both", team="Elsewhere", extract_date="2026-02-14"),
)
def test_days_that_the_crm_gives_are_those_of_its_newest_extract(core):
    columns = "valid_from::text, team, is_active"
    assert people(core, "mended", columns) == [("2025-01-01", "North", True), ("2025-06-01", "South", True)]
    assert people(core, "vanished", columns) == [("2025-01-01", "East", True), ("2026-02-14", "East", False)]
    assert people(core, "both", "valid_from::text, team, manager_id") == [
        ("1900-01-01", "Elsewhere", None),
        ("2025-01-01", None, "anna"),
    ]
