"""Quotas, and what is open, booked and left against them, in the first quarter of 2026, as of 1 March."""

from datetime import date
from decimal import Decimal

import pytest

from tests.dbt.literal_rows import changes, deal, row

Q1 = {"period_start": "2026-01-01", "period_end": "2026-03-31"}
EARLY, SOON = "2026-01-10 09:00", "2026-03-20"


def quota(**values):
    """A landed quota, by default of the first quarter and in euros."""
    return row("quotas", **{**Q1, "currency": "EUR", "valid_from": "2026-01-01", **values})


def quotas(core, holder, columns):
    """Columns of the quotas of one person or team, by period and validity."""
    return core(
        f"select {columns} from core.fct_quotas where owner_id = '{holder}' or team = '{holder}'"
        " order by period_start, deal_type, valid_from"
    )


def coverage(core, segment, value, columns, day="2026-02-28", period="FY2026-Q1"):
    """Columns of one row of coverage."""
    (found,) = core(
        f"select {columns} from metrics.pipeline_coverage where segment_name = '{segment}'"
        f" and segment_value = '{value}' and snapshot_date = '{day}' and fiscal_period = '{period}'"
    )
    return found


def won(deal_id, amount, owner_id, day="2026-02-10", created_at=EARLY):
    """A deal that was open from early on and won on a day."""
    booked = {"stage": "Won", "close_date": day, "closed_at": f"{day} 10:00", "amount": amount}
    history = changes(deal_id, "stage", (created_at, "Qualify"), (f"{day} 10:00", "Won", "Qualify"))
    return [deal(deal_id, created_at=created_at, owner_id=owner_id, **booked), *history]


@pytest.mark.lake(
    quota(owner_id="cv_met", amount="100.00"),
    won("cv_met_won", "120.00", owner_id="cv_met"),
    deal("cv_met_open", owner_id="cv_met", amount="50.00", close_date=SOON),
)
def test_a_target_that_is_met_needs_no_coverage(core):
    assert coverage(
        core, "owner", "cv_met", "coverage_status, coverage, needed_amount, attainment, open_amount"
    ) == ("target_met", None, Decimal(0), 1.2, Decimal("50.00"))


@pytest.mark.lake(deal("cv_none_open", owner_id="cv_none", amount="50.00", close_date=SOON))
def test_without_a_quota_there_is_no_coverage(core):
    assert coverage(
        core,
        "owner",
        "cv_none",
        "coverage_status, quota_amount, coverage, needed_amount, attainment, open_amount",
    ) == ("no_quota", None, None, None, None, Decimal("50.00"))


@pytest.mark.lake(
    quota(owner_id="cv_rev", amount="100.00"),
    quota(owner_id="cv_rev", amount="80.00", valid_from="2026-02-15"),
    won("cv_rev_won", "40.00", owner_id="cv_rev"),
    deal("cv_rev_open", owner_id="cv_rev", amount="60.00", close_date=SOON),
)
def test_a_quota_that_is_revised_holds_from_its_day_on(core):
    day = date(2026, 2, 15)
    assert quotas(core, "cv_rev", "valid_from, valid_to, amount") == [
        (date(2026, 1, 1), day, Decimal("100.00")),
        (day, None, Decimal("80.00")),
    ]
    columns = "quota_amount, booked_amount, coverage, attainment"
    found = [coverage(core, "owner", "cv_rev", columns, f"2026-02-{day:02}") for day in (9, 14, 15)]
    # open 60 beside the deal of 40 until it is won
    assert found == [
        (Decimal("100.00"), Decimal(0), 1.0, 0.0),
        (Decimal("100.00"), Decimal("40.00"), 1.0, 0.4),
        (Decimal("80.00"), Decimal("40.00"), 1.5, 0.5),
    ]


@pytest.mark.lake(quota(owner_id="cv_usd", amount="1000.00", currency="USD"))
def test_a_foreign_quota_keeps_the_rate_of_the_periods_first_day(core):
    # 0.9 on 1 January, 0.8 from 10 February on
    assert quotas(core, "cv_usd", "amount, original_amount, original_currency") == [
        (Decimal("900.00"), Decimal("1000.00"), "USD")
    ]


@pytest.mark.lake(
    row("owners", owner_id="cv_t1", valid_from="2025-01-01", team="cv_team"),
    row("owners", owner_id="cv_t2", valid_from="2025-01-01", team="cv_team"),
    row("owners", owner_id="cv_t3", valid_from="2025-01-01", team="cv_other"),
    quota(owner_id="cv_t1", amount="30.00"),
    quota(team="cv_team", amount="100.00"),
    quota(owner_id="cv_t3", amount="10.00", deal_type="cv_type"),
    quota(owner_id="cv_t3", amount="25.00"),
    won("cv_t_won", "40.00", owner_id="cv_t2"),
)
def test_a_teams_quota_is_for_all_its_people_and_one_without_type_for_all_types(core):
    assert coverage(core, "team", "cv_team", "quota_amount, attainment") == (Decimal("100.00"), 0.4)
    assert coverage(core, "owner", "cv_t1", "quota_amount") == (Decimal("30.00"),)
    assert coverage(core, "owner", "cv_t2", "coverage_status") == ("no_quota",)
    assert coverage(core, "team", "cv_other", "quota_amount") == (Decimal("25.00"),)
    assert coverage(core, "deal_type", "cv_type", "quota_amount") == (Decimal("10.00"),)


