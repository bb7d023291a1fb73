"""Exclusions, reconciliation and restatements of a whole refresh of two extracts."""

from datetime import timedelta

import polars as pl
import pytest

from orchestration.simulation import write_extracts
from tests.integration.conftest import UNTIL, Refreshed
from tests.refreshes import SIMULATED, Workplace

EARLIER = UNTIL - timedelta(days=40)
COMPANY = {
    **SIMULATED,
    "exclusions": [
        {"name": "small", "where": [{"column": "amount", "below": 8000}]},
        {
            "name": "renewals_abroad",
            "where": [
                {"column": "deal_type", "is_in": ["renewal"]},
                {"column": "region", "contains": "America"},
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def excluding(tmp_path_factory, simulated):
    workplace = Workplace.of(tmp_path_factory.mktemp("excluding"), COMPANY)
    write_extracts(simulated, workplace.data / "raw" / "sales", [EARLIER, UNTIL])
    return Refreshed(workplace, workplace.succeed(), simulated)


@pytest.fixture(scope="module")
def published(excluding):
    return excluding.workplace


@pytest.fixture(scope="module")
def extract(published):
    return pl.read_csv(published.data / "raw" / "sales" / str(UNTIL) / "deals.csv")


def test_what_the_company_file_excludes_is_in_no_table_and_is_accounted_for(excluding, published, extract):
    small = set(extract.filter(pl.col("amount") < 8000)["deal_id"])
    abroad = set(
        extract.filter(pl.col("deal_type") == "renewal", pl.col("region") == "North America")["deal_id"]
    )
    assert small & abroad
    assert published.query("select exclusion, deals from quality.exclusions_applied order by exclusion") == [
        ("(all)", len(small | abroad)),
        ("renewals_abroad", len(abroad)),
        ("small", len(small)),
    ]
    assert f"Excluded    {len(small | abroad)} deals, as the company file says" in excluding.output
    kept = set(extract["deal_id"]) - small - abroad
    assert {deal for (deal,) in published.query("select deal_id from core.fct_deals")} == kept
    for table in ("core.fct_deal_snapshots", "core.fct_deal_changes", "forecast.forecast_deals"):
        assert {deal for (deal,) in published.query(f"select distinct deal_id from {table}")} <= kept


def test_the_published_deals_are_those_of_the_extract_to_the_cent(published, extract):
    assert published.query(
        "select sum(extract_deals), sum(extract_amount), sum(abs(difference_deals)),"
        " sum(abs(difference_amount)), sum(abs(by_history_deals)) from quality.reconciliation"
        " where measure = 'deals_by_stage'"
    ) == [(extract.height, extract["amount"].cast(pl.Decimal(18, 2)).sum(), 0, 0, 0)]
    by_stage = extract.group_by("pipeline", "stage", "currency").len().sort("pipeline", "stage", "currency")
    assert by_stage.rows() == published.query(
        "select pipeline, item, original_currency, extract_deals from quality.reconciliation"
        " where measure = 'deals_by_stage' and extract_deals > 0 order by 1, 2, 3"
    )


def test_a_true_history_restates_no_past_day(published):
    assert published.query(
        "select extract_date, sum(as_was_deals) > 0, sum(abs(difference_deals)), sum(abs(difference_amount))"
        " from quality.restatements group by extract_date order by extract_date"
    ) == [(EARLIER, True, 0, 0), (UNTIL, True, 0, 0)]
