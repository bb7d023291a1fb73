"""The rows of every entity, gathered from all that the tables of an extract land."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.entity_files import EntityFiles
from orchestration.extracts.exchange_rates import rebased
from orchestration.extracts.landings import SOURCE_ROW, keys, landed
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.mapping_landings import Landing
from orchestration.extracts.plan import Context, Variant, has_distinct_keys
from orchestration.extracts.repeated_keys import completed, refuse_repeated
from orchestration.extracts.row_slices import SLICE_ROWS
from orchestration.extracts.stage_settings import shown_by_deals, stage_rows
from orchestration.extracts.statuses import with_closing_stages
from orchestration.extracts.table_rows import TableRows

LATE: Final = ("stages", "exchange_rates")  # more than the rows of their tables goes into them
Frames = dict[str, list[pl.DataFrame]]


class EntityRows:
    """Takes the rows of one table after the other; `unlanded` are the keys of rows that cannot be landed.

    An entity is written as soon as it is whole: large ones are not in memory together.
    """

    def __init__(self, context: Context, files: EntityFiles) -> None:
        self.unlanded: Frames = defaultdict(list)
        self._context = context
        self._files = files
        self._pipelines: list[str] = []
        self._made: Frames = defaultdict(list)
        self._completing: dict[tuple[str, bool | str], list[pl.DataFrame]] = defaultdict(list)
        self._rates: list[pl.DataFrame] = []
        self._shown: list[pl.DataFrame] = []

    def add(self, name: str, rule: TableMapping, rows: TableRows, variants: Sequence[Variant]) -> None:
        """Take what the rows of the mapping's table `name` become.

        Raises:
            ExtractError: rows that are no events have one key and differ.
        """
        for number, landing in enumerate(rule.lands):
            for entity, frame in _landed(landing, number, rows.rows, self._context, variants).items():
                is_distinct = entity == "stages" or (number == 0 and has_distinct_keys(rule))
                if landing.completes:
                    self._completing[entity, landing.completes].append(frame)
                elif landing.rebase:
                    self._rates.append(frame if is_distinct else refuse_repeated(entity, frame, name))
                else:
                    self._made[entity].append(frame if is_distinct else refuse_repeated(entity, frame, name))
        if rows.unlanded.height:
            first = rule.lands[0]
            missed = keys(first, 0, rows.unlanded, self._context)
            self.unlanded[first.entity].append(missed)
            if first.entity == "deals":
                self.unlanded["deal_dimensions"].append(missed)
        for number, derivation in enumerate(rule.derives, start=len(rule.lands)):
            self._shown.append(landed(derivation, number, rows.rows, self._context)[derivation.entity])

    def know_pipelines(self, pipelines: Sequence[str]) -> None:
        """Note pipelines of deals that are not among the rows, since they stayed as they were."""
        self._pipelines += pipelines

    def write_whole(self, later: Sequence[TableMapping]) -> None:
        """Write the entities that no later table adds to.

        Raises:
            ExtractError: rows that are no events have one key and differ.
        """
        awaited = {landing.entity for rule in later for landing in rule.lands}
        awaited |= {*LATE, *(entity for entity, _ in self._completing)}
        if "deals" in awaited:
            awaited.add("deal_dimensions")
        for entity in [entity for entity in self._made if entity not in awaited]:
            self._write(entity, _together(entity, self._made.pop(entity)))

    def finished(self, mapping: Mapping) -> dict[str, Path]:
        """The file of each entity, whose rows have each key once.

        Raises:
            ExtractError: rows that are no events have one key and differ.
        """
        if self._rates:
            self._made["exchange_rates"].append(rebased(self._rates, self._context.reporting_currency))
        entities = {entity: _together(entity, frames) for entity, frames in self._made.items()}
        for (entity, adds), frames in sorted(
            self._completing.items(), key=lambda each: each[0][1] == "known"
        ):
            rows, unlanded = entities.get(entity), self.unlanded.get(entity, ())
            entities[entity] = completed(entity, rows, frames, unlanded, adds is True)
        explicit = entities.pop("stages", None)
        for entity, rows in entities.items():
            self._write(entity, rows)
        self._write_stages(explicit, mapping)
        return {name: self._files.files[name] for name in ENTITIES if name in self._files.files}

    def _write(self, entity: str, rows: pl.DataFrame) -> None:
        if entity == "deal_changes":
            rows = with_closing_stages(rows)
        if entity == "deals":
            self._pipelines += rows["pipeline"].unique().to_list()
        self._files.write(entity, rows)

    def _write_stages(self, explicit: pl.DataFrame | None, mapping: Mapping) -> None:
        literal, derived = mapping.rows.get("stages", []), shown_by_deals(self._shown)
        if explicit is None and not literal and not derived.height:
            return
        has_file = explicit is not None
        if explicit is None:
            explicit = pl.DataFrame(schema={**ENTITIES["stages"].columns, SOURCE_ROW: pl.Int64})
        self._write("stages", stage_rows(explicit, literal, derived, self._pipelines, has_file=has_file))


def _landed(
    landing: Landing, number: int, rows: pl.DataFrame, context: Context, variants: Sequence[Variant]
) -> dict[str, pl.DataFrame]:
    """The rows that a landing makes, slice by slice where it looks at each row by itself."""
    if landing.unpivot_changes or landing.latest or not rows.height:
        return landed(landing, number, rows, context, variants)
    parts = [landed(landing, number, part, context, variants) for part in rows.iter_slices(SLICE_ROWS)]
    return {entity: pl.concat(part[entity] for part in parts) for entity in parts[0]}


def _together(entity: str, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) == 1:
        return frames[0]
    rows = pl.concat(frames).sort(SOURCE_ROW, maintain_order=True)
    return rows if entity == "stages" else refuse_repeated(entity, rows, "(several)")
