"""Two nights of a large company's full extracts, in canonical form and with the slips of real ones."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.simulation import SimulationSettings, simulate
from orchestration.simulation.extracts import MOMENT_FORMAT, extract

NIGHTS = (date(2026, 9, 30), date(2026, 10, 1))
CHUNK_DEALS = 50_000  # simulated at once, each with a seed of its own: keeps memory small
CHANGED_SHARE = 0.005
SPOILED_PER_CHUNK = 16  # bad cells, exact copies, conflicting rows and broken lines, each
ID_PREFIXES = {"D": "006Hs00000", "A": "001Hs00000", "U": "005Hs00000", "L": "00QHs00000"}
ID_COLUMNS = (
    "deal_id", "account_id", "owner_id", "lead_id", "changed_by", "parent_account_id", "merged_into_deal_id",
    "manager_id",
)  # fmt: skip
NOTES = (
    "Called twice, no answer yet", "asked for a \"firm\" price", "wants references from the same industry",
    "legal reads the contract, back next week", "budget is approved for this year", "new contact in buying",
    "demo went well", "security questionnaire sent", "competitor is cheaper, but slower to deliver",
    "decision moved to the next board meeting", "pilot with one team", "discount of ten percent discussed",
)  # fmt: skip


@dataclass(frozen=True)
class Slips:
    """Rows that must not land: set aside, or left out as exact copies."""

    quarantined: int = 0
    duplicate: int = 0


def write_nights(folder: Path, deals: int) -> Slips:
    """Write both nights under `folder`, where they are not there yet; returns the slips of each night."""
    done = folder / "written.json"
    if done.exists():
        return Slips(**json.loads(done.read_text()))
    slips = Slips()
    chunks = [min(CHUNK_DEALS, deals - start) for start in range(0, deals, CHUNK_DEALS)]
    for number, size in enumerate(chunks):
        tables = _tables(number, size)
        rng = np.random.default_rng(number)
        spoiled = {name: _spoiled(name, frame, rng) for name, frame in tables.items()}
        for night, changed in zip(NIGHTS, (spoiled, _a_day_later(spoiled, rng)), strict=True):
            target = folder / night.isoformat()
            target.mkdir(parents=True, exist_ok=True)
            for name, frame in changed.items():
                _append(frame, target / f"{name}.csv", with_header=number == 0)
        # a conflicting pair is two rows that are set aside
        slips = Slips(
            slips.quarantined + SPOILED_PER_CHUNK * (1 + 2 + 2 * len(BROKEN_TABLES)),
            slips.duplicate + 2 * SPOILED_PER_CHUNK,
        )
    done.write_text(json.dumps(asdict(slips)))
    return slips


BROKEN_TABLES = ("deals", "deal_changes")


def _tables(number: int, size: int) -> dict[str, pl.DataFrame]:
    """Canonical tables of one simulated part of the company, as text, with ids of 18 characters."""
    company = simulate(SimulationSettings(deals=size, seed=number, until=NIGHTS[0]))
    tables = extract(company, NIGHTS[0])
    del tables["deal_products"], tables["forecast_calls"]  # what is measured is deals and their history
    if number:
        del tables["stages"], tables["exchange_rates"], tables["quotas"]
    history = tables["deal_changes"].with_row_index("row")
    # 5.8 rows per deal: all changes of stage, and half of those of amounts and close dates
    is_kept = pl.col("field").is_in(["amount", "close_date"]) & (pl.col("row") % 100 < 52)
    tables["deal_changes"] = history.filter((pl.col("field") == "stage") | is_kept).drop("row")
    return {name: _as_text(frame, number) for name, frame in tables.items()}


def _as_text(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    moments = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    frame = frame.with_columns(pl.col(name).dt.strftime(MOMENT_FORMAT) for name in moments)
    frame = frame.with_columns(pl.all().cast(pl.String))
    if "next_step" in frame.columns:
        frame = frame.with_columns(_notes(frame.height, number))
    return frame.with_columns(_salesforce_like(pl.col(name), number) for name in ID_COLUMNS if name in frame)


def _salesforce_like(ids: pl.Expr, number: int) -> pl.Expr:
    """Ids of 18 characters that no two parts share."""
    prefix = ids.str.slice(0, 1).replace_strict(ID_PREFIXES, default=None)
    return prefix + pl.lit(f"{number:02}") + ids.str.slice(1).str.zfill(6).str.slice(-6)


def _notes(height: int, seed: int) -> pl.Series:
    """Free text of about 350 characters, with commas and quotes in it."""
    picks = np.random.default_rng(seed).integers(0, len(NOTES), size=(11, height))
    phrases = pl.Series(NOTES)
    parts = pl.DataFrame({f"p{number}": phrases.gather(row) for number, row in enumerate(picks)})
    return parts.select(pl.concat_str(pl.all(), separator="; ").alias("next_step")).to_series()


def _spoiled(name: str, frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Deals with bad amounts, copies and conflicting rows; changes with copies."""
    if name not in BROKEN_TABLES:
        return frame
    count = SPOILED_PER_CHUNK
    picked = rng.choice(frame.height, size=3 * count, replace=False)
    copies = frame[picked[:count]]
    if name == "deal_changes":
        return pl.concat([frame, copies])
    conflicting = frame[picked[count : 2 * count]].with_columns(pl.lit("Another note").alias("next_step"))
    row = pl.int_range(pl.len())
    is_bad = row.is_in(picked[2 * count :].tolist())
    bad = frame.with_columns(
        pl.when(is_bad).then(pl.lit("12 apples")).otherwise("amount").alias("amount"),
    )
    return pl.concat([bad, copies, conflicting])


def _a_day_later(tables: dict[str, pl.DataFrame], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """The tables with a new note in some deals, and a new change beside as many of the changes."""
    deals, history = tables["deals"], tables["deal_changes"]
    sound = deals.with_columns(
        (pl.col("deal_id").is_unique() & (pl.col("amount") != "12 apples")).alias("sound")
    )
    changed = rng.random(deals.height) < CHANGED_SHARE
    moment = f"{NIGHTS[1]}T09:30:00Z"
    deals = sound.select(
        pl.when(pl.col("sound") & pl.Series(changed))
        .then(pl.lit(replacement) if replacement else pl.col(name))
        .otherwise(name)
        .alias(name)
        for name, replacement in ((name, NEW.get(name, "")) for name in tables["deals"].columns)
    )
    new = history.with_row_index("row").filter(pl.Series(rng.random(history.height) < CHANGED_SHARE))
    new = new.unique("deal_id", keep="first", maintain_order=True).with_columns(
        changed_at=pl.lit(moment),
        field=pl.lit("amount"),
        new_value=pl.lit("4321.50"),
        old_value=pl.lit(None, dtype=pl.String),
    )
    history = pl.concat([history.with_row_index("row"), new]).sort("row", maintain_order=True).drop("row")
    return {**tables, "deals": deals, "deal_changes": history}


NEW = {"next_step": "Sent the signed order", "modified_at": f"{NIGHTS[1]}T09:30:00Z"}


def _append(frame: pl.DataFrame, path: Path, with_header: bool) -> None:
    with path.open("ab") as file:
        frame.write_csv(file, include_header=with_header)
        if path.stem in BROKEN_TABLES:
            file.writelines(_broken_lines())


def _broken_lines() -> Iterator[bytes]:
    """Lines with too few fields, and with a quote inside a field."""
    for number in range(SPOILED_PER_CHUNK):
        yield f"a line of a report, cut {number}\n".encode()
        yield f'006Hs{number},12" screen,and more\n'.encode()
