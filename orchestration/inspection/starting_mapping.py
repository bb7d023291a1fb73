"""A mapping to start from, for files that no built-in mapping knows: guesses, each with its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.extracts.numbers import FLAGS
from orchestration.extracts.tables import file_stem
from orchestration.inspection.dimensions import Dimension, guessed_dimensions
from orchestration.inspection.guesses import DealsGuess, guessed_columns
from orchestration.inspection.joins import Join
from orchestration.inspection.money import written_currency
from orchestration.inspection.names import file_fitness
from orchestration.inspection.profile import ColumnProfile, FileProfile
from orchestration.inspection.stage_words import StageGuess, in_order, words

STAGES: Final = 100  # values of a stage column up to which they are written out
PLAIN: Final = (
    "deal_name", "pipeline", "currency", "created_at", "deal_type", "lead_source", "forecast_category",
    "next_step", "loss_reason", "modified_at",
)  # fmt: skip


@dataclass
class StartingLanding:
    """What rows of a file become, with a comment for lines that are guesses."""

    entity: str
    columns: dict[str, Any]
    comments: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, Any] = field(default_factory=dict)
    only_where_given: list[str] = field(default_factory=list)


@dataclass
class StartingTable:
    """One kind of file of the mapping."""

    name: str
    files: list[str]
    header: list[str]
    lands: list[StartingLanding]
    comment: str = ""


@dataclass
class StartingMapping:
    """The whole mapping."""

    tables: list[StartingTable]
    stages: list[StageGuess]
    dimensions: list[Dimension]
    checks: list[str]  # what a person should look at, the most important first


def starting_mapping(files: Sequence[FileProfile], joins: Sequence[Join], deals: DealsGuess) -> StartingMapping:
    """The mapping for these files, whose deals are known."""
    return _Builder(files, joins, deals).built()


class _Builder:
    def __init__(self, files: Sequence[FileProfile], joins: Sequence[Join], deals: DealsGuess) -> None:
        self.files, self.deals = files, deals
        self.file = files[deals.number]
        self.joins = [join for join in joins if join.file == deals.number and join.other not in deals.parts]
        self.inward = [join for join in joins if join.other == deals.number]
        self.names = _table_names(files)
        self.used: dict[int, set[str]] = {deals.number: set()}
        self.checks: list[str] = []

    def built(self) -> StartingMapping:
        """All tables: deals, what belongs to them, then files that values are looked up in."""
        dimensions = guessed_dimensions(self.files, self.joins, self.deals, self.names)
        landing = self._deals_landing(dimensions)
        lands: dict[int, list[StartingLanding]] = {self.deals.number: [landing, *self._entries()]}
        for role in ("owner_id", "account_id"):
            self._party(role, landing, lands)
        self._leads(landing, lands)
        self._history(lands)
        for dimension in dimensions:
            if dimension.join:
                other = self.used.setdefault(dimension.join.other, set())
                other |= {dimension.join.key, dimension.value}
            self.used[self.deals.number].add(dimension.column)
        tables = [self._table(number, lands.get(number, [])) for number in self.used]
        return StartingMapping(tables, self._stages(), dimensions, self.checks)

    def _table(self, number: int, lands: list[StartingLanding]) -> StartingTable:
        numbers = self.deals.parts if number == self.deals.number else (number,)
        stems = [file_stem(self.files[each].table.path) for each in numbers]
        header = [name for name in self.files[number].table.header if name in self.used[number]]
        comment = "" if lands else "only to look values up in"
        return StartingTable(self.names[number], stems, header, lands, comment)

    def _deals_landing(self, dimensions: Sequence[Dimension]) -> StartingLanding:
        guess = self.deals
        landing = StartingLanding("deals", {"deal_id": guess.columns["deal_id"]})
        landing.comments["deal_id"] = "every row has another value"
        for target in ("account_id", "owner_id"):
            if target in guess.columns:
                landing.columns[target] = guess.columns[target]
        self._stage(landing)
        self._closing(landing)
        if "amount" in guess.columns:
            landing.columns["amount"] = guess.columns["amount"]
        else:
            self.checks.append("no column looks like an amount: nothing can be told in money without one")
        landing.columns |= {name: guess.columns[name] for name in PLAIN if name in guess.columns}
        if "currency" not in guess.columns:
            code, why = written_currency(self.file, guess.columns.get("amount"))
            landing.columns["currency"] = f"={code}"
            landing.comments["currency"] = f"CHECK: {why}"
            self.checks.append(f"currency is {code} for every deal: {why}")
        if "created_at" not in guess.columns:
            self.checks.append("no column says when a deal was created: lifetimes cannot be told")
        self._dates(landing)
        for dimension in dimensions:
            landing.dimensions[dimension.name] = dimension.source(self.names)
        self.used[guess.number] |= set(_sources(landing.columns))
        return landing

    def _stage(self, landing: StartingLanding) -> None:
        guess = self.deals
        stage = guess.columns.get("stage")
        if stage is None:
            if "is_won" in guess.columns:
                flags = {text: "Won" for text in self.file.column(guess.columns["is_won"]).texts if FLAGS.get(text.lower())}
                landing.columns["stage"] = {"from": guess.columns["is_won"], "values": {**flags, "*": "Open"}}
            else:
                landing.columns["stage"] = {"from": guess.columns["closed_at"], "values": {"*": "Won"}}
            landing.comments["stage"] = "CHECK: no column of stages was found"
            self.checks.append("no column of stages was found: every deal is won or nothing is known of it")
        elif guess.outcome and guess.outcome != stage:
            closing = {value: value for value in (*guess.won, *guess.lost)}
            told = {"from": guess.outcome, "values": {**closing, "*": None}}
            landing.columns["stage"] = {"first_given": [told, stage]}
            landing.comments["stage"] = f"the outcome in {guess.outcome}, else the stage"
        else:
            landing.columns["stage"] = stage

    def _closing(self, landing: StartingLanding) -> None:
        """Whether a deal is closed and won: by flags, else by the words of the stage or outcome."""
        guess, columns = self.deals, self.deals.columns
        outcome = guess.outcome
        if "is_won" in columns and "is_closed" in columns:
            landing.columns |= {"is_closed": columns["is_closed"], "is_won": columns["is_won"]}
        elif outcome:
            won, lost = dict.fromkeys(guess.won, True), dict.fromkeys(guess.lost, True)
            landing.columns["is_closed"] = {"from": outcome, "values": {**won, **lost, "*": False}}
            landing.columns["is_won"] = {"from": outcome, "values": {**won, "*": False}}
            landing.comments["is_won"] = f"CHECK: won are {', '.join(guess.won)}; lost are {', '.join(guess.lost) or 'none'}"
            if not guess.lost:
                self.checks.append(f"no value of {outcome} says lost: every deal would be won or open")
        elif "is_won" in columns:
            landing.columns["is_won"] = columns["is_won"]
        elif "stage" not in columns:
            landing.columns |= {
                name: {"from": columns["closed_at"], "values": {"*": True}} for name in ("is_closed", "is_won")
            }
        else:
            self.checks.append(f"no value of {columns['stage']} says won or lost: say which stages do, under rows")

    def _dates(self, landing: StartingLanding) -> None:
        """Close dates: the actual one before the expected one, and closed_at only where the deal is closed."""
        columns = self.deals.columns
        closed = [columns[name] for name in ("closed_at", "lost_at") if name in columns]
        dated = closed + ([columns["close_date"]] if "close_date" in columns else [])
        if not dated:
            self.checks.append("no column says when a deal closes: wins have no quarter without one")
            return
        landing.columns["close_date"] = dated[0] if len(dated) == 1 else {"first_given": dated}
        told = closed or dated
        source: dict[str, Any] = {"from": told[0]} if len(told) == 1 else {"first_given": told}
        if "is_closed" in landing.columns:
            source["only_if"] = "is_closed"
        landing.columns["closed_at"] = source

    def _entries(self) -> list[StartingLanding]:
        """Dates that are named for a stage say when a deal entered it: engage_date, of Engaging."""
        stage = self.deals.columns.get("stage")
        if stage is None:
            return []
        made = []
        for column in self.file.columns:
            if column.kind not in ("date", "moment") or column.name in (
                self.deals.columns.get("close_date"), self.deals.columns.get("closed_at")
            ):  # fmt: skip
                continue
            entered = [text for text in self.file.column(stage).texts[:STAGES] if _is_named_for(column, text)]
            if len(entered) != 1:
                continue
            columns = {
                "deal_id": self.deals.columns["deal_id"], "changed_at": column.name,
                "field": "=stage", "new_value": f"={entered[0]}",
            }  # fmt: skip
            self.used[self.deals.number].add(column.name)
            comment = {"deal_id": f"CHECK: {column.name} is taken as the day on which a deal entered {entered[0]}"}
            made.append(StartingLanding("deal_changes", columns, comment, only_where_given=["changed_at"]))
            self.checks.append(comment["deal_id"].removeprefix("CHECK: "))
        return made

    def _party(self, role: str, landing: StartingLanding, lands: dict[int, list[StartingLanding]]) -> None:
        """Owners or accounts: the file that their column of deals names rows of."""
        column = self.deals.columns.get(role)
        entity = {"owner_id": "owners", "account_id": "accounts"}[role]
        join = next((join for join in self.joins if join.column == column and join.other not in lands), None)
        if column is None:
            return
        if join is None:
            if entity == "owners":
                named = {"owner_id": column, "owner_name": column}
                lands[self.deals.number].append(StartingLanding("owners", named, only_where_given=["owner_id"]))
            return
        if join.ignore:
            lookup = {"table": self.names[join.other], "key": join.key, "value": join.key, "ignore": list(join.ignore)}
            landing.columns[role] = {"from": column, "lookup": {**lookup, "or_itself": True}}
        columns = {role: join.key}
        guessed = guessed_columns(self.files[join.other], entity)
        name = {"owners": "owner_name", "accounts": "account_name"}[entity]
        columns[name] = guessed.get(name, join.key)
        columns |= {target: source for target, source in guessed.items() if target not in columns}
        lands[join.other] = [StartingLanding(entity, columns)]
        self.used.setdefault(join.other, set()).update(columns.values())

    def _leads(self, landing: StartingLanding, lands: dict[int, list[StartingLanding]]) -> None:
        for number, file in enumerate(self.files):
            if number in lands or number in self.deals.parts or not file_fitness(file.name, "leads"):
                continue
            guessed = guessed_columns(file, "leads")
            if "lead_id" not in guessed:
                continue
            join = next((join for join in self.joins if join.other == number and join.key == guessed["lead_id"]), None)
            columns: dict[str, Any] = dict(guessed)
            if join:
                landing.columns["lead_id"] = join.column
                lookup = {"table": self.names[self.deals.number], "key": join.column, "value": self.deals.columns["deal_id"]}
                if self.file.column(join.column).is_unique:
                    columns["deal_id"] = {"from": guessed["lead_id"], "lookup": lookup}
                self.used[self.deals.number].add(join.column)
            lands[number] = [StartingLanding("leads", columns)]
            self.used.setdefault(number, set()).update(guessed.values())

    def _history(self, lands: dict[int, list[StartingLanding]]) -> None:
        """A file in which deals stand several times, with a moment and a stage: their history."""
        for join in self.inward:
            file = self.files[join.file]
            if join.file in lands or join.key != self.deals.columns["deal_id"] or file.column(join.column).is_unique:
                continue
            guessed = guessed_columns(file, "deal_changes")
            stage = self.deals.columns.get("stage")
            if not {"changed_at", "stage"} <= guessed.keys() or stage is None:
                continue
            known = set(self.file.column(stage).texts)
            if not known & set(file.column(guessed["stage"]).texts):
                continue
            columns = {
                "deal_id": join.column, "changed_at": guessed["changed_at"],
                "field": "=stage", "new_value": guessed["stage"],
            }  # fmt: skip
            lands[join.file] = [StartingLanding("deal_changes", columns, only_where_given=["new_value"])]
            self.used[join.file] = {join.column, guessed["changed_at"], guessed["stage"]}

    def _stages(self) -> list[StageGuess]:
        stage = self.deals.columns.get("stage")
        if stage is None:
            return in_order(["Won"] + (["Open"] if "is_won" in self.deals.columns else []))
        column = self.file.column(stage)
        if column.distinct > STAGES or not column.values.is_whole:
            self.checks.append(f"{stage} has {column.distinct:,} values: is it really the stage?")
            return []
        names = column.values.sample["text"].to_list()
        closing = [value for value in (*self.deals.won, *self.deals.lost) if value not in names]
        stages = in_order([*names, *closing])
        if unknown := [guess.stage for guess in stages if guess.step is None]:
            self.checks.append("which step of the process, and which place, is " + ", ".join(unknown[:6]) + "?")
        return stages


def _is_named_for(column: ColumnProfile, stage: str) -> bool:
    """Whether a word of the column's name and one of the stage begin alike: engage, Engaging."""
    stems = {word[: max(4, len(word) - 2)] for word in words(stage) if len(word) >= 4}
    return any(word.startswith(stem[:5]) for stem in stems for word in words(column.name) if word not in ("date", "close", "closed"))


def _sources(columns: dict[str, Any]) -> list[str]:
    """The names of the file's columns that specifications name."""
    found: list[str] = []
    for source in columns.values():
        if isinstance(source, dict):
            inner = source.get("first_given") or [source["from"]]
            found += _sources(dict(enumerate(inner)))  # type: ignore[arg-type]
        elif not source.startswith("="):
            found.append(source)
    return found


def _table_names(files: Sequence[FileProfile]) -> dict[int, str]:
    """A name for each file's table, from its own."""
    names: dict[int, str] = {}
    for number, file in enumerate(files):
        stem = re.sub(r"[^a-z0-9]+", "_", file_stem(file.table.path).lower()).strip("_") or "file"
        names[number] = stem if stem not in names.values() else f"{stem}_{number + 1}"
    return names
