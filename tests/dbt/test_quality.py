"""Exclusions as data, and the published deals beside those of the extract."""

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.dbt.literal_rows import changes, deal, row

# Settings of the run exclude excluded-won (tests) and excluded-open (tests, small).
LANDED = {"source_name": "morning", "extract_date": "2026-03-01", "pipeline": "renewals", "stage": "Talk"}
WON = {"stage": "Won", "is_closed": True, "is_won": True}
RECONCILED = [
    deal("excluded-won", **{**LANDED, **WON}, amount="700.00", currency="USD", close_date="2026-02-10"),
    deal("excluded-open", **LANDED, amount="300.00"),
    deal("kept-open", **LANDED, amount="400.00"),
    deal("kept-unpriced", **LANDED, amount="50.00", currency="CHF"),
    deal("kept-won", **{**LANDED, **WON}, amount="1000.00", currency="USD", close_date="2026-02-12"),
    deal("kept-deleted", **LANDED, amount="90.00", is_deleted=True, deleted_at="2026-02-10 09:00"),
    deal("kept-merged", **LANDED, amount="80.00", merged_into_deal_id="kept-open"),
    deal("kept-older", **LANDED, amount="60.00", modified_at="2026-02-01 09:00"),
    *changes(
        "kept-older", "stage", ("2026-01-05 09:00", "Talk"), ("2026-02-20 09:00", "Offer"),
        source_name="morning",
    ),
    *changes("excluded-open", "stage", ("2026-01-05 09:00", "Offer"), source_name="morning"),
    row(
        "leads", lead_id="lead-of-excluded", source_name="morning", extract_date="2026-03-01",
        created_at="2026-01-04 09:00", converted_at="2026-01-05 09:00", deal_id="excluded-open",
    ),
]  # fmt: skip
CELL = (
    "select extract_deals, excluded_deals, deleted_deals, merged_deals, by_history_deals, published_deals,"
    " difference_deals, extract_amount, published_amount, difference_amount, unpriced_deals,"
    " published_reporting_amount from quality.reconciliation"
    " where source_name = 'morning' and pipeline = '{}' and item = '{}' and original_currency = '{}'"
)


@pytest.mark.lake(RECONCILED)
def test_excluded_deals_count_nowhere_and_their_leads_stay(core):
    for table in (
        "fct_deals",
        "fct_deal_versions",
        "fct_deal_changes",
        "fct_deal_segments",
        "fct_deal_stages",
    ):
        assert core(f"select count(*) from core.{table} where deal_id like 'excluded-%'") == [(0,)]
    assert core("select deal_id, is_converted from core.fct_leads where lead_id = 'lead-of-excluded'") == [
        (None, True)
    ]


@pytest.mark.lake(RECONCILED)
def test_each_exclusion_says_what_it_took_out_and_the_total_counts_a_deal_once(core):
    rows = core(
        "select exclusion, conditions, deals, open_deals, open_amount, won_deals, won_amount"
        " from quality.exclusions_applied order by exclusion"
    )
    assert rows == [
        ("(all)", None, 2, 1, 300, 1, 560),
        ("nothing", "deal_name contains nothing", 0, 0, 0, 0, 0),
        ("small", "deal_name contains small", 1, 1, 300, 0, 0),
        ("tests", "deal_name contains tests", 2, 1, 300, 1, 560),
    ]
    assert core(
        "select exclusion, deal_id, state, stage, amount, original_amount, original_currency"
        " from quality.excluded_deals order by 1, 2"
    ) == [
        ("small", "excluded-open", "open", "Talk", 300, 300, "EUR"),
        ("tests", "excluded-open", "open", "Talk", 300, 300, "EUR"),
        ("tests", "excluded-won", "won", "Won", 560, 700, "USD"),
    ]


