"""Who reports to whom, then and now: hierarchies of any depth, and cycles of managers that are broken."""

import pytest

from tests.dbt.literal_rows import row


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
