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
import polars as pl

from orchestration.company_file import load_company
from orchestration.data_folder import DataFolder
from orchestration.extracts import LakeManifest, commit_extracts, stage_extracts
from orchestration.nights import begin, describe_inputs, end, lookups_hold
from orchestration.warehouse import company_lake, connected, default_as_of, prepare
from tests.benchmarks.compiled_models import (
    build,
    compile_core,
    compile_night,
    needed_by,
    read_models,
    write_models,
)
from tests.benchmarks.costs import cost_of_call
from tests.benchmarks.landing import Figure
from tests.benchmarks.large_extracts import NIGHTS, write_nights
from tests.refreshes import SIMULATED, Workplace

DEALS = 100_000
SMALLER = 10  # the growth is told from a company so many times smaller
MOST_CPU = 12.0  # times the CPU of copying the history
MOST_GROWTH = 1.1  # exponent of CPU in deals
MOST_NIGHT = 0.1  # of a rebuild's CPU, where 0.5 % of the deals changed
MOST_MEMORY = 4.0  # GB at a million deals
MOST_DAY, MOST_TREND = 0.05, 1.0  # seconds: one day's state, and open deals by stage over all days
FACTS = ("fct_deal_stages", "fct_deal_versions", "fct_deal_snapshots")
HEAVIEST = 10
TRIES = 3  # the quickest counts, of what is short
MODELS, NIGHT_MODELS, MEASURED = "models.json", "night_models.json", "measured.json"
THIS = "tests.benchmarks.core"


@dataclass(frozen=True)
class Build:
    """CPU seconds of the floor, of each model, of those the facts need, and of each on the night after;
    GB; seconds of each question.
    """

    floor: float
    models: dict[str, float]
    facts: float
    night: dict[str, float]
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
    night = sum(asked.night.values())
    print(f"{'a night with 0.5 % changed deals':<40}{night:>8.2f}{night / asked.floor:>13.1f}")
    for name, cpu in sorted(asked.night.items(), key=lambda model: -model[1])[:HEAVIEST]:
        print(f"  {name:<38}{cpu:>8.2f}")
    growth = math.log(asked.total / smaller.total, SMALLER)
    figures = [
        Figure("stages, versions, snapshots / floor", asked.facts / asked.floor, "at most", MOST_CPU),
        Figure("growth in deals, exponent", growth, "at most", MOST_GROWTH),
        Figure("night with 0.5 % changed / rebuild", night / asked.total, "at most", MOST_NIGHT),
        Figure("peak memory, GB", asked.memory, "at most", MOST_MEMORY),
        Figure("state of one day, s", asked.day, "at most", MOST_DAY),
        Figure("open by stage over all days, s", asked.trend, "at most", MOST_TREND),
    ]
    for figure in figures:
        print(figure)
    if any(figure.is_over for figure in figures):
        raise SystemExit("core is over its budget")


def compile_models(folder: str) -> None:
    """Keep the SQL that dbt compiles, for a rebuild and for a night."""
    target = Path(folder) / "target"
    write_models(compile_core(Path(folder) / "full.duckdb", target), Path(folder) / MODELS)
    write_models(compile_night(Path(folder) / "added.duckdb", target), Path(folder) / NIGHT_MODELS)


def build_models(folder: str) -> None:
    """Run the kept SQL on what has landed, and note what each model took."""
    workplace = Workplace(Path(folder) / "data", Path(folder) / "company.yaml")
    company = load_company(workplace.company_file)
    manifest = company_lake(DataFolder(workplace.data), company)
    with connected(_warehouse(folder)) as connection:
        prepare(connection, company, manifest, default_as_of(company, manifest))
        describe_inputs(connection, company, manifest)
        started = time.process_time()
        is_night = begin(connection)
        listing = time.process_time() - started
        models = read_models(Path(folder) / (NIGHT_MODELS if is_night else MODELS))
        seconds = {"list what changed": listing, **build(connection, models, is_night)}
        if is_night and not lookups_hold(connection):
            raise SystemExit("the night would have to be built anew")
        end(connection, is_built=True)
    (Path(folder) / MEASURED).write_text(json.dumps([is_night, seconds]))


def _measure(folder: Path, deals: int, inputs: Path | None) -> Build:
    workplace = Workplace.of(folder, SIMULATED)
    extracts = (inputs or folder) / f"{deals}-deals"
    write_nights(extracts, deals)
    _land(workplace, extracts / NIGHTS[0].isoformat())
    cost_of_call(THIS, "compile_models", str(folder))
    cost = cost_of_call(THIS, "build_models", str(folder))
    _, models = json.loads((folder / MEASURED).read_text())
    facts = needed_by(read_models(folder / MODELS), FACTS)
    floor = min(_floor(workplace, folder) for _ in range(TRIES))
    answers = _ask(folder)
    _cut_history(_land(workplace, extracts / NIGHTS[1].isoformat()))
    cost_of_call(THIS, "build_models", str(folder))
    is_night, night = json.loads((folder / MEASURED).read_text())
    if not is_night:
        raise SystemExit("the second build is a rebuild")
    return Build(
        floor=floor,
        models=models,
        facts=sum(cpu for name, cpu in models.items() if name in facts),
        night=night,
        memory=cost.memory / 1024,
        **answers,
    )


def _land(workplace: Workplace, extract: Path) -> LakeManifest:
    """Land one night's files, which is not measured here."""
    shutil.copytree(extract, workplace.data / "raw" / "sales" / extract.name, copy_function=os.link)
    folder, company = DataFolder(workplace.data), load_company(workplace.company_file)
    return commit_extracts(folder, stage_extracts(company, workplace.company_file.parent, folder))


def _cut_history(manifest: LakeManifest) -> None:
    """Leave in the newest extract only the changes of deals whose record changed, too."""
    entities = manifest.extracts[-1].entities
    deals, history = (manifest.lake / entities[name].path for name in ("deals", "deal_changes"))
    changed = pl.read_parquet(deals, columns=["deal_id"]).unique()
    rows = pl.read_parquet(history).join(changed, on="deal_id", how="semi")
    history.unlink()  # landing may have linked it
    rows.write_parquet(history)


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
