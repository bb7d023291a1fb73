"""Rosters, slips, pushes, created pipeline and the change log, on deals whose story fits in a line."""

from datetime import date

import pytest

from tests.dbt.core_queries import deals
from tests.dbt.literal_rows import changes, deal, tombstone

BORN = "2025-09-01 09:00"  # before the fiscal quarter FY2025-Q4, which is over on 1 March 2026
OPEN, WON, LOST = "Qualify", "Won", "Lost"


def moved(deal_id, field, *values):
    """Changes of a field from its first value on, each with the value before."""
    olds = [(), *((old,) for _, old in values[:-1])]
    return changes(deal_id, field, *((at, new, *old) for (at, new), old in zip(values, olds, strict=True)))


def roster(core, deal_id):
    """(period, entry, day, amount, outcome, day, amount, days) of a deal, by period."""
    rows = core(
        "select fiscal_period, entry, entry_date, entry_amount, outcome, ended_date, end_amount, roster_days"
        f" from metrics.quarter_roster where deal_id = '{deal_id}' order by period_start"
    )
    return [tuple(f"{cell:%m-%d}" if isinstance(cell, date) else cell for cell in row) for row in rows]


@pytest.mark.lake(
    deal("mv_won", created_at=BORN, stage=WON, close_date="2025-11-20", closed_at="2025-11-20 10:00",
         amount="120.00"),
    moved("mv_won", "stage", (BORN, OPEN), ("2025-11-20 10:00", WON)),
    moved("mv_won", "close_date", (BORN, "2025-11-30"), ("2025-11-20 10:00", "2025-11-20")),
    moved("mv_won", "amount", (BORN, "100.00"), ("2025-11-20 10:00", "120.00")),
)  # fmt: skip
def test_a_deal_that_was_due_and_won_keeps_its_amount_at_entry_beside_the_booked_one(core):
    assert roster(core, "mv_won") == [("FY2025-Q4", "starting", "10-01", 100, "won", "11-20", 120, 50)]


@pytest.mark.lake(
    deal("mv_slipped", created_at=BORN, close_date="2026-03-20"),
    moved("mv_slipped", "close_date", (BORN, "2025-12-15"), ("2026-01-20 09:00", "2026-03-20")),
)
def test_an_open_deal_slips_at_the_end_of_its_quarter_and_enters_the_next_with_its_new_date(core):
    assert roster(core, "mv_slipped") == [
        ("FY2025-Q4", "starting", "10-01", 1000, "slipped", "12-31", 1000, 91),
        ("FY2026-Q1", "pushed_in", "01-20", 1000, "open", None, 1000, 40),
    ]


@pytest.mark.lake(
    deal("mv_pushed", created_at="2025-10-10 09:00", stage=LOST, close_date="2026-02-10",
         closed_at="2026-02-10 09:00"),
    moved("mv_pushed", "stage", ("2025-10-10 09:00", OPEN), ("2026-02-10 09:00", LOST)),
    moved("mv_pushed", "close_date", ("2025-10-10 09:00", "2025-12-15"), ("2025-11-10 09:00", "2026-02-15"),
          ("2026-02-10 09:00", "2026-02-10")),
)  # fmt: skip
def test_a_deal_pushed_out_of_its_first_quarter_starts_the_next_and_is_lost_there(core):
    assert roster(core, "mv_pushed") == [
        ("FY2025-Q4", "created_and_landed", "10-10", 1000, "pushed_out", "11-10", 1000, 31),
        ("FY2026-Q1", "starting", "01-01", 1000, "lost", "02-10", 1000, 40),
    ]


@pytest.mark.lake(
    deal("mv_pulled", created_at=BORN, close_date="2025-12-28"),
    moved("mv_pulled", "close_date", (BORN, "2026-02-15"), ("2025-12-01 09:00", "2025-12-20"),
          ("2025-12-10 09:00", "2026-02-15"), ("2026-01-15 09:00", "2025-12-28")),
)  # fmt: skip
def test_a_deal_pulled_in_and_out_stands_in_each_quarter_by_its_first_way_in(core):
    assert roster(core, "mv_pulled") == [
        ("FY2025-Q4", "pulled_in", "12-01", 1000, "pushed_out", "12-10", 1000, 9),
        ("FY2026-Q1", "starting", "01-01", 1000, "pulled_out", "01-15", 1000, 14),
    ]


