"""What the printed summary says of checks that did not pass."""

import duckdb
import pytest

from orchestration.check_results import CheckResult, results_frame
from orchestration.summary.answers import _accuracy, scenario_lines
from orchestration.summary.checks import _samples, check_lines


def test_a_warning_names_the_first_rows_that_it_found_as_plain_text():
    unmapped = CheckResult(
        gate="core",
        dataset="stage_facts",
        check="stages_unmapped",
        description="Every stage is mapped.",
        severity="warning",
        status="failed",
        observed="3 found",
        expected="a process step for every stage",
        failing_rows=3,
        sample=[
            {"pipeline": "sales", "stage": "Hand\x1b[2Jshake\n", "deals": 4},
            {"pipeline": "sales", "stage": None, "deals": 2},
            {"pipeline": "sales", "stage": "Third", "deals": 1},
        ],
        remedy="Name these stages.",
    )
    printed = " ".join(line.strip() for line in check_lines(results_frame("b", [unmapped]), []))
    assert "stages_unmapped: 3 found" in printed
    assert "Name these stages. Such as: pipeline sales, stage Hand [2Jshake , deals 4;" in printed
    assert printed.endswith("pipeline sales, deals 2")


def test_a_long_value_of_a_row_is_cut_on_the_screen():
    printed = _samples([{"deal_name": "x" * 500}])
    assert printed == f" Such as: deal_name {'x' * 77}..."


@pytest.mark.parametrize(
    ("tested", "scores", "printed"),
    [
        (
            9,
            [
                ("headline", 4 / 9, 10, 0.094),
                ("crm_weighted", 4 / 9, 10, 0.081),
                ("mean_of_3", 0.444444, 10, 0.228),
                ("headline", 0.0, 10, 0.5),
            ],
            "Over the last 10 quarters this forecast missed by 9% on average at mid-quarter"
            " (the CRM's own number: 8%, mean of the last three: 23%)",
        ),
        (
            9,
            [
                ("headline", 4 / 9, 1, 0.094),
                ("crm_weighted", 4 / 9, 3, 0.1),
                ("mean_of_3", 0.444444, 1, 0.228),
            ],
            "Over the last quarter this forecast missed by 9% on average at mid-quarter"
            " (mean of the last three: 23%)",
        ),
        (
            9,
            [],
            "How right this forecast is cannot be measured yet:"
            " no quarter that ended had enough wins before it",
        ),
        (
            0,
            [],
            "How right this forecast is cannot be measured yet:"
            " the history holds no whole quarter that has ended",
        ),
    ],
)
def test_the_forecast_says_how_far_it_missed_or_why_nobody_knows(tested, scores, printed):
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema forecast")
        connection.execute("create table raw.run_settings as select 'quarter' as forecast_period")
        connection.execute(f"create table forecast.forecast_backtest as select * from range({tested})")
        connection.execute(
            "create table forecast.forecast_scores (basis text, method text, phase double, n_forecasts int,"
            " wape double)"
        )
        for score in scores:
            connection.execute(
                "insert into forecast.forecast_scores values ('backtest', ?, ?, ?, ?)", list(score)
            )
        assert _accuracy(connection) == printed


def test_scenarios_are_told_by_how_much_they_change_and_in_one_line_each():
    connection = duckdb.connect()
    connection.execute("create schema forecast")
    connection.execute(
        """
        create table forecast.forecast_scenarios as
        select * from (values
            ('base', 'The forecast', 'FY2026-Q1', date '2026-01-01', 'headline', 'all', 100.0, 0.0),
            ('fewer', 'Fewer', 'FY2026-Q1', date '2026-01-01', 'headline', 'all', 90.0, -10.0),
            ('fewer', 'Fewer', 'FY2026-Q2', date '2026-04-01', 'headline', 'all', 1.0, -99.0),
            ('more', repeat('long ', 40), 'FY2026-Q1', date '2026-01-01', 'headline', 'all', 1130.0, 1030.0),
            ('more', 'More', 'FY2026-Q1', date '2026-01-01', 'hazard', 'all', 1.0, 2000.0)
        ) as t (scenario, description, fiscal_period, period_start, method, segment_name, expected,
            delta_expected)
        """
    )
    more, fewer = scenario_lines(connection)
    assert more.startswith("Scenarios   more  ")
    assert "1,130  +1,030: long long" in more
    assert len(more) == 118
    assert fewer.endswith("90  -10: Fewer")
    connection.execute("delete from forecast.forecast_scenarios")
    assert list(scenario_lines(connection)) == []
