"""The core gate passes good deals, stage facts and snapshots, and names what is wrong in spoiled ones."""

import pytest

from orchestration.gates import run_gate
from tests.unit.expectation_tables import Spoil, Table, as_views, names_of_checks, run_one_check

SETTINGS = Table(
    {"as_of_date": "date", "as_of_at": "timestamp", "horizon": "int"},
    [("2026-03-11", "2026-03-10 23:00:00", 1)],
)
# Open since the 8th, won on the 9th, deleted on the 9th.
DEALS = Table(
    {
        "deal_id": "text", "deal_name": "text", "pipeline": "text", "stage": "text", "process_step": "text",
        "owner_id": "text", "is_closed": "boolean", "is_won": "boolean", "is_deleted": "boolean",
        "is_merged": "boolean", "merged_into_deal_id": "text", "removed_date": "date",
        "amount": "decimal(18,2)", "original_amount": "decimal(18,2)", "original_currency": "text",
        "is_rate_missing": "boolean", "is_flag_contradictory": "boolean", "created_date": "date",
        "is_created_assumed": "boolean", "closed_date": "date", "close_known_date": "date",
    },
    [
        ("d1", "One", "default", "Demo", "meeting", "o1", False, False, False, False, None, None, 100, 100,
         "EUR", False, False, "2026-03-08", False, None, None),
        ("d2", "Two", "default", "Won", "customer", "o1", True, True, False, False, None, None, 50, 50, "EUR",
         False, False, "2026-03-08", False, "2026-03-09", "2026-03-09"),
        ("d3", "Three", "default", "Demo", "meeting", "o2", False, False, True, False, None, "2026-03-09", 7,
         7, "EUR", False, False, "2026-03-08", False, None, None),
    ],
)  # fmt: skip
STAGES = Table(
    {
        "deal_id": "text", "visit_no": "bigint", "pipeline": "text", "stage": "text", "process_step": "text",
        "entered_at": "timestamp", "exited_at": "timestamp", "entered_date": "date", "exited_date": "date",
        "exit_kind": "text", "days_in_stage": "int",
    },
    [
        ("d1", 1, "default", "Call", "qualified", "2026-03-08 08:00:00", "2026-03-09 10:00:00", "2026-03-08",
         "2026-03-09", "advance", 1),
        ("d1", 2, "default", "Demo", "meeting", "2026-03-09 10:00:00", None, "2026-03-09", None, "open", 2),
        ("d2", 1, "default", "Demo", "meeting", "2026-03-08 09:00:00", "2026-03-09 09:00:00", "2026-03-08",
         "2026-03-09", "won", 1),
        ("d3", 1, "default", "Demo", "meeting", "2026-03-08 09:00:00", "2026-03-09 12:00:00", "2026-03-08",
         "2026-03-09", "deleted", 1),
    ],
)  # fmt: skip
RECORDS = Table(
    {
        "source_name": "text", "extract_date": "date", "deal_id": "text", "is_tombstone": "boolean",
        "modified_at": "timestamp", "stage": "text", "amount": "decimal(18,2)", "close_date": "date",
        "owner_id": "text",
    },
    [
        ("crm", "2026-03-08", "d1", False, "2026-03-08 09:00:00", "Call", 90, None, "o1"),
        ("crm", "2026-03-09", "d1", False, "2026-03-09 10:00:00", "Demo", 90, None, "o1"),
        ("crm", "2026-03-10", "d1", False, "2026-03-09 10:00:00", "Demo", 90, None, "o1"),
    ],
)  # fmt: skip
SNAPSHOTS = Table(
    {
        "snapshot_date": "date", "deal_id": "text", "pipeline": "text", "stage": "text", "is_open": "boolean",
        "amount": "decimal(18,2)", "owner_id": "text",
    },
    [
        ("2026-03-08", "d1", "default", "Call", True, 90, "o1"),
        ("2026-03-09", "d1", "default", "Demo", True, 90, "o1"),
        ("2026-03-10", "d1", "default", "Demo", True, 100, "o1"),
        ("2026-03-08", "d2", "default", "Demo", True, 50, "o1"),
        ("2026-03-09", "d2", "default", "Won", False, 50, "o1"),
        ("2026-03-08", "d3", "default", "Demo", True, 7, "o2"),
    ],
)  # fmt: skip
TOTALS = Table(
    {
        "deal_id": "text", "original_currency": "text", "original_amount": "decimal(18,2)",
        "lines_original_amount": "decimal(18,2)", "amount_difference": "decimal(18,2)",
    },
    [("d1", "EUR", 100, 99.99, 0.01)],
)  # fmt: skip
GOOD = {
    "raw.run_settings": SETTINGS,
    "raw.sources": Table({"source_name": "text", "delivery": "text"}, [("crm", "full")]),
    "raw.deals": RECORDS,
    "core.fct_deals": DEALS,
    "core.fct_deal_product_totals": TOTALS,
    "core.fct_deal_stages": STAGES,
    "core.fct_deal_snapshots": SNAPSHOTS,
}
SPOILS = [
    Spoil("modified_time_missed", "raw.deals", 1, {"modified_at": "2026-03-08 09:00:00"}),
    Spoil("deals_id_not_null", "core.fct_deals", values={"deal_id": None}),
    Spoil("deals_unique", "core.fct_deals", twice=True),
    Spoil("deal_states_add_up", "core.fct_deals", values={"is_won": True}),
    Spoil("removed_deals_dated", "core.fct_deals", 2, {"removed_date": None}),
    Spoil("closed_deals_dated", "core.fct_deals", 1, {"closed_date": None}),
    Spoil("nothing_after_as_of", "core.fct_deals", values={"created_date": "2026-03-11"}),
    Spoil("crm_flags_contradict_stage", "core.fct_deals", 1, {"is_flag_contradictory": True}),
    Spoil("open_deal_without_stage", "core.fct_deals", values={"stage": None}),
    Spoil("exchange_rate_missing", "core.fct_deals", values={"is_rate_missing": True}),
    Spoil("products_differ_from_amount", "core.fct_deal_product_totals", values={"amount_difference": -0.02}),
    Spoil("won_amount_missing", "core.fct_deals", 1, {"original_amount": None}),
    Spoil("amount_out_of_scale", "core.fct_deals", values={"amount": 100_000}),
    Spoil("closed_in_future", "core.fct_deals", 1, {"closed_date": "2026-03-11"}),
    Spoil("created_date_assumed", "core.fct_deals", values={"is_created_assumed": True}),
    Spoil("created_after_closed", "core.fct_deals", 1, {"created_date": "2026-03-10"}),
    Spoil("visit_deal_id_not_null", "core.fct_deal_stages", values={"deal_id": None}),
    Spoil("entered_at_not_null", "core.fct_deal_stages", values={"entered_at": None}),
    Spoil("visit_unique", "core.fct_deal_stages", twice=True),
    Spoil("exit_kind_known", "core.fct_deal_stages", values={"exit_kind": "vanished"}),
    Spoil("days_in_stage_not_negative", "core.fct_deal_stages", values={"days_in_stage": -1}),
    Spoil("exit_after_entry", "core.fct_deal_stages", values={"exited_at": "2026-03-08 07:59:59"}),
    Spoil("open_visits_have_no_exit", "core.fct_deal_stages", values={"exited_at": None}),
    Spoil("visits_do_not_overlap", "core.fct_deal_stages", 1, {"entered_at": "2026-03-09 09:59:59"}),
    Spoil("one_open_visit_per_open_deal", "core.fct_deal_stages", 1, {"exit_kind": "lost"}),
    Spoil("open_stage_agrees", "core.fct_deals", values={"stage": "Call"}),
    Spoil("no_visit_after_as_of", "core.fct_deal_stages", 2, {"exited_at": "2026-03-10 23:00:00"}),
    Spoil("stages_unmapped", "core.fct_deal_stages", values={"process_step": None}),
    Spoil("snapshot_date_not_null", "core.fct_deal_snapshots", values={"snapshot_date": None}),
    Spoil("snapshot_deal_id_not_null", "core.fct_deal_snapshots", values={"deal_id": None}),
    Spoil("is_open_not_null", "core.fct_deal_snapshots", values={"is_open": None}),
    Spoil("snapshot_unique", "core.fct_deal_snapshots", twice=True),
    Spoil("snapshot_days_without_gap", "core.fct_deal_snapshots", 1, gone=True),
    Spoil("newest_snapshot_is_yesterday", "core.fct_deal_snapshots", 2, gone=True),
    Spoil("open_deals_have_newest_snapshot", "core.fct_deals", 2, {"removed_date": None}),
    Spoil("newest_snapshot_equals_deals", "core.fct_deal_snapshots", 2, {"amount": 100.01}),
    Spoil("some_deals_open", "core.fct_deal_snapshots", 2, {"is_open": False}),
]
WITHOUT_SPOILED_ROW = {"deals_present"}  # an empty table, tested below


