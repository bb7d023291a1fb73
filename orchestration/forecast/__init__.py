"""The revenue forecast: pure functions of aggregates made by SQL, as of any date."""

from orchestration.forecast.aggregates import AGGREGATES, Aggregates
from orchestration.forecast.backtest import PAST_DAYS, PAST_OPEN_DEALS, Backtest, backtest
from orchestration.forecast.calibration import calibration
from orchestration.forecast.call_scores import call_scores
from orchestration.forecast.forecasting import ForecastTables, forecast
from orchestration.forecast.scenarios import ScenarioTables, forecast_scenarios
from orchestration.forecast.scores import published, scores

__all__ = [
    "AGGREGATES",
    "PAST_DAYS",
    "PAST_OPEN_DEALS",
    "Aggregates",
    "Backtest",
    "ForecastTables",
    "ScenarioTables",
    "backtest",
    "calibration",
    "call_scores",
    "forecast",
    "forecast_scenarios",
    "published",
    "scores",
]
