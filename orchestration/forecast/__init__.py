"""The revenue forecast: pure functions of aggregates made by SQL, as of any date."""

from orchestration.forecast.aggregates import AGGREGATES
from orchestration.forecast.forecasting import ForecastTables, forecast

__all__ = ["AGGREGATES", "ForecastTables", "forecast"]
