"""The warehouse's past, day by day, beside what really happened in the simulated company."""

from datetime import timedelta

import duckdb
import numpy as np

from orchestration.simulation.ledger import Field

DAYS = 20
STATE = (
    "deal_id", "pipeline", "stage", "amount", "original_amount", "original_currency", "close_date",
    "owner_id", "forecast_category",
)  # fmt: skip


def test_open_deals_of_twenty_random_days_equal_the_truth_in_every_column(refreshed):
    settings = refreshed.truth.settings
    rng = np.random.default_rng(20)
    for offset in sorted(rng.choice(settings.span_days, DAYS, replace=False)):
        day = settings.start + timedelta(days=int(offset))
        truth = refreshed.truth.open_deals_on(day).select(STATE).sort("deal_id")
        published = refreshed.workplace.query(
            f"select {', '.join(STATE)} from core.fct_deal_snapshots"
            f" where snapshot_date = '{day}' and is_open order by deal_id"
        )
        assert published == truth.rows(), day


def test_the_simulated_company_has_every_kind_of_movement_that_the_truth_must_survive(simulated):
    ledger = simulated.ledger
    is_closed = np.array([stage.is_closed for stage in simulated.settings.process.stages])
    stages, pipelines = ledger.of(Field.STAGE), ledger.of(Field.PIPELINE)
    later = stages.old >= 0
    assert len(ledger.of(Field.DELETED)) >= 5
    assert len(ledger.of(Field.MERGED_INTO)) >= 5
    assert np.sum(is_closed[stages.old[later]] & ~is_closed[stages.new[later]]) >= 5  # reopened
    assert np.sum(pipelines.old >= 0) >= 5
    assert set(simulated.open_deals_on(simulated.settings.until)["original_currency"]) == {
        "EUR", "GBP", "USD"
    }  # fmt: skip


def test_a_deal_that_did_not_change_still_has_its_row_every_day(refreshed):
    """Each stay in the pipeline, however quiet, has as many snapshots as days, in every month's file."""
    expected = refreshed.workplace.query(
        "select deal_id, sum(coalesce(valid_to, as_of_date) - valid_from) as days,"
        " max(coalesce(valid_to, as_of_date) - valid_from) as quiet_days"
        " from core.fct_deal_versions cross join (select max(snapshot_date) + 1 as as_of_date"
        " from core.fct_deal_snapshots) where is_open group by all order by all"
    )
    files = refreshed.workplace.data / "published" / "current" / "parquet" / "core" / "fct_deal_snapshots"
    counted = duckdb.sql(
        f"select deal_id, count(*) from '{files}/*.parquet' where is_open group by all order by all"
    ).fetchall()
    assert [(deal, days) for deal, days, _ in expected] == counted
    assert max(quiet for _, _, quiet in expected) > 60


def test_the_files_of_the_months_add_up_to_the_table(refreshed):
    files = refreshed.workplace.data / "published" / "current" / "parquet" / "core" / "fct_deal_snapshots"
    table = refreshed.workplace.query("select * from core.fct_deal_snapshots order by all")
    assert duckdb.sql(f"select * from '{files}/*.parquet' order by all").fetchall() == table
    for file in files.iterdir():
        months = duckdb.sql(f"select distinct strftime(snapshot_date, '%Y-%m') from '{file}'").fetchall()
        assert months == [(file.stem,)]
