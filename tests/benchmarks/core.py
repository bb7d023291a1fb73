"""What core's SQL costs, as dbt compiled it and run without dbt, beside copying the landed history."""

import json
import math
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.company_file import load_company
from orchestration.data_folder import DataFolder
from orchestration.extracts import commit_extracts, stage_extracts
from orchestration.warehouse import company_lake, connected, default_as_of, prepare
from tests.benchmarks.compiled_models import build, compile_core, needed_by, read_models, write_models
from tests.benchmarks.costs import cost_of_call
from tests.benchmarks.landing import Figure
from tests.benchmarks.large_extracts import NIGHTS, write_nights
from tests.refreshes import SIMULATED, Workplace

DEALS = 100_000
SMALLER = 10  # the growth is told from a company so many times smaller
MOST_CPU = 12.0  # times the CPU of copying the history
MOST_GROWTH = 1.1  # exponent of CPU in deals
MOST_MEMORY = 4.0  # GB at a million deals
MOST_DAY, MOST_TREND = 0.05, 1.0  # seconds: one day's state, and open deals by stage over all days
FACTS = ("fct_deal_stages", "fct_deal_versions", "fct_deal_snapshots")
HEAVIEST = 10
TRIES = 3  # the quickest counts, of what is short
MODELS, MEASURED = "models.json", "measured.json"
THIS = "tests.benchmarks.core"


@dataclass(frozen=True)
class Build:
    """CPU seconds of the floor, of each model and of those the facts need; GB; seconds of each question."""

    floor: float
    models: dict[str, float]
    facts: float
    memory: float
    day: float
    trend: float

    @property
    def total(self) -> float:
        """CPU seconds of all models."""
        return sum(self.models.values())


def bench_core(deals: int, inputs: Path | None) -> None:
    """Build core from what has landed, print what it took, and fail where that is more than the budget.

    Landing is not counted. The extracts are kept under `inputs` for the next time where it is given.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        smaller = _measure(Path(scratch) / "smaller", deals // SMALLER, inputs)
        asked = _measure(Path(scratch) / "asked", deals, inputs)
    print(f"{deals:,} deals{'':<27}{'CPU s':>8}{'CPU / floor':>13}")
    rows = [
        ("floor: copy the history", asked.floor),
        ("core's SQL", asked.total),
        ("of it stages, versions, snapshots", asked.facts),
    ]
    heaviest = sorted(asked.models.items(), key=lambda model: -model[1])[:HEAVIEST]
    rows += [(f"  {name}", cpu) for name, cpu in heaviest]
    for name, cpu in rows:
        print(f"{name:<40}{cpu:>8.2f}{cpu / asked.floor:>13.1f}")
    growth = math.log(asked.total / smaller.total, SMALLER)
    figures = [
        Figure("stages, versions, snapshots / floor", asked.facts / asked.floor, "at most", MOST_CPU),
        Figure("growth in deals, exponent", growth, "at most", MOST_GROWTH),
        Figure("peak memory, GB", asked.memory, "at most", MOST_MEMORY),
        Figure("state of one day, s", asked.day, "at most", MOST_DAY),
        Figure("open by stage over all days, s", asked.trend, "at most", MOST_TREND),
    ]
    for figure in figures:
        print(figure)
    if any(figure.is_over for figure in figures):
        raise SystemExit("core is over its budget")


def compile_models(folder: str) -> None:
    """Describe what has landed to dbt, and keep the SQL that it compiles."""
    workplace = Workplace(Path(folder) / "data", Path(folder) / "company.yaml")
    company = load_company(workplace.company_file)
    manifest = company_lake(DataFolder(workplace.data), company)
    prepare(_warehouse(folder), company, manifest, default_as_of(company, manifest))
    write_models(compile_core(_warehouse(folder), Path(folder) / "target"), Path(folder) / MODELS)


def build_models(folder: str) -> None:
    """Run the kept SQL, and note what each model took."""
    with connected(_warehouse(folder)) as connection:
        seconds = build(connection, read_models(Path(folder) / MODELS))
    (Path(folder) / MEASURED).write_text(json.dumps(seconds))


def _measure(folder: Path, deals: int, inputs: Path | None) -> Build:
    workplace = Workplace.of(folder, SIMULATED)
    extracts = (inputs or folder) / f"{deals}-deals"
    write_nights(extracts, deals)
    _land(workplace, extracts / NIGHTS[0].isoformat())
    cost_of_call(THIS, "compile_models", str(folder))
    cost = cost_of_call(THIS, "build_models", str(folder))
    models: dict[str, float] = json.loads((folder / MEASURED).read_text())
    facts = needed_by(read_models(folder / MODELS), FACTS)
    return Build(
        floor=min(_floor(workplace, folder) for _ in range(TRIES)),
        models=models,
        facts=sum(cpu for name, cpu in models.items() if name in facts),
        memory=cost.memory / 1024,
        **_ask(folder),
    )


def _land(workplace: Workplace, extract: Path) -> None:
    """Land one night's files, which is not measured here."""
    shutil.copytree(extract, workplace.data / "raw" / "sales" / extract.name, copy_function=os.link)
    folder, company = DataFolder(workplace.data), load_company(workplace.company_file)
    commit_extracts(folder, stage_extracts(company, workplace.company_file.parent, folder))


def _floor(workplace: Workplace, folder: Path) -> float:
    """CPU seconds of copying the landed history from Parquet to Parquet."""
    started = time.process_time()
    duckdb.sql(
        f"copy (from '{workplace.data}/lake/deal_changes/**/*.parquet')"
        f" to '{folder}/floor.parquet' (format parquet)"
    )
    return time.process_time() - started


def _ask(folder: Path) -> dict[str, float]:
    """Seconds of two questions of analysts to tables in the order in which they are published."""
    day = f"date '{NIGHTS[0]}' - 200"
    questions = {
        "day": "select stage, count(*), sum(amount) from published.fct_deal_versions"
        f" where is_open and valid_from <= {day} and coalesce(valid_to, date '9999-12-31') > {day}"
        " group by stage",
        "trend": "select snapshot_date, stage, count(*), sum(amount) from published.fct_deal_snapshots"
        " where is_open group by all order by all",
    }
    answers = {}
    with connected(_warehouse(folder)) as connection:
        connection.execute("create schema published")
        for table in ("fct_deal_versions", "fct_deal_snapshots"):
            connection.execute(f"create table published.{table} as from core.{table} order by all")
        for name, question in questions.items():
            answers[name] = min(_seconds(connection, question) for _ in range(TRIES))
    return answers


def _seconds(connection: duckdb.DuckDBPyConnection, question: str) -> float:
    started = time.monotonic()
    connection.execute(question).fetchall()
    return time.monotonic() - started


def _warehouse(folder: str | Path) -> Path:
    return Path(folder) / "warehouse.duckdb"
