"""When a deal closes, and which of stage, flags and dates is believed."""

import pytest

from tests.dbt.core_queries import deals, versions, visits
from tests.dbt.literal_rows import changes, deal

VISIT = "stage, entered_date::text, exit_kind, is_entry_assumed"


@pytest.mark.lake(deal("bareclosed", stage="Won", close_date="2026-02-10"))
def test_a_closed_deal_without_history_was_open_in_an_unknown_stage_until_its_close_date(core):
    assert visits(core, "bareclosed", VISIT) == []
    assert versions(core, "bareclosed", "valid_from::text, stage, is_open, stage_provenance") == [
        ("2026-01-05", None, True, "assumed"),
        ("2026-02-10", "Won", False, "assumed"),
    ]
    assert deals(
        core, "bareclosed", "closed_date::text, close_known_date::text, lifetime_days, is_history_assumed"
    ) == ("2026-02-10", "2026-02-10", 36, True)


@pytest.mark.lake(
    deal("closedat", stage="Lost", close_date="2026-02-10", closed_at="2026-02-12 14:00"),
)
def test_closed_at_says_when_the_close_was_known_and_close_date_when_it_is_booked(core):
    assert deals(core, "closedat", "closed_date::text, close_known_date::text") == (
        "2026-02-10",
        "2026-02-12",
    )


@pytest.mark.lake(
    deal("future", stage="Won", close_date="2028-05-01", modified_at="2026-02-03 08:00"),
)
def test_a_booking_date_in_the_future_is_kept_but_the_close_was_known_when_the_record_changed(core):
    assert deals(core, "future", "closed_date::text, close_known_date::text, lifetime_days") == (
        "2028-05-01",
        "2026-02-03",
        29,
    )


@pytest.mark.lake(
    deal(
        "flagged",
        source_name="flags",
        pipeline="status",
        is_closed=True,
        is_won=True,
        stage="Demo",
        closed_at="2026-02-01 10:00",
    ),
    changes(
        "flagged", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-01-20 09:00", "Demo"), source_name="flags"
    ),
    deal("flaggedopen", source_name="flags", pipeline="status", is_closed=False, is_won=False, stage="Demo"),
)
def test_flags_close_a_deal_where_no_stage_of_its_pipeline_does(core):
    assert visits(core, "flagged", VISIT) == [
        ("Qualify", "2026-01-05", "advance", False),
        ("Demo", "2026-01-20", "won", False),
    ]
    assert deals(core, "flagged", "is_won, stage, closed_date::text, is_flag_contradictory") == (
        True,
        "Demo",
        "2026-02-01",
        False,
    )
    assert deals(core, "flaggedopen", "is_closed, stage") == (False, "Demo")


@pytest.mark.lake(
    deal("agrees", is_closed=False, is_won=False),
    deal("contra", is_closed=True, is_won=True),
    deal("contralost", stage="Lost", is_closed=True, is_won=True, close_date="2026-01-20"),
)
def test_the_stage_is_believed_where_flags_contradict_it(core):
    assert deals(core, "contra", "is_closed, is_won, is_flag_contradictory") == (False, False, True)
    assert deals(core, "contralost", "is_closed, is_won, is_flag_contradictory") == (True, False, True)
    assert deals(core, "agrees", "is_flag_contradictory") == (False,)


@pytest.mark.lake(
    deal("backdated", extract_date="2026-01-31", stage="Demo"),
    deal("backdated", extract_date="2026-02-14", stage="Won", close_date="2026-01-15"),
)
def test_a_close_booked_back_is_known_only_after_the_extract_that_showed_the_deal_open(core):
    assert deals(core, "backdated", "closed_date::text, close_known_date::text") == (
        "2026-01-15",
        "2026-02-14",
    )


@pytest.mark.lake(
    deal("untoldclose", stage="Won", close_date="2026-01-25", modified_at="2026-01-10 09:00"),
    changes("untoldclose", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-01-20 09:00", "Demo", "Qualify")),
)
def test_a_close_that_history_missed_is_always_believed(core):
    assert visits(core, "untoldclose", VISIT)[-1] == ("Demo", "2026-01-20", "won", False)
    assert deals(core, "untoldclose", "is_won, close_known_date::text") == (True, "2026-01-25")


@pytest.mark.lake(
    deal("afterclose", created_at="2026-02-10 09:00", stage="Lost", close_date="2026-01-10"),
)
def test_a_deal_created_after_its_close_has_no_lifetime(core):
    assert deals(core, "afterclose", "created_date::text, closed_date::text, lifetime_days") == (
        "2026-02-10",
        "2026-01-10",
        None,
    )


@pytest.mark.lake(
    deal("latewon", source_name="late", stage="Won", close_date="2026-02-10", amount="80.00", currency=None),
    *(deal(f"lateopen{n}", source_name="late", amount=None, currency=None) for n in range(2)),
)
def test_amounts_that_open_deals_never_have_are_known_from_the_close_on(core):
    assert versions(core, "latewon", "is_open, amount, original_currency") == [
        (True, None, "EUR"),
        (False, 80, "EUR"),
    ]
    assert deals(core, "lateopen1", "amount, is_rate_missing") == (None, False)


@pytest.mark.lake(
    deal(
        "latedate",
        source_name="late",
        stage="Lost",
        close_date="2026-02-10",
        amount=None,
        currency=None,
        forecast_category="Omitted",
    ),
)
def test_what_comes_with_the_close_is_not_known_while_the_deal_is_open(core):
    assert versions(core, "latedate", "is_open, close_date::text, forecast_category") == [
        (True, None, None),
        (False, "2026-02-10", "Omitted"),
    ]
