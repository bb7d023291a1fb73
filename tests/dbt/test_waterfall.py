"""The way of each cent of the pipeline between two days, in the week from Monday 9 February 2026."""

from decimal import Decimal

import pytest

from tests.dbt.literal_rows import changes, deal, tombstone

BEFORE, IN_WEEK = "2026-02-02 09:00", "2026-02-10 09:00"
SOON, LATER = "2026-03-20", "2026-05-20"  # two fiscal quarters


def flows(core, deal_id, segment="all", week="2026-02-15"):
    """(bucket, close period, segment value, amount) of a deal's way, in the order of the steps."""
    rows = core(
        "select bucket, fiscal_period, segment_value, amount from intermediate.int_waterfall_flows"
        f" where deal_id = '{deal_id}' and span_kind = 'week' and closing_date = '{week}'"
        f" and segment_name = '{segment}'"
    )
    order = ["created", "reopened", "segment_out", "segment_in", "pushed_out", "pushed_in", "pulled_out",
             "pulled_in", "up", "down", "currency", "won", "lost", "deleted", "merged"]  # fmt: skip
    return sorted(
        ((bucket, period, value, int(amount)) for bucket, period, value, amount in rows),
        key=lambda row: order.index(row[0]),
    )


@pytest.mark.lake(
    deal("wf_moved", close_date=LATER, owner_id="ben", amount="150.00", modified_at=IN_WEEK),
    changes("wf_moved", "close_date", (BEFORE, SOON), (IN_WEEK, LATER, SOON)),
    changes("wf_moved", "owner_id", (BEFORE, "anna"), (IN_WEEK, "ben", "anna")),
    changes("wf_moved", "amount", (BEFORE, "100.00"), (IN_WEEK, "150.00", "100.00")),
)
def test_a_deal_changes_segment_then_period_then_amount(core):
    assert flows(core, "wf_moved") == [
        ("pushed_out", "FY2026-Q1", "all", -100),
        ("pushed_in", "FY2026-Q2", "all", 100),
        ("up", "FY2026-Q2", "all", 50),
    ]
    assert flows(core, "wf_moved", "owner") == [
        ("segment_out", "FY2026-Q1", "anna", -100),
        ("segment_in", "FY2026-Q1", "ben", 100),
        ("pushed_out", "FY2026-Q1", "ben", -100),
        ("pushed_in", "FY2026-Q2", "ben", 100),
        ("up", "FY2026-Q2", "ben", 50),
    ]


@pytest.mark.lake(
    deal("wf_booked", stage="Won", close_date="2026-02-11", closed_at="2026-02-11 10:00", amount="80.00"),
    changes("wf_booked", "stage", (BEFORE, "Qualify"), ("2026-02-11 10:00", "Won", "Qualify")),
    changes("wf_booked", "close_date", (BEFORE, LATER), ("2026-02-11 10:00", "2026-02-11", LATER)),
    changes("wf_booked", "amount", (BEFORE, "100.00"), (IN_WEEK, "80.00", "100.00")),
)
def test_a_won_deal_leaves_with_its_booking_from_the_period_of_the_booking(core):
    assert flows(core, "wf_booked") == [
        ("pulled_out", "FY2026-Q2", "all", -100),
        ("pulled_in", "FY2026-Q1", "all", 100),
        ("down", "FY2026-Q1", "all", -20),
        ("won", "FY2026-Q1", "all", -80),
    ]


@pytest.mark.lake(
    deal("wf_gone", close_date=SOON, amount="70.00", extract_date="2026-01-31"),
    tombstone("wf_gone", "2026-02-14"),
    deal("wf_missed", stage="Lost", close_date="2026-02-12", closed_at="2026-02-12 09:00", amount="60.00"),
    changes("wf_missed", "stage", (BEFORE, "Qualify"), ("2026-02-12 09:00", "Lost", "Qualify")),
    changes("wf_missed", "close_date", (BEFORE, LATER), ("2026-02-12 09:00", "2026-02-12", LATER)),
)
def test_a_deal_that_is_lost_or_deleted_leaves_from_where_it_stood(core):
    assert flows(core, "wf_gone") == [("deleted", "FY2026-Q1", "all", -70)]
    assert flows(core, "wf_missed") == [("lost", "FY2026-Q2", "all", -60)]


@pytest.mark.lake(
    deal("wf_quick", created_at=IN_WEEK, stage="Won", close_date="2026-02-13", closed_at="2026-02-13 09:00",
         amount="40.00"),
    changes("wf_quick", "stage", (IN_WEEK, "Qualify"), ("2026-02-13 09:00", "Won", "Qualify")),
    deal("wf_back", close_date=SOON, amount="30.00", modified_at=IN_WEEK),
    changes("wf_back", "stage", ("2026-01-05 09:00", "Qualify"), (BEFORE, "Lost", "Qualify"),
            (IN_WEEK, "Qualify", "Lost")),
)  # fmt: skip
def test_a_deal_that_comes_in_does_so_at_its_amount_at_the_end(core):
    assert flows(core, "wf_quick") == [
        ("created", "FY2026-Q1", "all", 40),
        ("won", "FY2026-Q1", "all", -40),
    ]
    assert flows(core, "wf_back") == [("reopened", "FY2026-Q1", "all", 30)]


@pytest.mark.lake(deal("wf_dollars", currency="USD", amount="200.00", close_date=SOON))
def test_a_changed_exchange_rate_is_its_own_movement(core):
    # 200 USD at 0.9 until 10 February, at 0.8 from then on
    assert flows(core, "wf_dollars") == [("currency", "FY2026-Q1", "all", -20)]


def test_in_every_span_period_and_segment_the_movements_lead_from_opening_to_closing(core):
    cells = core(
        "select sum(case when bucket = 'closing' then -amount else amount end)"
        " from metrics.pipeline_waterfall"
        " group by span_kind, closing_date, fiscal_period, segment_name, segment_value"
    )
    assert len(cells) > 100
    assert set(cells) == {(Decimal(0),)}