@pytest.mark.lake(
    deal("mv_back", created_at=BORN, stage=LOST, close_date="2025-12-05", closed_at="2025-12-05 09:00"),
    moved("mv_back", "stage", (BORN, OPEN), ("2025-09-20 09:00", LOST), ("2025-10-20 09:00", OPEN),
          ("2025-12-05 09:00", LOST)),
    moved("mv_back", "close_date", (BORN, "2025-12-10"), ("2025-12-05 09:00", "2025-12-05")),
    deal("mv_undone", created_at=BORN, close_date="2025-12-10"),
    moved("mv_undone", "stage", (BORN, OPEN), ("2025-12-10 09:00", WON), ("2026-01-10 09:00", OPEN)),
    moved("mv_undone", "close_date", (BORN, "2025-12-10")),
)  # fmt: skip
def test_a_reopened_deal_enters_anew_and_a_win_that_was_undone_slipped(core):
    assert roster(core, "mv_back") == [("FY2025-Q4", "reopened", "10-20", 1000, "lost", "12-05", 1000, 46)]
    assert roster(core, "mv_undone") == [
        ("FY2025-Q4", "starting", "10-01", 1000, "slipped", "12-31", 1000, 91)
    ]


@pytest.mark.lake(
    deal("mv_late", created_at=BORN, stage=WON, close_date="2025-12-30", closed_at="2026-01-04 09:00"),
    moved("mv_late", "stage", (BORN, OPEN), ("2026-01-04 09:00", WON)),
    moved("mv_late", "close_date", (BORN, "2026-01-15"), ("2026-01-04 09:00", "2025-12-30")),
    deal("mv_early", created_at=BORN, stage=WON, close_date="2026-01-15", closed_at="2025-12-20 09:00"),
    moved("mv_early", "stage", (BORN, OPEN), ("2025-12-20 09:00", WON)),
    moved("mv_early", "close_date", (BORN, "2025-12-31"), ("2025-12-20 09:00", "2026-01-15")),
)
def test_a_win_counts_in_the_quarter_that_it_is_booked_in_whenever_it_was_entered(core):
    assert roster(core, "mv_late") == [
        ("FY2025-Q4", "pulled_in", "12-30", 1000, "won", "12-30", 1000, 0),
        ("FY2026-Q1", "starting", "01-01", 1000, "pulled_out", "01-04", 1000, 3),
    ]
    assert roster(core, "mv_early") == [
        ("FY2025-Q4", "starting", "10-01", 1000, "pushed_out", "12-20", 1000, 80),
        ("FY2026-Q1", "starting", "01-01", 1000, "won", "01-15", 1000, 14),
    ]


@pytest.mark.lake(
    deal("mv_quick", created_at="2025-12-12 09:00", stage=WON, close_date="2025-12-12",
         closed_at="2025-12-12 15:00"),
    deal("mv_refused", created_at="2025-12-12 09:00", stage=LOST, close_date="2025-12-12",
         closed_at="2025-12-12 15:00"),
)  # fmt: skip
def test_a_deal_that_closes_on_the_day_of_its_creation_landed_there(core):
    assert roster(core, "mv_quick") == [
        ("FY2025-Q4", "created_and_landed", "12-12", 1000, "won", "12-12", 1000, 0)
    ]
    assert roster(core, "mv_refused") == [
        ("FY2025-Q4", "created_and_landed", "12-12", 1000, "lost", "12-12", 1000, 0)
    ]


@pytest.mark.lake(
    deal("mv_twin", created_at=BORN, close_date="2025-12-10", merged_into_deal_id="mv_won",
         merged_at="2025-11-05 09:00"),
    deal("mv_gone", created_at="2025-12-01 09:00", close_date="2026-02-10", extract_date="2026-01-31"),
    tombstone("mv_gone", "2026-02-14"),
    deal("mv_revoked", created_at=BORN, stage=WON, close_date="2025-12-10", closed_at="2025-12-10 09:00",
         is_deleted=True, deleted_at="2026-02-02 09:00"),
    moved("mv_revoked", "stage", (BORN, OPEN), ("2025-12-10 09:00", WON)),
)  # fmt: skip
def test_a_merged_or_deleted_deal_leaves_the_roster_and_so_does_its_win(core):
    assert roster(core, "mv_twin") == [
        ("FY2025-Q4", "starting", "10-01", 1000, "duplicate", "11-05", 1000, 35)
    ]
    assert roster(core, "mv_gone") == [("FY2026-Q1", "starting", "01-01", 1000, "deleted", "02-14", 1000, 44)]
    assert roster(core, "mv_revoked") == [
        ("FY2025-Q4", "starting", "10-01", 1000, "deleted", "02-02", 1000, 124)
    ]


PUSHES = "first_close_date::text, close_date::text, push_count, days_pushed, close_date_shift_days"


