"""The forecast gate passes good forecasts and names what is wrong in spoiled ones."""

import pytest

from orchestration.gates import run_gate
from tests.unit.expectation_tables import Spoil, Table, as_views, names_of_checks, run_one_check

SETTINGS = Table(
    {"as_of_date": "date", "as_of_at": "timestamp", "horizon": "int"},
    [("2026-03-11", "2026-03-10 23:00:00", 1)],
)
DATES = Table(
    {"date_day": "date", "fiscal_period": "text", "period_start": "date", "period_end": "date"},
    [
        ("2025-12-31", "FY2025-Q4", "2025-10-01", "2025-12-31"),
        ("2026-03-10", "FY2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-03-11", "FY2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-04-01", "FY2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-07-01", "FY2026-Q3", "2026-07-01", "2026-09-30"),
    ],
)
DEALS = Table(
    {"deal_id": "text", "is_closed": "boolean", "removed_date": "date"},
    [("d1", False, None), ("d2", False, None), ("d3", True, None), ("d4", False, "2026-03-01")],
)
QUARTERS = Table(
    {
        "as_of_date": "date", "fiscal_period": "text", "segment_name": "text", "segment_value": "text",
        "method": "text", "won_to_date": "decimal(18,2)", "open_expected": "decimal(18,2)",
        "new_expected": "decimal(18,2)", "expected": "decimal(18,2)", "p10": "decimal(18,2)",
        "p50": "decimal(18,2)", "p90": "decimal(18,2)", "reliability": "text",
    },
    [
        ("2026-03-11", "FY2026-Q1", "all", "all", "headline", 10, 5, 1.5, 16.5, 12, 16, 20, "good"),
        ("2026-03-11", "FY2026-Q1", "team", "north", "headline", 4, 2, 0.75, 6.75, None, None, None, "good"),
        ("2026-03-11", "FY2026-Q1", "team", "south", "headline", 6, 3, 0.75, 9.75, 8, 10, 11, "limited"),
        ("2026-03-11", "FY2026-Q2", "all", "all", "headline", 0, 3, 9, 12, 5, 12, 30, "good"),
        ("2026-03-11", "FY2026-Q1", "all", "all", "hazard", 10, 5, 1.5, 16.5, None, None, None, "good"),
        # An older forecast, whatever it says, is not checked again.
        ("2026-03-04", "FY2026-Q1", "all", "all", "headline", 0, 0, 0, 99, 3, 2, 1, "good"),
    ],
)  # fmt: skip
FORECAST_DEALS = Table(
    {
        "as_of_date": "date", "deal_id": "text", "fiscal_period": "text", "stage": "text", "p_won": "double",
        "p_won_in_period": "double", "expected_amount": "decimal(18,2)",
    },
    [
        ("2026-03-11", "d1", "FY2026-Q1", "Demo", 0.5, 0.4, 4),
        ("2026-03-11", "d2", "FY2026-Q1", "Demo", 0.1, 0.1, 1),
    ],
)  # fmt: skip
BACKTEST = Table(
    {
        "as_of_date": "date", "phase": "double", "fiscal_period": "text", "period_start": "date",
        "period_end": "date", "method": "text", "won_to_date": "decimal(18,2)",
        "open_expected": "decimal(18,2)", "new_expected": "decimal(18,2)", "expected": "decimal(18,2)",
        "p10": "decimal(18,2)", "p50": "decimal(18,2)", "p90": "decimal(18,2)",
    },
    [
        (
            "2025-10-01", 0, "FY2025-Q4", "2025-10-01", "2025-12-31", "headline", 0, 3, 9, 12, 8, 12, 15,
        ),
        (
            "2025-10-11", 0.111111, "FY2025-Q4", "2025-10-01", "2025-12-31", "headline", 1, 3, 8, 12, 8, 12,
            15,
        ),
        (
            "2025-10-11", 0.111111, "FY2025-Q4", "2025-10-01", "2025-12-31", "hazard", 1, 3, 8, 12, 8, 12, 15,
        ),
    ],
)  # fmt: skip
SCORES = Table(
    {
        "basis": "text", "method": "text", "phase": "double", "n_forecasts": "int", "wape": "double",
        "bias": "double", "pinball": "double", "coverage": "double", "brier": "double",
    },
    [
        ("backtest", "headline", 0, 10, 0.1, -0.1, 0.03, 0.8, None),
        ("backtest", "hazard", 0, 10, 0.1, -0.1, 0.03, 0.8, 0.1),
        ("backtest", "mean_of_3", 0, 10, 0.2, 0.1, None, None, None),
    ],
)  # fmt: skip
CALIBRATION = Table(
    {
        "basis": "text", "method": "text", "p_from": "double", "p_to": "double", "n_forecasts": "int",
        "n_won": "int", "expected_share": "double", "won_share": "double",
    },
    [("backtest", "hazard", 0, 0.02, 90, 1, 0.01, 0.0111), ("backtest", "hazard", 0.5, 0.7, 4, 4, 0.6, 1)],
)  # fmt: skip
SCENARIOS = Table(
    {
        "scenario": "text", "fiscal_period": "text", "segment_name": "text", "segment_value": "text",
        "method": "text", "won_to_date": "decimal(18,2)", "open_expected": "decimal(18,2)",
        "new_expected": "decimal(18,2)", "expected": "decimal(18,2)", "delta_expected": "decimal(18,2)",
    },
    [
        ("base", "FY2026-Q1", "all", "all", "headline", 10, 5, 1.5, 16.5, 0),
        ("base", "FY2026-Q1", "team", "north", "headline", 4, 2, 0.75, 6.75, 0),
        ("base", "FY2026-Q1", "team", "south", "headline", 6, 3, 0.75, 9.75, 0),
        ("base", "FY2026-Q2", "all", "all", "headline", 0, 3, 9, 12, 0),
        ("base", "FY2026-Q1", "all", "all", "hazard", 10, 5, 1.5, 16.5, 0),
        ("fewer", "FY2026-Q2", "all", "all", "headline", 0, 3, 0, 3, -9),
    ],
)  # fmt: skip
PROBLEMS = Table({"file": "text", "scenario": "text", "problem": "text"}, [])
CALL_SCORES = Table(
    {
        "owner_id": "text", "phase": "double", "n_periods": "int", "called": "decimal(18,2)",
        "actual": "decimal(18,2)", "wape": "double", "bias": "double",
    },
    [
        ("U1", 0, 3, 330, 300, 0.2, 0.1),
        ("U1", 0.111111, 3, 270, 300, 0.1, -0.1),
        ("U2", 0, 1, 50, 0, None, None),
    ],
)  # fmt: skip
GOOD = {
    "raw.run_settings": SETTINGS,
    "core.dim_dates": DATES,
    "core.fct_deals": DEALS,
    "forecast.forecast_quarters": QUARTERS,
    "forecast.forecast_deals": FORECAST_DEALS,
    "forecast.forecast_backtest": BACKTEST,
    "forecast.forecast_scores": SCORES,
    "forecast.forecast_calibration": CALIBRATION,
    "forecast.forecast_scenarios": SCENARIOS,
    "forecast.scenario_problems": PROBLEMS,
    "forecast.forecast_call_scores": CALL_SCORES,
}
SPOILS = [
    Spoil("forecast_unique", "forecast.forecast_quarters", twice=True),
    Spoil("expected_not_null", "forecast.forecast_quarters", values={"expected": None}),
    Spoil("method_known", "forecast.forecast_quarters", values={"method": "guess"}),
    Spoil("reliability_known", "forecast.forecast_quarters", values={"reliability": "perfect"}),
    Spoil("reliability_not_null", "forecast.forecast_quarters", values={"reliability": None}),
    Spoil("forecast_parts_add_up", "forecast.forecast_quarters", values={"new_expected": 1.51}),
    Spoil("quantiles_ordered", "forecast.forecast_quarters", values={"p50": 11.99}),
    Spoil("company_total_present", "forecast.forecast_quarters", 4, {"segment_value": "none"}),
    Spoil("headline_reaches_horizon", "forecast.forecast_quarters", 3, gone=True),
    Spoil("segments_add_up", "forecast.forecast_quarters", 2, {"won_to_date": 5.99}),
    Spoil("forecast_deal_id_not_null", "forecast.forecast_deals", values={"deal_id": None}),
    Spoil("forecast_deal_unique", "forecast.forecast_deals", twice=True),
    Spoil("expected_amount_not_null", "forecast.forecast_deals", values={"expected_amount": None}),
    Spoil("p_won_in_range", "forecast.forecast_deals", values={"p_won": 1.01}),
    Spoil("p_won_in_period_in_range", "forecast.forecast_deals", values={"p_won_in_period": -0.01}),
    Spoil("p_won_in_period_within_p_won", "forecast.forecast_deals", values={"p_won_in_period": 0.51}),
    Spoil("open_deals_forecast", "forecast.forecast_deals", gone=True),
    Spoil("deals_add_up_to_hazard", "forecast.forecast_deals", values={"expected_amount": 4.01}),
    Spoil("backtest_unique", "forecast.forecast_backtest", 2, twice=True),
    Spoil("backtest_method_known", "forecast.forecast_backtest", 2, {"method": "guess"}),
    Spoil("backtest_day_in_period", "forecast.forecast_backtest", values={"phase": 0.111111}),
    Spoil("backtest_period_ended", "forecast.forecast_backtest", values={"period_end": "2026-03-11"}),
    Spoil("backtest_parts_add_up", "forecast.forecast_backtest", values={"expected": 12.01}),
    Spoil("backtest_quantiles_ordered", "forecast.forecast_backtest", values={"p50": 7.99}),
    Spoil("backtest_headline_present", "forecast.forecast_backtest", 1, gone=True),
    Spoil("score_unique", "forecast.forecast_scores", twice=True),
    Spoil("score_basis_known", "forecast.forecast_scores", values={"basis": "hope"}),
    Spoil("score_method_known", "forecast.forecast_scores", values={"method": "guess"}),
    Spoil("score_phase_in_range", "forecast.forecast_scores", values={"phase": 1.01}),
    Spoil("score_counts_forecasts", "forecast.forecast_scores", values={"n_forecasts": 0}),
    Spoil("wape_not_negative", "forecast.forecast_scores", values={"wape": -0.1, "bias": 0}),
    Spoil("coverage_in_range", "forecast.forecast_scores", values={"coverage": 1.01}),
    Spoil("pinball_not_negative", "forecast.forecast_scores", values={"pinball": -0.01}),
    Spoil("brier_in_range", "forecast.forecast_scores", 1, values={"brier": 1.01}),
    Spoil("calibration_unique", "forecast.forecast_calibration", twice=True),
    Spoil("calibration_method_known", "forecast.forecast_calibration", values={"method": "guess"}),
    Spoil("calibration_counts_deals", "forecast.forecast_calibration", values={"n_forecasts": 0}),
    Spoil("won_share_in_range", "forecast.forecast_calibration", 1, values={"won_share": 1.01}),
    Spoil("expected_share_in_band", "forecast.forecast_calibration", values={"expected_share": 0.021}),
    Spoil("scenario_unique", "forecast.forecast_scenarios", 5, twice=True),
    Spoil("scenario_not_null", "forecast.forecast_scenarios", 5, {"scenario": None}),
    Spoil("scenario_method_known", "forecast.forecast_scenarios", 5, {"method": "series"}),
    Spoil("scenario_open_not_negative", "forecast.forecast_scenarios", 5, {"open_expected": -0.01}),
    Spoil("scenario_new_not_negative", "forecast.forecast_scenarios", 5, {"new_expected": -0.01}),
    Spoil("scenario_parts_add_up", "forecast.forecast_scenarios", 5, {"new_expected": 0.01}),
    Spoil("scenario_segments_add_up", "forecast.forecast_scenarios", 2, {"expected": 9.76}),
    Spoil("scenario_base_is_the_forecast", "forecast.forecast_scenarios", 4, {"expected": 16.51}),
    Spoil("scenario_delta_is_the_difference", "forecast.forecast_scenarios", 5, {"delta_expected": 9}),
    Spoil("call_score_unique", "forecast.forecast_call_scores", twice=True),
    Spoil("call_score_owner_not_null", "forecast.forecast_call_scores", values={"owner_id": None}),
    Spoil("call_score_phase_in_range", "forecast.forecast_call_scores", values={"phase": 1.01}),
    Spoil("call_score_counts_periods", "forecast.forecast_call_scores", values={"n_periods": 0}),
    Spoil("call_wape_not_negative", "forecast.forecast_call_scores", 2, values={"wape": -0.1}),
    Spoil("call_bias_is_called_less_brought", "forecast.forecast_call_scores", values={"called": 331}),
    Spoil("bias_within_wape", "forecast.forecast_scores", values={"bias": 0.11}),
]