@pytest.mark.lake(RECONCILED)
@pytest.mark.parametrize(
    ("cell", "deals", "money"),
    [
        (("renewals", "Talk", "EUR"), (5, 1, 1, 1, -1, 1, 0), (930, 400, 0, 0, 400)),
        (("renewals", "Offer", "EUR"), (0, 0, 0, 0, 1, 1, 0), (0, 60, 0, 0, 60)),
        (("renewals", "Talk", "CHF"), (1, 0, 0, 0, 0, 1, 0), (50, 50, 0, 1, 0)),
        (("renewals", "Won", "USD"), (2, 1, 0, 0, 0, 1, 0), (1700, 1000, 0, 0, 800)),
        (("all", "FY2026-Q1", "USD"), (2, 1, 0, 0, 0, 1, 0), (1700, 1000, 0, 0, 800)),
    ],
)
def test_what_is_published_is_what_the_extract_holds_but_for_named_reasons(core, cell, deals, money):
    assert core(CELL.format(*cell)) == [(*deals, *map(Decimal, money))]


@pytest.mark.lake(RECONCILED)
@pytest.mark.parametrize(
    "spoil",
    [
        "update {deals} set stage = 'Offer' where deal_id = 'kept-open'",
        "update {deals} set original_amount = 400.01 where deal_id = 'kept-open'",
        "update {deals} set closed_date = date '2025-12-31' where deal_id = 'kept-won'",
        "delete from {deals} where deal_id = 'kept-unpriced'",
        "update {deals} set is_deleted = true where deal_id = 'kept-won'",
        "insert into {deals} select * replace ('twice' as deal_id) from {deals} where deal_id = 'kept-open'",
    ],
)
def test_one_spoiled_row_of_the_published_deals_fails_the_reconciliation(core, tmp_path, spoil):
    [(path,)] = core("select path from duckdb_databases() where database_name = 'warehouse'")
    compiled = next((Path(path).parent / "target").glob("compiled/*"))
    shutil.copy(path, tmp_path / "warehouse.duckdb")
    check = (compiled / "tests/quality/assert_published_deals_reconcile_to_the_extract.sql").read_text()
    model = (compiled / "models/quality/reconciliation.sql").read_text()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert connection.execute(check).fetchall() == []
        connection.execute(spoil.format(deals="intermediate.int_deals_described"))
        connection.execute(f"create or replace table quality.reconciliation as {model}")
        assert connection.execute(check).fetchall() != []


EARLIER = {"source_name": "morning", "extract_date": "2026-02-20", "stage": "Demo"}


@pytest.mark.lake(
    deal("restated-stage", **EARLIER, amount="100.00", modified_at="2026-02-01 09:00"),
    changes(
        "restated-stage", "stage", ("2026-01-05 09:00", "Demo"), ("2026-02-18 09:00", "Proposal"),
        source_name="morning",
    ),
    deal("restated-deleted", **EARLIER, amount="50.00"),
    deal(
        "restated-deleted", **{**EARLIER, "extract_date": "2026-03-01"}, amount="50.00", is_deleted=True,
        deleted_at="2026-02-15 09:00",
    ),
    deal("not-restated", **EARLIER, amount="70.00"),
)  # fmt: skip
def test_what_became_known_of_a_day_after_its_extract_is_told_deal_by_deal(core):
    assert core(
        "select deal_id, restatement, as_was_stage, as_was_amount, restated_stage, restated_amount,"
        " difference_amount from quality.restated_deals"
        " where extract_date = '2026-02-20' and deal_id like '%restated%' order by deal_id"
    ) == [
        ("restated-deleted", "not_open_after_all", "Demo", 50, None, None, -50),
        ("restated-stage", "other_stage", "Demo", 100, "Proposal", 100, 0),
    ]
    assert core(
        "select as_was_deals, restated_deals, difference_deals, difference_amount from quality.restatements"
        " where source_name = 'morning' and extract_date = '2026-02-20' and stage = 'Proposal'"
    ) == [(0, 1, 1, 100)]
