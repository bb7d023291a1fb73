"""The rows of every entity, gathered from all that the tables of an extract land."""

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.exchange_rates import rebased
from orchestration.extracts.landings import SOURCE_ROW, keys, landed
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.plan import Context, Variant, has_distinct_keys
from orchestration.extracts.repeated_keys import completed, refuse_repeated
from orchestration.extracts.stage_settings import shown_by_deals, stage_rows
from orchestration.extracts.table_rows import TableRows

Frames = dict[str, list[pl.DataFrame]]


class EntityRows:
    """Takes the rows of one table after the other; `unlanded` are the keys of rows that cannot be landed."""

    def __init__(self, context: Context) -> None:
        self.unlanded: Frames = defaultdict(list)
        self._context = context
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
            for entity, frame in landed(landing, number, rows.rows, self._context, variants).items():
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

    def finished(self, mapping: Mapping) -> dict[str, pl.DataFrame]:
        """All rows by entity, each key once.

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
        self._add_stages(entities, mapping)
        return {name: entities[name] for name in ENTITIES if name in entities}

    def _add_stages(self, entities: dict[str, pl.DataFrame], mapping: Mapping) -> None:
        literal, derived = mapping.rows.get("stages", []), shown_by_deals(self._shown)
        if "stages" not in entities and not literal and not derived.height:
            return
        pipelines = entities["deals"]["pipeline"].unique().to_list() if "deals" in entities else []
        schema = {**ENTITIES["stages"].columns, SOURCE_ROW: pl.Int64}
        explicit = entities.get("stages", pl.DataFrame(schema=schema))
        entities["stages"] = stage_rows(explicit, literal, derived, pipelines, has_file="stages" in entities)


def _together(entity: str, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) == 1:
        return frames[0]
    rows = pl.concat(frames).sort(SOURCE_ROW, maintain_order=True)
    return rows if entity == "stages" else refuse_repeated(entity, rows, "(several)")
