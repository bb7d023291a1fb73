"""The simulated company through each CRM's form, against the same company in canonical files."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.simulation import SimulatedCompany
from orchestration.simulation.extracts import extract, write_files
from orchestration.simulation.forms import Files, canonical, form_named, form_names
from tests.integration.conftest import UNTIL
from tests.refreshes import SIMULATED, Workplace

COMPUTED = ("core", "metrics", "forecast")
SHOWN = 2  # rows of a difference
NIGHTS = (UNTIL - timedelta(days=30), UNTIL - timedelta(days=1), UNTIL)


def company_file(truth: SimulatedCompany, crm: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    """The company of both runs; `process` says the steps where the CRM does not."""
    process: dict[str, dict[str, str]] = {}
    for stage in truth.settings.process.stages:
        process.setdefault(stage.pipeline, {})[stage.name] = stage.step
    [source] = SIMULATED["sources"]
    return {
        **SIMULATED,
        "sources": [{**source, "crm": crm, "dimensions": dict(dimensions)}],
        "process": process,
    }


def refreshed(folder: Path, company: dict[str, Any], extracts: Mapping[date, Files]) -> Workplace:
    """The company after one refresh of the extracts, by date."""
    workplace = Workplace.of(folder, company)
    for day, files in extracts.items():
        write_files(files, workplace.data / "raw" / "sales" / day.isoformat())
    workplace.succeed()
    return workplace


def difference(held: Workplace, exported: Workplace, table: str) -> str:
    """How many rows of a table only one of two publications has, and the first of them."""
    databases = [place.data / "published" / "current" / "funnelcast.duckdb" for place in (held, exported)]
    with duckdb.connect() as reader:
        reader.execute(f"attach '{databases[0]}' as held (read_only)")
        reader.execute(f"attach '{databases[1]}' as exported (read_only)")
        words = [table]
        for one, other in (("held", "exported"), ("exported", "held")):
            rows = reader.execute(
                f"select * from {one}.{table} except all select * from {other}.{table} order by all"
            )
            columns = [column[0] for column in rows.description or ()]
            only = rows.fetchall()
            first = [dict(zip(columns, row, strict=True)) for row in only[:SHOWN]]
            words += [f"  {len(only)} rows only in {one}", *(f"    {row}" for row in first)]
    return "\n".join(words)


@pytest.mark.parametrize("crm", [name for name in form_names() if name != "canonical"])
def test_the_form_of_a_crm_gives_what_the_canonical_files_of_all_it_can_hold_give(crm, simulated, tmp_path):
    form = form_named(crm)
    days = {day: form.translated(extract(simulated, day)) for day in NIGHTS}
    held = refreshed(
        tmp_path / "canonical",
        company_file(simulated, "canonical", canonical.DIMENSIONS),
        {day: canonical.files(form.carried(tables)) for day, tables in days.items()},
    )
    exported = refreshed(
        tmp_path / crm,
        company_file(simulated, crm, form.DIMENSIONS),
        {day: form.files(tables) for day, tables in days.items()},
    )
    wanted, found = held.hashes(*COMPUTED), exported.hashes(*COMPUTED)
    assert wanted.keys() == found.keys()
    differing = [table for table in wanted if wanted[table] != found[table]]
    assert not differing, "\n".join(difference(held, exported, table) for table in differing)
