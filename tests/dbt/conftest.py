"""One warehouse per session: the literal rows of every selected test, built by dbt once."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from orchestration.company import Company
from orchestration.exclusions import exclusions_table
from orchestration.extracts.entities import ENTITIES
from orchestration.fiscal import calendar_days
from orchestration.warehouse import as_of_start, write_table
from tests.dbt.literal_rows import AS_OF, SOURCES, TIME_ZONE, Row, lake_frame, row

METRICS = [
    "+pipeline_waterfall",
    "+pipeline_coverage",
    "+slip_rates",
    "+push_outcomes",
    "+pipeline_created",
    "+recent_deal_changes",
    "+funnel_metrics",
    "+period_actuals",
    "path:models/quality",
]
PROJECT = Path(__file__).parents[2] / "dbt_project"
Rows = Callable[[str], list[tuple[Any, ...]]]

# (stage, order, process step)
SALES = [("Qualify", 1, "qualified"), ("Demo", 2, "meeting"), ("Proposal", 3, "proposal")]
# what is built on core beside the waterfall, with its tests
CLOSED = [("Won", 8, "customer"), ("Lost", 9, "lost")]
STAGES = [
    *(("sales", *stage) for stage in [*SALES, *CLOSED]),
    *(("renewals", *stage) for stage in [("Talk", 1, "qualified"), ("Offer", 2, "proposal"), *CLOSED]),
    *(("status", *stage) for stage in SALES),
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "lake(*rows): literal rows of the lake that the test asserts on")


@pytest.fixture(scope="session")
def core(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A query on the warehouse built from the rows of all selected tests."""
    markers = [marker for item in request.session.items for marker in item.iter_markers("lake")]
    givens = dict.fromkeys(id(given) for marker in markers for given in marker.args)
    rows: list[Row] = []
    for marker in markers:
        for given in marker.args:
            if id(given) in givens:  # rows that several tests share are written once
                del givens[id(given)]
                rows += given() if callable(given) else given if isinstance(given, list) else [given]
    folder = tmp_path_factory.mktemp("core")
    database = folder / "warehouse.duckdb"
    write_raw(database, rows)
    dbt_build(database, folder / "target", "tag:core_step", *METRICS)
    connection = duckdb.connect(str(database), read_only=True)
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


def dbt_build(database: Path, target: Path, *select: str) -> None:
    """Build and test the selected models, their unit tests included."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("dbt"), "--quiet", "--log-path", target, "build",
            "--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", target,
            "--indirect-selection", "buildable", "--select", *select,
        ],
        env={**os.environ, "FUNNELCAST_WAREHOUSE": str(database)},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def write_raw(database: Path, rows: list[Row]) -> None:
    """Write schema `raw` with these rows and a company that three kinds of CRM belong to."""
    given = [*settings_rows(), *rows]
    with duckdb.connect(str(database)) as connection:
        for entity in ENTITIES:
            frame = lake_frame(entity, [values for values in given if values["entity"] == entity])
            write_table(connection, f"raw.{entity}", frame)
        for name, frame in run_tables().items():
            write_table(connection, f"raw.{name}", frame)


def settings_rows() -> list[Row]:
    """Stages, owners and exchange rates that all scenarios share."""
    return [
        *(
            row(
                "stages",
                pipeline=pipeline,
                stage=stage,
                stage_order=order,
                process_step=step,
                probability=order / 10,
            )
            for pipeline, stage, order, step in STAGES
        ),
        row("owners", owner_id="anna", valid_from="2025-01-01", owner_name="Anna", team="North"),
        row("owners", owner_id="ben", valid_from="2025-01-01", owner_name="Ben", team="South"),
        row("exchange_rates", currency="USD", valid_from="2025-01-01", rate_to_reporting=0.9),
        row("exchange_rates", currency="USD", valid_from="2026-02-10", rate_to_reporting=0.8),
    ]


def run_tables() -> dict[str, pl.DataFrame]:
    """The settings of the run, as the refresh writes them."""
    company = Company.model_validate(
        {
            "company": "Acme",
            "time_zone": TIME_ZONE,
            "reporting_currency": "EUR",
            "segments": ["region"],
            "sources": [
                {"name": name, "path": name, "id_prefix": "" if name == "crm" else f"{name}-"}
                for name in SOURCES
            ],
            "exclusions": [
                {"name": name, "where": [{"column": "deal_name", "contains": name}]}
                for name in ("tests", "small", "nothing")
            ],
        }
    )
    settings = {
        "as_of_date": AS_OF,
        "as_of_at": as_of_start(AS_OF, TIME_ZONE),
        "time_zone": TIME_ZONE,
        "reporting_currency": "EUR",
        "forecast_period": "quarter",
        "horizon": 4,
        "settlement_days": 5,
        "company": "Acme",
        "holidays": None,
        "amount_meaning": "acv",
    }
    extracts = [(name, date.fromisoformat(day)) for name, days in SOURCES.items() for day in days]
    text = dict.fromkeys(("source_name", "pipeline", "stage", "process_step"), pl.String)
    return {
        "run_settings": pl.DataFrame([settings]).with_columns(pl.col("holidays").cast(pl.String)),
        "calendar_days": calendar_days(company, date(AS_OF.year + 6, 12, 31)),
        "segment_names": pl.DataFrame(
            [{"segment_name": name, "is_configured": name == "region"} for name in company.segment_names]
        ),
        "process_steps": pl.DataFrame(schema=text),
        "exclusions": exclusions_table(company.exclusions),
        "excluded_deals": pl.DataFrame(
            {
                "deal_id": ["excluded-won", "excluded-open", "excluded-open"],
                "exclusion": ["tests", "tests", "small"],
                "extract_date": [date(2026, 3, 1)] * 3,
            }
        ),
        "sources": pl.DataFrame(
            [
                {
                    "source_name": name,
                    "deal_url": "https://crm.example/{source_deal_id}",
                    "taken": "start_of_day" if name == "morning" else "end_of_day",
                    "delivery": "full",
                }
                for name in SOURCES
            ]
        ),
        "extracts": pl.DataFrame(
            [
                {
                    "source_name": name,
                    "extract_date": day,
                    "known_at": as_of_start(day + timedelta(days=name != "morning"), TIME_ZONE),
                }
                for name, day in extracts
            ]
        ),
    }
