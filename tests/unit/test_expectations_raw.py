"""The raw gate passes good staged extracts and names what is wrong in spoiled ones."""

from collections.abc import Mapping

import pytest

from orchestration.gates import run_gate
from tests.unit.expectation_tables import Spoil, Table, as_views, names_of_checks, run_one_check

FILES = Table(
    {
        "source_name": "text", "extract_date": "date", "delivery": "text", "file": "text", "entity": "text",
        "rows_in": "int", "rows_landed": "int", "rows_quarantined": "int", "rows_duplicate": "int",
        "rows_before": "int",
    },
    [
        ("sales", "2026-03-10", "full", "deals.csv", "deals", 1000, 998, 1, 1, 1248),
        ("sales", "2026-03-10", "full", "deal_changes.csv", "deal_changes", 3, 3, 0, 0, 9),
        ("shop", "2026-03-10", "changes", "deals.csv", "deals", 0, 0, 0, 0, 7),  # a quiet day
    ],
)  # fmt: skip
DEALS = Table(
    {
        "source_name": "text", "extract_date": "date", "deal_id": "text", "deal_name": "text",
        "stage": "text", "is_closed": "boolean", "is_deleted": "boolean", "amount": "decimal(18,2)",
        "currency": "text", "created_at": "timestamp", "close_date": "date",
    },
    [
        ("sales", "2026-03-10", "d1", "1", "Demo", None, None, 100, "EUR", "2026-03-01 08:00", "2026-06-30"),
        ("sales", "2026-03-10", "d2", "2", "Won", True, False, 50, "USD", "2026-03-10 23:59", "2026-03-10"),
        ("sales", "2026-03-10", "d3", "3", None, True, False, None, None, None, None),
        ("sales", "2026-03-10", "d4", "4", None, None, True, 0, None, "2026-02-01 00:00:00", None),
        ("sales", "2026-03-10", "d5", "5", "Demo", None, None, 1, "EUR", "2026-02-01 00:00:00", None),
        ("sales", "2026-03-10", "d6", "6", "Demo", None, None, 1, "EUR", "2026-02-01 00:00:00", None),
        ("shop", "2026-03-10", "s-d1", "No currencies here", "Open", None, None, 9, None, None, None),
    ],
)  # fmt: skip
CHANGES = Table(
    {
        "source_name": "text", "extract_date": "date", "deal_id": "text", "field": "text",
        "changed_at": "timestamp", "new_value": "text",
    },
    [
        ("sales", "2026-03-10", "d1", "stage", "2026-03-01 08:00:00", "Call"),
        ("sales", "2026-03-10", "d1", "stage", "2026-03-02 08:00:00", "Demo"),
        ("sales", "2026-03-10", "d2", "amount", "2026-03-02 08:00:00", "50.00"),
    ],
)  # fmt: skip
GOOD = {"landed_files": FILES, "landed_deals": DEALS, "landed_deal_changes": CHANGES}
SPOILS = [
    Spoil("full_extract_has_deals", "landed_files", values={"rows_landed": 0}),
    Spoil("full_extract_shrunk", "landed_files", values={"rows_before": 1249}),
    Spoil("rows_accounted_for", "landed_files", values={"rows_in": 1001}),
    Spoil("quarantined_share_limit", "landed_files", values={"rows_quarantined": 201}),
    Spoil("quarantined_share", "landed_files", values={"rows_quarantined": 11}),
    Spoil("deal_id_not_null", "landed_deals", values={"deal_id": None}),
    Spoil("deal_id_unique", "landed_deals", twice=True),
    Spoil("stage_missing_limit", "landed_deals", 6, {"stage": None}),
    Spoil("stage_missing", "landed_deals", values={"stage": None}),
    Spoil("created_after_extract_limit", "landed_deals", 6, {"created_at": "2026-03-11 12:00:00"}),
    Spoil("created_after_extract", "landed_deals", 1, {"created_at": "2026-03-11 12:00:00"}),
    Spoil("close_date_plausible", "landed_deals", values={"close_date": "2206-06-30"}),
    Spoil("amount_plausible", "landed_deals", values={"amount": 1_000_000_000_001}),
    Spoil("amount_not_negative", "landed_deals", values={"amount": -0.01}),
    Spoil("currency_is_code", "landed_deals", values={"currency": "Euro"}),
    Spoil("currency_known", "landed_deals", values={"currency": None}),
    Spoil("change_deal_not_null", "landed_deal_changes", values={"deal_id": None}),
    Spoil("field_not_null", "landed_deal_changes", values={"field": None}),
    Spoil("changed_at_not_null", "landed_deal_changes", values={"changed_at": None}),
    Spoil("change_unique", "landed_deal_changes", twice=True),
    Spoil("unknown_fields_limit", "landed_deal_changes", 0, {"field": "colour"}),
    Spoil("field_known", "landed_deal_changes", values={"field": "colour"}),
    Spoil("changed_after_extract_limit", "landed_deal_changes", values={"changed_at": "2026-03-12 00:00:00"}),
    Spoil("changed_after_extract", "landed_deal_changes", values={"changed_at": "2026-03-12 00:00:00"}),
    Spoil("unknown_deals", "landed_deal_changes", values={"deal_id": "d99"}),
]


def test_good_extracts_pass_every_check() -> None:
    results = run_gate("raw", None, as_views(GOOD))
    assert {result.check: result.observed for result in results if result.status != "passed"} == {}
    assert {result.check for result in results} == names_of_checks("raw")


@pytest.mark.parametrize("spoil", SPOILS, ids=str)
def test_one_spoiled_row_fails_its_check_by_name(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    tables: Mapping[str, Table] = spoil.apply(GOOD)
    if spoil.check == "unknown_fields_limit":  # half of the changes is still allowed
        changes = tables["landed_deal_changes"]
        tables = {**tables, "landed_deal_changes": Table(changes.columns, changes.rows[:1])}
    result = run_one_check(monkeypatch, "raw", spoil.check, tables)
    assert result.status == "failed", result.observed
    assert result.failing_rows == (2 if spoil.twice else 1)
    assert result.sample


def test_every_raw_check_has_a_row_that_spoils_it() -> None:
    assert {spoil.check for spoil in SPOILS} == names_of_checks("raw")


def test_sources_without_any_currency_are_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_one_check(monkeypatch, "raw", "currency_known", GOOD)
    assert result.status == "passed"


def test_an_extract_without_a_file_of_deals_has_no_deals(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {**GOOD, "landed_files": Table(FILES.columns, FILES.rows[1:])}
    result = run_one_check(monkeypatch, "raw", "full_extract_has_deals", tables)
    assert (result.status, result.severity) == ("failed", "critical")
    assert result.sample == [{"source_name": "sales", "extract_date": "2026-03-10", "deals": 0}]


def test_an_extract_without_any_change_passes_every_check() -> None:
    results = run_gate("raw", None, as_views({**GOOD, "landed_deal_changes": Table(CHANGES.columns, [])}))
    assert {result.check: result.observed for result in results if result.status != "passed"} == {}
