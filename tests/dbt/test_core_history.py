"""Where history comes from: recorded changes, extracts that differ, or the record alone."""

import pytest

from tests.dbt.core_queries import deals, versions, visits
from tests.dbt.literal_rows import changes, deal

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
