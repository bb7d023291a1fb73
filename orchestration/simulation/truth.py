"""What really governs a simulated company, for tests to measure estimates against.

Written beside the extracts in a folder of its own that nothing in the pipeline ever reads.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.simulation.arrays import Floats, identifiers, labels
from orchestration.simulation.company import SimulatedCompany
from orchestration.simulation.days import moments
from orchestration.simulation.extracts import MOMENT_FORMAT
from orchestration.simulation.ledger import Field
from orchestration.simulation.process import SalesProcess

RATE = "daily_hazard"


def write_truth(company: SimulatedCompany, path: Path, days: Iterable[date] = ()) -> None:
    """Write rates, factors, expected and observed counts, events, and the open deals of some days."""
    path.mkdir(parents=True, exist_ok=True)
    open_deals = [company.open_deals_on(day) for day in days]
    frames = {
        "hazards": hazards(company.settings.process),
        "hazard_factors": hazard_factors(company),
        "expected_by_day": expected_by_day(company),
        "expected_by_cell": expected_by_cell(company),
        "events": events(company),
        "wins": company.wins(),
    }
    if open_deals:
        frames["open_deals"] = pl.concat(open_deals)
    for name, frame in frames.items():
        frame.write_csv(path / f"{name}.csv", datetime_format=MOMENT_FORMAT)


def hazards(process: SalesProcess) -> pl.DataFrame:
    """The hazards per stage, age in days and cause, before the factors of `hazard_factors`."""
    ends = (*process.age_edges[1:], None)
    rows = [
        (stage.pipeline, stage.name, age, end, cause, target, rate * factors[bucket])
        for stage in process.open_stages
        for cause, target, rate, factors in (
            ("won", None, stage.won, process.age_won),
            ("lost", None, stage.lost, process.age_lost),
            *(("move", target, rate, process.age_move) for target, rate in stage.moves.items()),
        )
        for bucket, (age, end) in enumerate(zip(process.age_edges, ends, strict=True))
    ]
    columns = ["pipeline", "stage", "age_from", "age_to", "cause", "next_stage", RATE]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def hazard_factors(company: SimulatedCompany) -> pl.DataFrame:
    """What multiplies the hazards of won and lost, and of every cause, per circumstance.

    Classes of `due` and `amount` are numbered from the lowest; the process holds their edges.
    """
    process, regions = company.settings.process, company.settings.regions
    rows: list[tuple[str, str, float, float, float]] = []
    rows += [("region", region.name, region.won, region.lost, 1.0) for region in regions]
    rows += [
        ("deal_type", kind, process.type_won[kind], process.type_lost[kind], 1.0) for kind in process.type_won
    ]
    for name, won, lost in (
        ("week_to_quarter_end", process.week_won, process.week_lost),
        ("due", process.due_won, process.due_lost),
        ("amount", process.amount_won, process.amount_lost),
    ):
        rows += [(name, str(number), *pair, 1.0) for number, pair in enumerate(zip(won, lost, strict=True))]
    rows += [
        ("weekday", str(number), factor, factor, factor) for number, factor in enumerate(process.weekday)
    ]
    if blockage := company.settings.blockage:
        factor = blockage.factor
        rows.append(("blockage", blockage.stage, factor, factor, factor))
    return pl.DataFrame(rows, schema=["factor", "class", "won", "lost", "move"], orient="row")


def expected_by_day(company: SimulatedCompany) -> pl.DataFrame:
    """One row per day and open stage: deals at risk, events expected under the true hazards, observed."""
    tally = company.tally.by_day
    _, days, stages = tally.shape
    day, stage = (part.ravel() for part in np.indices((days, stages)))
    known = company.settings.process.open_stages
    return pl.DataFrame(
        {
            "day": company.days.dates(day),
            "pipeline": labels(stage, [one.pipeline for one in known]),
            "stage": labels(stage, [one.name for one in known]),
            **counts(company, tally.reshape(len(tally), -1)),
        }
    )


def expected_by_cell(company: SimulatedCompany) -> pl.DataFrame:
    """The same per stage, region, age in the stage and week to the fiscal quarter's end."""
    tally = company.tally.by_cell
    week, stage, region, age = (part.ravel() for part in np.indices(tally.shape[1:]))
    known = company.settings.process.open_stages
    frame = pl.DataFrame(
        {
            "week_to_quarter_end": week,
            "pipeline": labels(stage, [one.pipeline for one in known]),
            "stage": labels(stage, [one.name for one in known]),
            "region": labels(region, [one.name for one in company.settings.regions]),
            "age_from": np.array(company.settings.process.age_edges)[age],
            **counts(company, tally.reshape(len(tally), -1)),
        }
    )
    return frame.filter(pl.col("at_risk") > 0)


def counts(company: SimulatedCompany, tally: Floats) -> dict[str, Floats]:
    """A tally's quantities by column name; moves of all targets together."""
    causes = company.tally.causes
    expected, observed = tally[1 : 1 + causes], tally[1 + causes :]
    return {
        "at_risk": tally[0].astype(np.int64),
        **{
            f"{kind}_{name}": part
            for kind, rows in (("expected", expected), ("observed", observed))
            for name, part in (("won", rows[0]), ("lost", rows[1]), ("moves", rows[2:].sum(axis=0)))
        },
    }


def events(company: SimulatedCompany) -> pl.DataFrame:
    """Every change as the ledger holds it, by time, with what no CRM exports (removals, reasons) in codes."""
    ledger = company.ledger
    return pl.DataFrame(
        {
            "day": company.days.dates(ledger.day),
            "at": moments(ledger.at),
            "deal_id": identifiers("D", ledger.deal),
            "field": labels(ledger.field, [field.name.lower() for field in Field]),
            "old_code": ledger.old,
            "new_code": ledger.new,
        }
    )
