"""Landing tried without keeping anything: what becomes of the rows, and what would be set aside."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from orchestration.extracts.errors import ExtractError
from orchestration.extracts.mapping import Mapping
from orchestration.extracts.plan import Context
from orchestration.extracts.reading import read_extract
from orchestration.extracts.sources import FoundExtract
from orchestration.extracts.table_rows import FileAccount
from orchestration.inspection.folder import UNDATED, Folder
from orchestration.inspection.masking import shown

PAST: Final = {  # moments that lie behind the export
    "deals": ("created_at", "modified_at", "closed_at"),
    "deal_changes": ("changed_at",),
    "leads": ("created_at", "converted_at"),
}


@dataclass(frozen=True)
class SetAside:
    """Rows of a file that landing would quarantine for one reason."""

    file: str
    column: str
    reason: str
    rows: int
    examples: str


@dataclass(frozen=True)
class Trial:
    """What landing makes of the files, or why it refuses them."""

    problem: str | None = None
    accounts: list[FileAccount] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    newest: date | None = None
    currencies: list[tuple[str, int]] = field(default_factory=list)
    stages: dict[str, dict[str, str | None]] = field(default_factory=dict)  # pipeline: stage: step
    deals: dict[str, int] = field(default_factory=dict)  # won, lost, open, all


def tried(folder: Folder, mapping: Mapping) -> Trial:
    """Landing of the folder with this mapping."""
    found = FoundExtract(folder.source(UNDATED), UNDATED, folder.root, folder.files)
    context = Context("sales", "UTC", "USD", "", True, {})
    with TemporaryDirectory(prefix="inspect-") as scratch:
        try:
            read = read_extract(found, mapping, context, Path(scratch))
        except ExtractError as error:
            return Trial(problem=str(error).replace(f"{folder.root}/", ""))
        entities = {name: pl.read_parquet(path) for name, path in read.entities.items()}
    deals = entities.get("deals", pl.DataFrame())
    return Trial(
        accounts=read.accounts,
        set_aside=_set_aside(read.quarantined),
        newest=_newest(entities),
        currencies=_counted(deals, "currency"),
        stages=_stages(entities),
        deals=_results(deals, entities.get("stages")) if deals.width else {},
    )


def _set_aside(quarantined: pl.DataFrame) -> list[SetAside]:
    kinds = quarantined.group_by("file", "column", "reason", maintain_order=True).agg(
        pl.len().alias("rows"), pl.col("line").head(3), pl.col("value").head(3)
    )
    return [
        SetAside(
            row["file"],
            row["column"] or "",
            row["reason"],
            row["rows"],
            ", ".join(
                f"line {line}" + (f" {_short(value)}" if value and row["column"] else "")
                for line, value in zip(row["line"], row["value"], strict=True)
            ),
        )
        for row in kinds.sort("rows", descending=True, maintain_order=True).to_dicts()
    ]


def _short(value: str) -> str:
    return repr(shown(value))


def _newest(entities: dict[str, pl.DataFrame]) -> date | None:
    days = [
        entities[entity][column].dt.date().max()
        for entity, columns in PAST.items()
        if entity in entities
        for column in columns
        if column in entities[entity].columns
    ]
    known = [day for day in days if isinstance(day, date)]
    return max(known, default=None)


def _counted(frame: pl.DataFrame, column: str) -> list[tuple[str, int]]:
    if column not in frame.columns:
        return []
    counts = frame[column].drop_nulls().value_counts(sort=True)
    return list(counts.iter_rows())


def _stages(entities: dict[str, pl.DataFrame]) -> dict[str, dict[str, str | None]]:
    """The stages that deals are in, of each pipeline, with the step that is known of them."""
    deals = entities.get("deals")
    if deals is None:
        return {}
    used = deals.select("pipeline", "stage").drop_nulls().unique(maintain_order=True)
    steps: dict[tuple[str, str], str | None] = {}
    if "stages" in entities:
        known = (
            entities["stages"]
            .sort("stage_order", nulls_last=True)
            .select("pipeline", "stage", "process_step", "is_closed", "is_won")
        )
        for pipeline, stage, step, is_closed, is_won in known.iter_rows():
            closing = ("customer" if is_won else "lost") if is_closed else None
            steps[pipeline, stage] = step or closing
    found: dict[str, dict[str, str | None]] = {}
    place = {key: at for at, key in enumerate(steps)}
    for pipeline, stage in sorted(used.iter_rows(), key=lambda key: place.get(key, len(place))):
        found.setdefault(pipeline, {})[stage] = steps.get((pipeline, stage))
    return found


def _results(deals: pl.DataFrame, stages: pl.DataFrame | None) -> dict[str, int]:
    """How many deals are won, lost and open: by their own flags, else by their stage."""
    if stages is not None:
        known = stages.select("pipeline", "stage", by_stage_closed="is_closed", by_stage_won="is_won")
        known = known.unique(subset=["pipeline", "stage"])
        deals = deals.join(known, on=["pipeline", "stage"], how="left").with_columns(
            is_closed=pl.coalesce("is_closed", "by_stage_closed"),
            is_won=pl.coalesce("is_won", "by_stage_won"),
        )
    won = deals["is_won"].fill_null(False)
    closed = deals["is_closed"].fill_null(False) | won
    return {
        "all": deals.height,
        "won": int(won.sum()),
        "lost": int((closed & ~won).sum()),
        "open": int((~closed).sum()),
    }
