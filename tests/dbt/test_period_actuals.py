"""What a period brought, frozen some days after its end, beside what is known today."""

from decimal import Decimal

import pytest

from tests.dbt.literal_rows import changes, deal


def booked(deal_id, *stages, amount="1000.00", close_dates=(), amounts=(), **values):
    """A deal of its own segment, created in November, with its recorded stages and close dates."""
    return [
        deal(deal_id, deal_type="actuals", created_at="2025-11-01 09:00", amount=amount, **values),
        *changes(deal_id, "stage", ("2025-11-01 09:00", "Qualify"), *stages),
        *changes(deal_id, "close_date", ("2025-11-01 09:00", "2026-01-15"), *close_dates),
        *(changes(deal_id, "amount", *amounts) if amounts else []),
    ]


WON = {"stage": "Won", "is_closed": True, "is_won": True}


@pytest.mark.lake(
    booked(
        "actual-won", ("2025-12-15 09:00", "Won"), close_dates=[("2025-12-15 09:00", "2025-12-15")],
        close_date="2025-12-15", **WON,
    ),
    booked(
        "actual-reopened", ("2025-12-20 09:00", "Won"), ("2026-02-01 09:00", "Proposal"),
        close_dates=[("2025-12-20 09:00", "2025-12-20"), ("2026-02-01 09:00", "2026-04-30")],
        amount="500.00", stage="Proposal", close_date="2026-04-30",
    ),
    booked(
        "actual-late", ("2026-01-20 09:00", "Won"), close_dates=[("2026-01-20 09:00", "2025-12-30")],
        amount="200.00", close_date="2025-12-30", **WON,
    ),
    booked(
        "actual-revised", ("2025-12-22 09:00", "Won"), close_dates=[("2025-12-22 09:00", "2025-12-22")],
        amounts=[("2025-11-01 09:00", "300.00"), ("2026-02-05 09:00", "350.00")], amount="350.00",
        close_date="2025-12-22", **WON,
    ),
    booked(
        "actual-unsettled", ("2026-02-10 09:00", "Won"), close_dates=[("2026-02-10 09:00", "2026-02-10")],
        amount="70.00", close_date="2026-02-10", **WON,
    ),
)  # fmt: skip
def test_late_closes_reopenings_and_revisions_restate_a_settled_period_and_leave_its_actual(core):
    assert core(
        "select fiscal_period, settled_date::text, is_settled, actual_deals, actual_amount, restated_deals,"
        " restated_amount, restated_since::text from metrics.period_actuals"
        " where segment_name = 'deal_type' and segment_value = 'actuals' order by period_start"
    ) == [
        ("FY2025-Q4", "2026-01-05", True, 3, Decimal(1800), 3, Decimal(1550), "2026-01-20"),
        ("FY2026-Q1", "2026-04-05", False, None, None, 1, Decimal(70), None),
    ]
