"""Which columns deals can sensibly be cut by: of their own, or of files that they name rows of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestration.company import BUILT_IN_SEGMENTS
from orchestration.inspection.crms import Understood
from orchestration.inspection.guesses import DealsGuess
from orchestration.inspection.joins import Join
from orchestration.inspection.profile import ColumnProfile, FileProfile, clear_columns

MOST_VALUES: Final = 30
FEWEST_GIVEN: Final = 0.5  # share of rows that must have a value
SEGMENTS: Final = 3  # that metrics are cut by at first
TAKEN: Final = (
    "deal_id", "stage", "currency", "owner_id", "account_id", "pipeline", "next_step", "loss_reason",
    "deal_type",
)  # fmt: skip


@dataclass(frozen=True)
class Dimension:
    """A column of deals, or of a file that they name rows of, to cut them by."""

    name: str
    column: str  # of deals
    value: str  # the column that holds the value: the same, or one of the other file
    join: Join | None
    distinct: int
    given: float

    def source(self, names: Mapping[int, str]) -> Any:
        """Where the mapping takes the value from."""
        if self.join is None:
            return self.column
        lookup: dict[str, Any] = {"table": names[self.join.other], "key": self.join.key, "value": self.value}
        if self.join.ignore:
            lookup["ignore"] = list(self.join.ignore)
        if self.value == self.join.key:
            lookup["or_itself"] = True
        return {"from": self.column, "lookup": lookup}


def guessed_dimensions(
    files: Sequence[FileProfile], joins: Sequence[Join], deals: DealsGuess, names: Mapping[int, str]
) -> list[Dimension]:
    """Dimensions of deals, those with most deals and fewest values first."""
    file = files[deals.number]
    taken = {deals.columns[name] for name in TAKEN if name in deals.columns} | {deals.outcome}
    found: list[Dimension] = []
    clear = clear_columns(file.table.header)
    for column in file.columns:
        if column.name in taken or not _can_cut(column, file) or column.position not in clear:
            continue
        join = next((each for each in joins if each.column == column.name and each.ignore), None)
        found.append(
            _dimension(column.name, column.name, join.key if join else column.name, join, column, 1.0)
        )
    seen: set[tuple[str, int]] = set()
    for join in joins:
        if (join.column, join.other) in seen:
            continue
        seen.add((join.column, join.other))
        other, own = files[join.other], file.column(join.column)
        given = join.best_found * (1 - own.values.blanks / max(1, own.values.rows))
        clear = clear_columns(other.table.header)
        for column in other.columns:
            if column.name != join.key and _can_cut(column, other) and column.position in clear:
                found.append(_dimension(column.name, join.column, column.name, join, column, given))
    ordered = sorted(found, key=lambda each: (-round(each.given, 1), each.distinct))
    return _named_apart([each for each in ordered if each.given >= FEWEST_GIVEN], names)


def suggested_segments(dimensions: Sequence[Dimension]) -> list[str]:
    """The few that metrics are cut by at first."""
    return [each.name for each in dimensions if each.given >= 0.8][:SEGMENTS]


def _can_cut(column: ColumnProfile, file: FileProfile) -> bool:
    if plain_name(column.name) in BUILT_IN_SEGMENTS:
        return False
    is_few = column.kind == "category" and 2 <= column.distinct <= MOST_VALUES
    return is_few and not column.is_personal(file.name)


def _dimension(
    name: str, column: str, value: str, join: Join | None, profiled: ColumnProfile, given: float
) -> Dimension:
    own = 1 - profiled.values.blanks / max(1, profiled.values.rows)
    return Dimension(plain_name(name), column, value, join, profiled.distinct, given * own)


def plain_name(name: str) -> str:
    """A column's name as the company file accepts it for a dimension."""
    spelt = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()).strip("_")
    spelt = spelt if spelt[:1].isalpha() else f"d_{spelt}"
    return spelt[:63]


def _named_apart(dimensions: Sequence[Dimension], names: Mapping[int, str]) -> list[Dimension]:
    """The dimensions, each by a name of its own."""
    kept: dict[str, Dimension] = {}
    for each in dimensions:
        name = each.name
        if name in kept and each.join:
            name = f"{names[each.join.other]}_{name}"[:63]
        if name not in kept:
            kept[name] = Dimension(name, each.column, each.value, each.join, each.distinct, each.given)
    return list(kept.values())


def guessed_columns_to_cut(files: Sequence[FileProfile], known: Understood) -> list[str]:
    """Columns of the files of deals that the mapping does not know, and that deals can be cut by."""
    return [
        column.name
        for number in known.deal_files[:1]
        for column in files[number].columns
        if column.name not in known.targets[number]
        and column.position in clear_columns(files[number].table.header)
        and _can_cut(column, files[number])
    ][:8]
