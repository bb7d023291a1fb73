"""A mapping to start from, for files that no built-in mapping knows: guesses, each with its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.inspection.deals_landing import (
    STAGES,
    StartingLanding,
    deals_landing,
    source_columns,
    stage_entries,
)
from orchestration.inspection.dimensions import Dimension, guessed_dimensions
from orchestration.inspection.guesses import DealsGuess, guessed_columns
from orchestration.inspection.joins import Join
from orchestration.inspection.names import file_fitness
from orchestration.inspection.profile import FileProfile
from orchestration.inspection.stage_words import StageGuess, in_order

PARTIES: Final = {"owner_id": ("owners", "owner_name"), "account_id": ("accounts", "account_name")}


@dataclass
class StartingTable:
    """One kind of file of the mapping."""

    name: str
    files: list[str]
    header: list[str]
    lands: list[StartingLanding]
    questions: list[str]  # what nothing in a column decides


@dataclass
class StartingMapping:
    """The whole mapping, as it grows."""

    files: Sequence[FileProfile]
    joins: list[Join]
    deals: DealsGuess
    names: dict[int, str]
    lands: dict[int, list[StartingLanding]] = field(default_factory=dict)
    used: dict[int, set[str]] = field(default_factory=dict)  # columns of each file that the mapping names
    dimensions: list[Dimension] = field(default_factory=list)
    stages: list[StageGuess] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)  # what a person should look at

    @property
    def file(self) -> FileProfile:
        """The file of deals."""
        return self.files[self.deals.number]

    @property
    def tables(self) -> list[StartingTable]:
        """Its tables: deals, what belongs to them, then files that values are looked up in."""
        made = []
        for number in sorted(self.used, key=lambda each: each not in self.lands):
            numbers = self.deals.parts if number == self.deals.number else (number,)
            stems = list(dict.fromkeys(self.files[each].table.stems[0] for each in numbers))
            header = [name for name in self.files[number].table.header if name in self.used[number]]
            columns = [self.files[number].column(name) for name in header]
            questions = [f"{each.name}: {each.reading.question}" for each in columns if each.reading.question]
            made.append(
                StartingTable(self.names[number], stems, header, self.lands.get(number, []), questions)
            )
        return made

    def land(self, number: int, landing: StartingLanding) -> None:
        """Let rows of a file become what the landing says."""
        self.lands.setdefault(number, []).append(landing)
        self.used.setdefault(number, set()).update(source_columns(landing.columns))


def starting_mapping(
    files: Sequence[FileProfile], joins: Sequence[Join], deals: DealsGuess
) -> StartingMapping:
    """The mapping for these files, whose deals are known."""
    own = [join for join in joins if join.file == deals.number and join.other not in deals.parts]
    mapping = StartingMapping(files, own, deals, _table_names(files))
    landing = deals_landing(mapping.file, deals, mapping.checks)
    mapping.land(deals.number, landing)
    for entry in stage_entries(mapping.file, deals, mapping.checks):
        mapping.land(deals.number, entry)
    for role in PARTIES:
        _add_party(mapping, role, landing)
    _add_leads(mapping, landing)
    _add_history(mapping, joins)
    mapping.dimensions = guessed_dimensions(files, own, deals, mapping.names)
    for dimension in mapping.dimensions:
        landing.dimensions[dimension.name] = dimension.source(mapping.names)
        mapping.used[deals.number].add(dimension.column)
        if dimension.join:
            mapping.used.setdefault(dimension.join.other, set()).update({dimension.join.key, dimension.value})
    _add_stages(mapping)
    return mapping


def _add_party(mapping: StartingMapping, role: str, landing: StartingLanding) -> None:
    """Owners or accounts: the file that their column of deals names rows of."""
    column = mapping.deals.columns.get(role)
    entity, name = PARTIES[role]
    if column is None:
        return
    found = (each for each in mapping.joins if each.column == column and each.other not in mapping.lands)
    join = next(found, None)
    if join is None:
        if entity == "owners":
            named = {"owner_id": column, "owner_name": column}
            mapping.land(
                mapping.deals.number, StartingLanding("owners", named, only_where_given=["owner_id"])
            )
        return
    if join.ignore:
        lookup = {"table": mapping.names[join.other], "key": join.key, "value": join.key}
        landing.columns[role] = {
            "from": column,
            "lookup": {**lookup, "ignore": list(join.ignore), "or_itself": True},
        }
    columns = {role: join.key}
    guessed = guessed_columns(mapping.files[join.other], entity)
    columns[name] = guessed.get(name, join.key)
    columns |= {target: source for target, source in guessed.items() if target not in columns}
    mapping.land(join.other, StartingLanding(entity, columns))


def _add_leads(mapping: StartingMapping, landing: StartingLanding) -> None:
    """Leads, and which deal each became, where deals name their lead."""
    deals = mapping.deals
    for number, file in enumerate(mapping.files):
        if number in mapping.lands or number in deals.parts or not file_fitness(file.name, "leads"):
            continue
        guessed = guessed_columns(file, "leads")
        if "lead_id" not in guessed:
            continue
        columns: dict[str, Any] = dict(guessed)
        keyed = (each for each in mapping.joins if each.other == number and each.key == guessed["lead_id"])
        if join := next(keyed, None):
            landing.columns["lead_id"] = join.column
            mapping.used[deals.number].add(join.column)
            if mapping.file.column(join.column).is_unique:
                lookup = {"table": mapping.names[deals.number], "key": join.column}
                columns["deal_id"] = {
                    "from": guessed["lead_id"],
                    "lookup": {**lookup, "value": deals.columns["deal_id"]},
                }
        mapping.land(number, StartingLanding("leads", columns))


def _add_history(mapping: StartingMapping, joins: Sequence[Join]) -> None:
    """A file in which deals stand several times, with a moment and a stage: their history."""
    deals = mapping.deals
    stage = deals.columns.get("stage")
    for join in joins:
        file = mapping.files[join.file]
        is_of_deals = join.other in deals.parts and join.key == deals.columns["deal_id"]
        if stage is None or not is_of_deals or join.file in mapping.lands:
            continue
        guessed = guessed_columns(file, "deal_changes")
        if file.column(join.column).is_unique or not {"changed_at", "stage"} <= guessed.keys():
            continue
        if not set(mapping.file.column(stage).texts) & set(file.column(guessed["stage"]).texts):
            continue
        columns = {
            "deal_id": join.column,
            "changed_at": guessed["changed_at"],
            "field": "=stage",
            "new_value": guessed["stage"],
        }
        mapping.land(join.file, StartingLanding("deal_changes", columns, only_where_given=["new_value"]))


def _add_stages(mapping: StartingMapping) -> None:
    """The stages of the deals, in the order of a usual process."""
    stage = mapping.deals.columns.get("stage")
    if stage is None:
        flagged = {"is_won": "Open", "is_closed": "Lost"}
        named = [stage for flag, stage in flagged.items() if flag in mapping.deals.columns]
        mapping.stages = in_order(["Won", *named])
        return
    column = mapping.file.column(stage)
    if column.distinct > STAGES or not column.values.is_whole:
        mapping.checks.append(f"{stage} has {column.distinct:,} values: is it really the stage?")
        return
    names = column.values.sample["text"].to_list()
    closing = [value for value in (*mapping.deals.won, *mapping.deals.lost) if value not in names]
    mapping.stages = in_order([*names, *closing])
    if unknown := [guess.stage for guess in mapping.stages if guess.step is None]:
        mapping.checks.append("which step of the process, and which place, is " + ", ".join(unknown[:6]))


def _table_names(files: Sequence[FileProfile]) -> dict[int, str]:
    """A name for each file's table, from its own."""
    names: dict[int, str] = {}
    for number, file in enumerate(files):
        stem = re.sub(r"[^a-z0-9]+", "_", file.table.stems[0].lower()).strip("_") or "file"
        names[number] = stem if stem not in names.values() else f"{stem}_{number + 1}"
    return names