@pytest.mark.lake(
    quota(owner_id="cv_last", period_start="2025-10-01", period_end="2025-12-31", amount="90.00",
          valid_from="2025-10-01"),
    won("cv_last_won", "45.00", "cv_last", "2025-12-31", "2025-11-01 09:00"),
)  # fmt: skip
def test_a_deal_that_closes_on_the_last_day_counts_in_the_period(core):
    last = {"day": "2025-12-31", "period": "FY2025-Q4"}
    assert coverage(core, "owner", "cv_last", "day_n, booked_amount, attainment", **last) == (
        90,
        Decimal("45.00"),
        0.5,
    )


@pytest.mark.lake(
    quota(owner_id="cv_year", period_end="2026-12-31", amount="1000.01"),
    quota(owner_id="cv_months", period_end="2026-01-31", amount="10.00"),
    quota(owner_id="cv_months", period_start="2026-02-01", period_end=None, amount="20.00"),
    quota(owner_id="cv_months", period_start="2026-02-01", period_end=None, amount="25.00",
          valid_from="2026-02-20"),
    quota(owner_id="cv_odd", period_start="2026-02-01", period_end="2026-04-30", amount="7.00"),
)  # fmt: skip
def test_quotas_of_years_are_split_and_those_of_months_added_up(core):
    assert quotas(core, "cv_year", "fiscal_period, amount") == [
        ("FY2026-Q1", Decimal("250.00")),
        ("FY2026-Q2", Decimal("250.00")),
        ("FY2026-Q3", Decimal("250.00")),
        ("FY2026-Q4", Decimal("250.01")),
    ]
    assert quotas(core, "cv_months", "valid_from, amount") == [
        (date(2026, 1, 1), Decimal("30.00")),
        (date(2026, 2, 20), Decimal("35.00")),
    ]
    assert core(
        "select owner_id, amount from intermediate.int_quota_periods where fiscal_period is null"
    ) == [("cv_odd", Decimal("7.00"))]


@pytest.mark.lake(
    quota(owner_id="cv_nightly", amount="100.00", valid_from=None, extract_date="2026-01-31"),
    quota(owner_id="cv_nightly", amount="70.00", valid_from=None, extract_date="2026-02-14"),
    row("quotas", **Q1, owner_id="cv_nightly", is_tombstone=True, extract_date="2026-02-28"),
)
def test_a_quota_without_validity_changes_with_the_extracts(core):
    assert quotas(core, "cv_nightly", "valid_from, valid_to, amount") == [
        (date(1900, 1, 1), date(2026, 2, 14), Decimal("100.00")),
        (date(2026, 2, 14), date(2026, 2, 28), Decimal("70.00")),
    ]


@pytest.mark.lake(
    deal("cv_big", owner_id="cv_hhi", amount="60.00", close_date=SOON),
    *[deal(f"cv_small{n}", owner_id="cv_hhi", amount="8.00", close_date=SOON) for n in range(5)],
)
def test_concentration_is_the_share_of_the_five_largest_and_the_sum_of_squared_shares(core):
    # 60 and five of 8: (60 + 4 * 8) / 100, and 0.6^2 + 5 * 0.08^2
    assert coverage(core, "owner", "cv_hhi", "top_five_share, amount_concentration, open_deals") == (
        0.92,
        0.392,
        6,
    )


def test_bookings_are_those_of_the_funnel(core):
    assert core(
        "select count(*) from metrics.pipeline_coverage as coverage"
        " inner join metrics.funnel_metrics as funnel using (fiscal_period, segment_name, segment_value)"
        " where coverage.snapshot_date = '2026-02-28' and coverage.segment_name = 'all'"
        " and coverage.booked_amount <> funnel.won_amount"
    ) == [(0,)]


@pytest.mark.lake(
    won("cv_trim_large", "5000.00", "cv_trim"),
    won("cv_trim_small", "1.00", "cv_trim"),
    *[won(f"cv_trim_{n}", "10.00", "cv_trim") for n in range(10)],
)
def test_the_trimmed_deal_size_leaves_out_the_smallest_and_the_largest_tenth(core):
    assert core(
        "select deals_won, average_deal_amount, trimmed_deal_amount from metrics.funnel_metrics"
        " where segment_value = 'cv_trim' and fiscal_period = 'FY2026-Q1'"
    ) == [(12, Decimal("425.08"), Decimal("10.00"))]
