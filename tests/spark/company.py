"""A small company that leaves no model empty: a simulated one, disturbed as people disturb a CRM."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.company import Company
from orchestration.simulation import SimulationSettings, simulate, write_extracts
from tests.refreshes import SIMULATED

NIGHTS = [date(2026, 8, 31), date(2026, 9, 29), date(2026, 9, 30)]
SETTINGS = SimulationSettings(deals=300, seed=11, until=NIGHTS[-1], years=2.0)
COMPANY = Company.model_validate(
    {
        **SIMULATED,
        "process": {"New Business": {"Meeting": "proposal"}},
        "exclusions": [{"name": "media", "where": [{"column": "deal_name", "contains": "Media"}]}],
    }
)

TOP, BELOW = "U0000000", "U0000001"
LOADED = pl.col("deal_id").str.contains("[05]$")
MISREAD = pl.col("deal_id").str.ends_with("3")
UNRECORDED = pl.col("deal_id").str.ends_with("7")


def write_company(folder: Path) -> None:
    """Write all extracts into `folder`."""
    for extract in write_extracts(simulate(SETTINGS), folder, NIGHTS):
        for name, disturbed in DISTURBED.items():
            file = extract / f"{name}.csv"
            table = pl.read_csv(file, infer_schema=False)
            disturbed(table, extract.name == str(NIGHTS[0])).write_csv(file)


def deals(table: pl.DataFrame, is_first: bool) -> pl.DataFrame:
    """A load created a fifth of them on one day; the first extract shows amounts that no history has."""
    first_created = pl.col("created_at").min()
    return table.with_columns(
        pl.when(LOADED).then(first_created).otherwise("created_at").alias("created_at"),
        pl.when(MISREAD & is_first).then(pl.lit("1234.50")).otherwise("amount").alias("amount"),
    )


def deal_changes(table: pl.DataFrame, _is_first: bool) -> pl.DataFrame:
    """Some deals have no history: only the extracts show their changes."""
    return table.filter(~UNRECORDED)


def exchange_rates(table: pl.DataFrame, _is_first: bool) -> pl.DataFrame:
    """One currency has no rate."""
    return table.filter(pl.col("currency") != "GBP")


def owners(table: pl.DataFrame, _is_first: bool) -> pl.DataFrame:
    """The head of all reports to one of her own people."""
    manager = pl.when(owner_id=TOP).then(pl.lit(BELOW)).otherwise("manager_id")
    return table.with_columns(manager.alias("manager_id"))


DISTURBED: dict[str, Callable[[pl.DataFrame, bool], pl.DataFrame]] = {
    "deals": deals,
    "deal_changes": deal_changes,
    "exchange_rates": exchange_rates,
    "owners": owners,
}