@pytest.mark.lake(
    deal("mv_steps", created_at=BORN, close_date="2026-01-10"),
    moved("mv_steps", "close_date", (BORN, "2025-12-01"), ("2025-10-01 09:00", "2025-12-11"),
          ("2025-10-05 09:00", "2025-12-31"), ("2025-10-05 15:00", "2025-12-21"),
          ("2025-11-01 09:00", "2026-02-01"), ("2025-11-01 16:00", "2025-12-21"),
          ("2025-11-20 09:00", "2025-12-15"), ("2025-12-20 09:00", "2026-01-10")),
)  # fmt: skip
def test_pushes_are_moves_to_a_later_day_by_the_state_at_the_end_of_each_day(core):
    # 10 days on 1 October, 10 on the 5th, none on 1 November (undone), nearer on the 20th, then 26
    assert deals(core, "mv_steps", PUSHES) == ("2025-12-01", "2026-01-10", 3, 46, 40)


@pytest.mark.lake(
    deal("mv_renewed", created_at=BORN, close_date="2026-03-10"),
    moved("mv_renewed", "stage", (BORN, OPEN), ("2025-10-20 09:00", LOST), ("2025-11-20 09:00", OPEN)),
    moved("mv_renewed", "close_date", (BORN, "2025-10-15"), ("2025-10-20 09:00", "2025-10-20"),
          ("2025-11-20 09:00", "2026-03-10")),
    deal("mv_undated", created_at=BORN),
)  # fmt: skip
def test_dates_set_by_a_close_or_a_reopening_are_no_pushes(core):
    assert deals(core, "mv_renewed", PUSHES) == ("2025-10-15", "2026-03-10", 0, 0, 146)
    assert deals(core, "mv_undated", PUSHES) == (None, None, 0, 0, None)


SLIPPING = [
    *[
        row
        for number, (amount, stage, closed) in enumerate(
            [("100.00", WON, "2025-11-03"), ("200.00", LOST, "2025-11-04"), ("300.00", OPEN, None)]
        )
        for row in [
            deal(f"mv_due_{number}", created_at=BORN, stage=stage, deal_type="slipping", amount=amount,
                 close_date=closed or "2025-12-20", closed_at=closed and f"{closed} 09:00"),
            *moved(f"mv_due_{number}", "close_date", (BORN, "2025-12-20"),
                   *([(f"{closed} 09:00", closed)] if closed else [])),
        ]
    ],
    deal("mv_due_3", created_at=BORN, deal_type="slipping", amount="400.00", close_date="2026-06-20"),
    *moved("mv_due_3", "close_date", (BORN, "2025-12-20"), ("2025-12-01 09:00", "2026-06-20")),
    deal("mv_due_4", created_at="2025-10-09 09:00", stage=WON, deal_type="slipping", amount="50.00",
         close_date="2025-11-05", closed_at="2025-11-05 09:00"),
    deal("mv_due_5", created_at=BORN, deal_type="slipping", amount="70.00", close_date="2025-12-05",
         is_deleted=True, deleted_at="2025-11-11 09:00"),
]  # fmt: skip


@pytest.mark.lake(SLIPPING)
def test_slip_rates_are_shares_of_what_was_due_by_count_and_by_amount(core):
    rows = core(
        "select population, due_deals, won_deals, lost_deals, slipped_deals, pushed_out_deals, removed_deals,"
        " due_amount, won_rate, lost_rate, slip_rate, slip_rate_by_amount, booked_amount"
        " from metrics.slip_rates where fiscal_period = 'FY2025-Q4' and segment_name = 'deal_type'"
        " and segment_value = 'slipping' order by population"
    )
    assert rows == [
        ("all", 5, 2, 1, 1, 1, 1, 1050, 0.4, 0.2, 0.4, 0.666667, 150),
        ("came_in", 1, 1, 0, 0, 0, 0, 50, 1.0, 0.0, 0.0, 0.0, 50),
        ("starting", 4, 1, 1, 1, 1, 1, 1000, 0.25, 0.25, 0.5, 0.7, 100),
    ]


@pytest.mark.lake(SLIPPING)
def test_win_rates_by_pushes_rest_on_the_closed_deals(core):
    rows = core(
        "select pushes, deals_won, deals_lost, win_rate, won_amount, open_deals from metrics.push_outcomes"
        " where segment_name = 'deal_type' and segment_value = 'slipping' order by pushes"
    )
    assert rows == [("0", 2, 1, 0.666667, 150, 1), ("1", 0, 0, None, 0, 1)]