def test_good_forecasts_pass_every_check() -> None:
    results = run_gate("forecast", None, as_views(GOOD))
    assert {result.check: result.observed for result in results if result.status != "passed"} == {}
    assert {result.check for result in results} == names_of_checks("forecast")


@pytest.mark.parametrize("spoil", SPOILS, ids=str)
def test_one_spoiled_row_fails_its_check_by_name(spoil: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_one_check(monkeypatch, "forecast", spoil.check, spoil.apply(GOOD))
    assert result.status == "failed", result.observed
    assert result.failing_rows == (2 if spoil.twice else 1)
    assert result.sample


def test_every_forecast_check_has_a_row_that_spoils_it() -> None:
    assert {spoil.check for spoil in SPOILS} | {"scenarios_usable"} == names_of_checks("forecast")


def test_a_problem_of_a_scenario_warns_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("slow.yaml", "slow", "D1: not open as of 2026-03-11")]
    tables = {**GOOD, "forecast.scenario_problems": Table(PROBLEMS.columns, rows)}
    result = run_one_check(monkeypatch, "forecast", "scenarios_usable", tables)
    assert (result.status, result.severity, result.failing_rows) == ("failed", "warning", 1)


def test_without_scenarios_there_is_nothing_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {**GOOD, "forecast.forecast_scenarios": Table(SCENARIOS.columns, [])}
    result = run_one_check(monkeypatch, "forecast", "scenario_base_is_the_forecast", tables)
    assert result.status == "passed"


def test_a_forecast_without_its_row_of_base_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = Spoil("scenario_base_is_the_forecast", "forecast.forecast_scenarios", 4, gone=True).apply(GOOD)
    result = run_one_check(monkeypatch, "forecast", "scenario_base_is_the_forecast", spoiled)
    assert result.status == "failed"


def test_an_upper_end_without_a_lower_one_is_no_range(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = Spoil("quantiles_ordered", "forecast.forecast_quarters", 0, {"p10": None}).apply(GOOD)
    assert run_one_check(monkeypatch, "forecast", "quantiles_ordered", spoiled).status == "failed"


def test_a_forecast_without_any_headline_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {**GOOD, "forecast.forecast_quarters": Table(QUARTERS.columns, QUARTERS.rows[4:5])}
    result = run_one_check(monkeypatch, "forecast", "company_total_present", tables)
    assert result.sample == [{"fiscal_period": "FY2026-Q1", "method": "headline"}]
