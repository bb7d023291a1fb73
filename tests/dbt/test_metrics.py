"""Funnel metrics and blocked stages on a company small enough to compute by hand, as of 2026-04-11."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.company import Company
from orchestration.fiscal import calendar_days
from orchestration.warehouse import write_table
from tests.dbt.conftest import dbt_build
from tests.dbt.metrics_company import AS_OF, COMPANY, core_tables

Tables = duckdb.DuckDBPyConnection


ELSEWHERE = (
    "waterfall",
    "roster",
    "slip",
    "push",
    "pipeline_created",
    "recent_deal",
    "coverage",
    "int_bookings",
    "actuals",
)


@pytest.fixture(scope="session")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """The metrics models, built and tested by dbt on literal core tables."""
    folder = tmp_path_factory.mktemp("metrics")
    database = folder / "warehouse.duckdb"
    write_core(database)
    # the rest has tests of its own, on whole core models
    elsewhere = [f"*{name}*" for name in ELSEWHERE]
    dbt_build(database, folder / "target", "path:models/metrics", "--exclude", *elsewhere)
    connection = duckdb.connect(str(database), read_only=True)
    yield connection
    connection.close()


def write_core(database: Path) -> None:
    """Write the columns of schema core that metrics read, and the run's settings."""
    company = Company.model_validate(COMPANY)
    with duckdb.connect(str(database)) as connection:
        write_table(connection, "core.dim_dates", calendar_days(company, date(2027, 12, 31)))
        for name, frame in core_tables().items():
            write_table(connection, name, frame)


def funnel(metrics: Tables, period: str, segment: str, value: str, *columns: str) -> tuple[Any, ...]:
    row = metrics.execute(
        f"select {', '.join(columns)} from metrics.funnel_metrics"
        " where fiscal_period = ? and segment_name = ? and segment_value = ?",
        [period, segment, value],
    ).fetchone()
    assert row is not None
    return row


def stage(metrics: Tables, segment: str, value: str, name: str, *columns: str) -> tuple[Any, ...]:
    row = metrics.execute(
        f"select {', '.join(columns)} from metrics.blocked_stages"
        " where segment_name = ? and segment_value = ? and stage = ?",
        [segment, value, name],
    ).fetchone()
    assert row is not None
    return row


def test_a_finished_quarter_counts_what_was_created_won_and_lost_in_it(metrics: Tables) -> None:
    columns = ["is_complete", "deals_created", "deals_won", "deals_lost"]
    assert funnel(metrics, "FY2026-Q1", "deal_type", "new", *columns) == (True, 5, 3, 1)


def test_money_is_measured_on_the_deals_that_carry_an_amount(metrics: Tables) -> None:
    columns = ["won_amount", "average_deal_amount", "median_deal_amount", "won_deals_without_amount"]
    money = funnel(metrics, "FY2026-Q1", "deal_type", "new", *columns)
    assert money == (Decimal("401.00"), Decimal("200.50"), Decimal("200.50"), 1)


def test_close_rates_are_shares_of_closed_deals_and_of_their_money(metrics: Tables) -> None:
    rates = funnel(metrics, "FY2026-Q1", "deal_type", "new", "close_rate", "close_rate_by_amount")
    assert rates == (0.75, round(401 / 601, 6))


def test_lifetimes_leave_out_assumed_creation_and_closes_before_it(metrics: Tables) -> None:
    columns = ["median_lifetime_days", "mean_lifetime_days", "lifetime_deals"]
    assert funnel(metrics, "FY2026-Q1", "deal_type", "new", *columns) == (45.0, 45.0, 2)
    assert funnel(metrics, "FY2026-Q2", "deal_type", "new", *columns) == (None, None, 0)


def test_velocity_is_open_deals_times_rate_times_size_over_days(metrics: Tables) -> None:
    (velocity,) = funnel(metrics, "FY2026-Q1", "deal_type", "new", "sales_velocity_per_day")
    assert velocity == Decimal("6.68")  # 2 x 0.75 x 200.50 / 45


def test_open_deals_are_those_at_the_end_of_the_period_at_their_amount_of_that_day(metrics: Tables) -> None:
    columns = ["open_deals_at_end", "open_amount_at_end", "open_deals_without_amount"]
    assert funnel(metrics, "FY2026-Q1", "deal_type", "new", *columns) == (2, Decimal("550.00"), 1)
    assert funnel(metrics, "FY2026-Q2", "deal_type", "new", *columns) == (2, Decimal("650.00"), 1)


def test_the_running_period_is_there_and_marked(metrics: Tables) -> None:
    columns = ["is_complete", "deals_created", "deals_won", "won_amount", "close_rate"]
    assert funnel(metrics, "FY2026-Q2", "deal_type", "new", *columns) == (False, 1, 1, Decimal("50.00"), 1.0)