@pytest.mark.lake(
    deal("mv_monday", created_at="2026-01-26 09:00", deal_type="sown", lead_source="web", amount="900.00"),
    moved("mv_monday", "amount", ("2026-01-26 09:00", None), ("2026-02-05 09:00", "700.00"),
          ("2026-02-06 09:00", "900.00")),
    deal("mv_sunday", created_at="2026-02-01 22:30", deal_type="sown", lead_source="web", stage=WON,
         close_date="2026-02-20", closed_at="2026-02-20 09:00", amount="80.00"),
    moved("mv_sunday", "amount", ("2026-02-01 22:30", "100.00"), ("2026-02-20 09:00", "80.00")),
    moved("mv_sunday", "stage", ("2026-02-01 22:30", OPEN), ("2026-02-20 09:00", WON)),
    deal("mv_untold", created_at="2026-02-02 09:00", deal_type="sown", lead_source=" ", stage=LOST,
         close_date="2026-02-21", closed_at="2026-02-21 09:00", amount=None),
    deal("mv_undone_twin", created_at="2026-02-02 09:00", deal_type="sown", merged_into_deal_id="mv_untold",
         merged_at="2026-02-03 09:00"),
)  # fmt: skip
def test_created_pipeline_is_worth_its_first_known_amounts_by_week_and_source(core):
    rows = core(
        "select week_start::text, is_complete, lead_source, deals_created, created_amount,"
        " deals_without_amount, deals_won, deals_lost, open_deals, won_amount, open_amount"
        " from metrics.pipeline_created where segment_name = 'deal_type' and segment_value = 'sown'"
        " order by week_start, lead_source"
    )
    assert rows == [
        ("2026-01-26", True, "web", 2, 800, 0, 1, 0, 1, 80, 900),
        ("2026-02-02", True, "(none)", 1, 0, 1, 0, 1, 0, 0, 0),
    ]


def log(core, deal_id):
    """(day, field, old, new, direction, money, days, in the last week) of a deal's recent changes."""
    rows = core(
        "select changed_date, field, old_value, new_value, direction, moved_amount, moved_days,"
        " is_last_7_days from metrics.recent_deal_changes"
        f" where deal_id = '{deal_id}' order by changed_at, field"
    )
    return [(f"{day:%m-%d}", *others) for day, *others in rows]


@pytest.mark.lake(
    deal("mv_busy", currency="USD", stage=LOST, amount="90.00", close_date="2026-02-26", owner_id="ben",
         closed_at="2026-02-26 09:00"),
    moved("mv_busy", "stage", (BORN, OPEN), ("2026-02-02 09:00", "Proposal"), ("2026-02-03 09:00", "Demo"),
          ("2026-02-26 09:00", LOST)),
    moved("mv_busy", "amount", (BORN, "100.00"), ("2026-02-09 09:00", "150.00"),
          ("2026-02-21 09:00", "90.00")),
    moved("mv_busy", "close_date", (BORN, "2026-02-10"), ("2026-01-29 09:00", "2026-02-11"),
          ("2026-02-10 09:00", "2026-03-10"), ("2026-02-22 09:00", "2026-03-05"),
          ("2026-02-26 09:00", "2026-02-26")),
    [{**change, "changed_by": "carla"}
     for change in changes("mv_busy", "owner_id", ("2026-02-24 09:00", "ben", "anna"))],
)  # fmt: skip
def test_the_change_log_says_which_way_each_field_moved_and_by_how_much(core):
    assert log(core, "mv_busy") == [
        ("02-02", "stage", OPEN, "Proposal", "advance", None, None, False),
        ("02-03", "stage", "Proposal", "Demo", "back", None, None, False),
        ("02-09", "amount", "100.00", "150.00", "up", 45, None, False),  # at 0.9 until 10 February
        ("02-10", "close_date", "2026-02-11", "2026-03-10", "pushed", None, 27, False),
        ("02-21", "amount", "150.00", "90.00", "down", -48, None, False),
        ("02-22", "close_date", "2026-03-10", "2026-03-05", "pulled_in", None, -5, True),
        ("02-24", "owner_id", "anna", "ben", "changed", None, None, True),
        ("02-26", "close_date", "2026-03-05", "2026-02-26", "booked", None, None, True),
        ("02-26", "stage", "Demo", LOST, "lost", None, None, True),
    ]
    assert core(
        "select field, changed_by from core.fct_deal_changes"
        " where deal_id = 'mv_busy' and changed_by is not null"
    ) == [("owner_id", "carla")]


@pytest.mark.lake(
    deal("mv_fresh", created_at="2026-02-23 09:00", amount="500.00", close_date="2026-04-01"),
    moved("mv_fresh", "amount", ("2026-02-23 09:00", "400.00"), ("2026-02-24 09:00", "500.00")),
    moved("mv_fresh", "close_date", ("2026-02-23 09:00", "2026-04-01")),
    deal("mv_left", created_at=BORN, amount="60.00", is_deleted=True, deleted_at="2026-02-12 09:00"),
)
def test_the_change_log_has_one_line_for_a_deal_that_comes_or_leaves(core):
    assert log(core, "mv_fresh") == [
        ("02-23", "deal", None, None, "created", 400, None, True),
        ("02-24", "amount", "400.00", "500.00", "up", 100, None, True),
    ]
    assert log(core, "mv_left") == [("02-12", "deal", None, None, "deleted", -60, None, False)]