def test_good_core_tables_pass_every_check() -> None:
    results = run_gate("core", None, as_views(GOOD))
    assert {result.check: result.observed for result in results if result.status != "passed"} == {}
    assert {result.check for result in results} == names_of_checks("core")


@pytest.mark.parametrize("spoil", SPOILS, ids=str)
def test_one_spoiled_row_fails_its_check_by_name(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_one_check(monkeypatch, "core", spoil.check, spoil.apply(GOOD))
    assert result.status == "failed", result.observed
    assert result.failing_rows == (2 if spoil.twice else 1)
    assert result.sample


def test_every_core_check_has_a_row_that_spoils_it() -> None:
    assert {spoil.check for spoil in SPOILS} | WITHOUT_SPOILED_ROW == names_of_checks("core")


def test_a_warehouse_without_deals_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = {**GOOD, "core.fct_deals": Table(DEALS.columns, [])}
    result = run_one_check(monkeypatch, "core", "deals_present", empty)
    assert (result.status, result.observed) == ("failed", "0 rows")


def test_a_reopened_deal_may_miss_the_days_on_which_it_was_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    reopened = [
        ("2026-03-06", "d2", "default", "Demo", True, 50, "o1"),
        ("2026-03-07", "d2", "default", "Won", False, 50, "o1"),
    ]
    rows = [*reopened, *SNAPSHOTS.rows[:3], ("2026-03-09", "d2", "default", "Won", False, 50, "o1")]
    tables = {**GOOD, "core.fct_deal_snapshots": Table(SNAPSHOTS.columns, rows)}
    result = run_one_check(monkeypatch, "core", "snapshot_days_without_gap", tables)
    assert result.status == "passed"


def test_a_created_date_that_is_only_assumed_is_not_held_against_a_deal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = {"created_date": "2026-03-10", "is_created_assumed": True}
    spoiled = Spoil("created_after_closed", "core.fct_deals", 1, late).apply(GOOD)
    assert run_one_check(monkeypatch, "core", "created_after_closed", spoiled).status == "passed"


def test_an_unmapped_stage_is_named_with_its_deals(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = Spoil("stages_unmapped", "core.fct_deal_stages", 0, {"process_step": None}).apply(GOOD)
    result = run_one_check(monkeypatch, "core", "stages_unmapped", spoiled)
    assert result.sample == [{"pipeline": "default", "stage": "Call", "deals": 1}]
    assert result.severity == "warning"


def test_currencies_without_a_rate_are_named_with_what_is_not_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    unpriced = {"original_currency": "PLN", "is_rate_missing": True}
    spoiled = Spoil("exchange_rate_missing", "core.fct_deals", 0, unpriced).apply(GOOD)
    result = run_one_check(monkeypatch, "core", "exchange_rate_missing", spoiled)
    assert result.sample == [
        {"currency": "PLN", "deals": 1, "original_amount": "100.00", "oldest_day": "2026-03-08"}
    ]
    assert result.severity == "warning"


def test_a_deal_that_cannot_be_compared_with_its_products_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = Spoil(
        "products_differ_from_amount", "core.fct_deal_product_totals", 0, {"amount_difference": None}
    ).apply(GOOD)
    result = run_one_check(monkeypatch, "core", "products_differ_from_amount", spoiled)
    assert [row["deal_id"] for row in result.sample] == ["d1"]
