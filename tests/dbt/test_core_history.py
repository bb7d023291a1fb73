"""Where history comes from: recorded changes, extracts that differ, or the record alone."""

import pytest

from tests.dbt.core_queries import deals, versions, visits
from tests.dbt.literal_rows import changes, deal, row

VISIT = "stage, entered_date::text, exit_kind, is_entry_assumed"


@pytest.mark.lake(deal("bare"))
def test_an_open_deal_without_history_was_in_its_stage_from_its_creation(core):
    assert visits(core, "bare", VISIT) == [("Qualify", "2026-01-05", "open", True)]
    assert deals(core, "bare", "is_history_assumed") == (True,)


@pytest.mark.lake(
    deal("diff", extract_date="2026-01-31", amount="100.00"),
    deal("diff", extract_date="2026-02-14", stage="Demo", amount="150.00", modified_at="2026-02-05 09:00"),
    deal(
        "diff", extract_date="2026-02-28", stage="Proposal", amount="150.00", modified_at="2026-01-02 09:00"
    ),
)
def test_extracts_that_differ_show_changes_at_the_modified_time_or_else_at_the_extract(core):
    assert visits(core, "diff", VISIT) == [
        ("Qualify", "2026-01-05", "advance", True),
        ("Demo", "2026-02-05", "advance", False),
        ("Proposal", "2026-02-28", "open", False),
    ]
    assert core(
        "select field, changed_date::text, old_value, new_value, provenance from core.fct_deal_changes"
        " where deal_id = 'diff' order by changed_at, field"
    ) == [
        ("amount", "2026-02-05", "100.00", "150.00", "extract_diff"),
        ("stage", "2026-02-05", "Qualify", "Demo", "extract_diff"),
        ("stage", "2026-02-28", "Demo", "Proposal", "extract_diff"),
    ]


@pytest.mark.lake(
    deal("explained", extract_date="2026-01-31"),
    deal("explained", extract_date="2026-02-14", stage="Demo", modified_at="2026-02-09 09:00"),
    changes("explained", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-02-03 09:00", "Demo", "Qualify")),
)
def test_a_difference_that_a_recorded_change_explains_adds_nothing(core):
    assert visits(core, "explained", VISIT) == [
        ("Qualify", "2026-01-05", "advance", False),
        ("Demo", "2026-02-03", "open", False),
    ]


@pytest.mark.lake(
    deal("untold", stage="Proposal", modified_at="2026-02-20 09:00"),
    changes("untold", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-01-20 09:00", "Demo", "Qualify")),
    deal("stale", stage="Proposal", modified_at="2026-01-10 09:00"),
    changes("stale", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-01-20 09:00", "Demo", "Qualify")),
)
def test_a_record_newer_than_its_history_adds_a_change_and_an_older_one_does_not(core):
    assert visits(core, "untold", VISIT)[-2:] == [
        ("Demo", "2026-01-20", "advance", False),
        ("Proposal", "2026-02-20", "open", False),
    ]
    assert visits(core, "stale", VISIT)[-1] == ("Demo", "2026-01-20", "open", False)
    assert deals(core, "stale", "stage") == ("Demo",)


@pytest.mark.lake(
    deal("filled", amount="500.00"),
    changes("filled", "amount", ("2026-02-01 09:00", "500.00", None)),
    deal("oldamount", amount="700.00"),
    changes("oldamount", "amount", ("2026-02-01 09:00", "700.00", "600.00")),
)
def test_a_field_that_was_empty_before_its_first_change_stays_so(core):
    assert versions(core, "filled", "valid_from::text, amount") == [("2026-01-05", None), ("2026-02-01", 500)]
    assert versions(core, "oldamount", "valid_from::text, amount") == [
        ("2026-01-05", 600),
        ("2026-02-01", 700),
    ]


PROVENANCES = "stage_provenance, amount_provenance, close_date_provenance, owner_provenance"


@pytest.mark.lake(
    deal("known", created_at="2026-02-10 09:00", extract_date="2026-02-14", close_date="2026-06-30"),
    deal("known", created_at="2026-02-10 09:00", extract_date="2026-02-28", owner_id="ben",
         close_date="2026-06-30", modified_at="2026-02-20 09:00"),
    changes("known", "stage", ("2026-02-10 09:00", "Qualify")),
    changes("known", "amount", ("2026-02-12 09:00", "1000.00", "500.00")),
)  # fmt: skip
def test_each_field_of_a_day_says_how_it_is_known(core):
    def on(day):
        return core(
            f"select {PROVENANCES} from core.fct_deal_snapshots"
            f" where deal_id = 'known' and snapshot_date = '{day}'"
        )[0]

    # recorded; undone from a later change; seen in an extract of a later day; the same
    assert on("2026-02-11") == ("observed", "reconstructed", "assumed", "assumed")
    assert on("2026-02-13") == ("observed", "observed", "assumed", "assumed")
    assert on("2026-02-14") == ("observed", "observed", "carried_forward", "carried_forward")
    assert on("2026-02-21") == ("observed", "observed", "carried_forward", "carried_forward")
    assert versions(
        core, "known", "valid_from::text, owner_id, owner_provenance, forecast_category_provenance"
    ) == [
        ("2026-02-10", "anna", "assumed", None),
        ("2026-02-12", "anna", "assumed", None),
        ("2026-02-20", "ben", "carried_forward", None),
    ]


@pytest.mark.lake(
    row(
        "stages", pipeline="partners", stage="Talk", stage_order=1, probability=0.2, extract_date="2026-01-31"
    ),
    row(
        "stages", pipeline="partners", stage="Talk", stage_order=2, probability=0.4, extract_date="2026-02-14"
    ),
    row("stages", pipeline="partners", stage="Talk", extract_date="2026-02-28", is_tombstone=True),
    row("stages", pipeline="partners", stage="Late", stage_order=3, extract_date="2026-03-31"),
)
def test_settings_of_a_stage_hold_until_an_extract_shows_others_and_a_deleted_one_keeps_its_name(core):
    assert core(
        "select stage, valid_from::text, valid_to::text, stage_order, probability, is_deleted"
        " from core.dim_stage_versions where pipeline = 'partners' order by valid_from"
    ) == [
        ("Talk", "1900-01-01", "2026-02-14", 1, 0.2, False),
        ("Talk", "2026-02-14", "2026-02-28", 2, 0.4, False),
        ("Talk", "2026-02-28", None, None, None, True),
    ]
