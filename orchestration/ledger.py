"""The ledger of forecasts: what was forecast as of each date, kept for ever."""

import os
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.warehouse import connected, read_table


def keep_forecast(ledger: Path, warehouse: Path, as_of: date, fingerprint: str) -> None:
    """Add the forecast of this build, once per as-of date and inputs."""
    folder = ledger / "forecasts" / str(as_of)
    if any(path.stem.endswith(f"-{fingerprint}") for path in folder.glob("*.parquet")):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with connected(warehouse, read_only=True) as connection:
        rows = read_table(connection, "forecast.forecast_quarters").filter(pl.col("as_of_date") == as_of)
    target = folder / f"{len(list(folder.glob('*.parquet'))) + 1:04}-{fingerprint}.parquet"
    partial = target.with_suffix(".partial")
    rows.drop("actual").write_parquet(partial)
    os.replace(partial, target)


def earlier_forecasts(ledger: Path, as_of: date) -> pl.DataFrame | None:
    """The newest forecast of every earlier as-of date, without actuals; None where there is none."""
    newest = [
        max(folder.glob("*.parquet"), default=None)
        for folder in sorted((ledger / "forecasts").glob("????-??-??"))
        if date.fromisoformat(folder.name) < as_of
    ]
    frames = [pl.read_parquet(path) for path in newest if path is not None]
    return pl.concat(frames) if frames else None