def test_an_event_counts_for_the_value_at_the_end_of_its_day(metrics: Tables) -> None:
    columns = ["deals_created", "deals_won", "won_amount"]
    assert funnel(metrics, "FY2026-Q1", "region", "south", *columns) == (0, 1, Decimal("301.00"))
    assert funnel(metrics, "FY2026-Q1", "region", "north", *columns) == (5, 2, Decimal("100.00"))


def test_leads_are_cut_by_owner_and_team_only(metrics: Tables) -> None:
    assert funnel(metrics, "FY2026-Q1", "all", "all", "leads") == (2,)
    assert funnel(metrics, "FY2026-Q1", "owner", "anna", "leads") == (1,)
    assert funnel(metrics, "FY2026-Q1", "team", "South", "leads") == (1,)
    assert funnel(metrics, "FY2026-Q2", "owner", "(none)", "leads") == (1,)
    assert funnel(metrics, "FY2026-Q1", "region", "north", "leads") == (None,)


def test_stage_times_are_the_quantiles_of_won_and_of_open_visits(metrics: Tables) -> None:
    won = ["won_visits", "won_median_days", "won_p75_days", "won_p90_days"]
    assert stage(metrics, "all", "all", "Demo", *won) == (10, 5.5, 7.75, 9.1)
    assert stage(metrics, "all", "all", "Demo", "median_open_days", "p90_open_days") == (9.0, 9.8)


def test_stalled_deals_are_longer_in_the_stage_than_nine_in_ten_won_ones(metrics: Tables) -> None:
    columns = ["open_deals", "open_amount", "open_deals_without_amount", "stalled_deals", "stalled_amount"]
    assert stage(metrics, "all", "all", "Demo", *columns) == (3, Decimal("450.00"), 1, 1, Decimal("200.00"))


def test_blocked_money_is_amount_times_days_over_the_won_median(metrics: Tables) -> None:
    # 9 and 10 days against 5.5: 3.5 + 4.5 days, 100 x 3.5 + 200 x 4.5; the third deal is at 2 days.
    columns = ["blocked_days", "blocked_amount_days"]
    assert stage(metrics, "all", "all", "Demo", *columns) == (Decimal("8.0"), Decimal("1250.00"))


def test_lost_revenue_is_the_fall_of_conversion_times_the_amount_that_left(metrics: Tables) -> None:
    columns = ["exits", "conversion_rate", "conversion_rate_last_4_quarters", "revenue_lost"]
    assert stage(metrics, "all", "all", "Demo", *columns) == (10, 0.4, 1.0, Decimal("60.00"))


def test_a_clear_fall_of_conversion_is_blocked_and_said_in_words(metrics: Tables) -> None:
    verdict, reason = stage(metrics, "all", "all", "Demo", "verdict", "reason")
    assert verdict == "blocked"  # pooled share 0.7, z = 0.6 / sqrt(0.7 x 0.3 x (1/10 + 1/10)) = 2.93
    assert reason == (
        "40 % of the 10 visits that ended in the last 91 days moved on;"
        " in the four quarters before it was 100 %."
    )


def test_a_stage_with_fewer_than_ten_won_visits_cannot_be_judged(metrics: Tables) -> None:
    columns = ["open_deals", "won_p90_days", "stalled_deals", "blocked_amount_days", "verdict"]
    assert stage(metrics, "all", "all", "Talk", *columns) == (2, None, None, None, "cannot_tell")


def test_a_cut_holds_its_deals_against_the_whole_company(metrics: Tables) -> None:
    columns = ["won_visits", "won_p90_days", "company_won_p90_days", "stalled_deals"]
    assert stage(metrics, "owner", "ben", "Demo", *columns) == (0, None, 9.1, 1)


def test_a_visit_counts_for_its_own_pipeline(metrics: Tables) -> None:
    assert stage(metrics, "pipeline", "partner", "Join", "pipeline", "open_deals") == ("partner", 1)
    strays = metrics.execute(
        "select * from metrics.blocked_stages where segment_name = 'pipeline' and segment_value <> pipeline"
    ).fetchall()
    assert strays == []


def test_stages_are_ranked_by_the_money_that_is_stuck(metrics: Tables) -> None:
    ranked = metrics.execute(
        "select stage from metrics.blocked_stages where segment_name = 'all' order by money_rank"
    ).fetchall()
    assert [name for (name,) in ranked] == ["Demo", "Talk", "Offer", "Join"]


def test_the_company_is_read_as_of_its_date(metrics: Tables) -> None:
    days = metrics.execute("select distinct as_of_date from metrics.blocked_stages").fetchall()
    assert days == [(AS_OF,)]
    assert AS_OF - timedelta(days=91) == date(2026, 1, 10)  # where the window of exits begins
