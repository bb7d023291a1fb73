"""The columns that a mapping names, found in the header of a file, with the rules that apply to them."""

import polars as pl

from orchestration.extracts.entities import TEXT
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.lookups import Lookups, without
from orchestration.extracts.mapping import Column, Constant, Mapping
from orchestration.extracts.recognition import position_of
from orchestration.extracts.tables import Table, position_name


class HeaderColumns:
    """Finds the columns that a specification names in the header of a file."""

    def __init__(self, table: Table, mapping: Mapping, lookups: Lookups) -> None:
        self.table = table
        self.mapping = mapping
        self.lookups = lookups
        self.used: set[int] = set()

    def text(self, position: int) -> pl.Expr:
        """The column's text, null where it is blank or one of the words for nothing."""
        self.used.add(position)
        column = pl.col(position_name(position))
        stripped = column.str.strip_chars()
        is_nothing = stripped.is_in(["", *self.mapping.nulls])
        return pl.when(~is_nothing).then(column)

    def find(
        self, specification: list[str | Column], target: str, is_needed: bool
    ) -> tuple[str, pl.Expr, Column | None] | None:
        """The label and text of the first column that the file has, with its rule; None where it has none."""
        for choice in specification:
            if isinstance(choice, str) and choice.startswith("="):
                return choice, pl.lit(choice[1:]), None
            names = [choice] if isinstance(choice, str) else choice.from_
            position = position_of(self.table.header, names, self.table.name)
            if position is None:
                continue
            text = self.text(position)
            if isinstance(choice, str):
                return self.table.header[position], text, None
            if choice.lookup and not self.lookups.has(choice.lookup):
                continue
            return self.table.header[position], _ruled(text, choice, self.lookups), choice
        if is_needed or not self.mapping.columns_may_be_missing:
            self._refuse(specification, target, self.table.name)
        return None

    def _refuse(self, specification: list[str | Column], target: str, file: str) -> None:
        wanted = [
            name
            for choice in specification
            for name in ([choice] if isinstance(choice, str) else choice.from_)
        ]
        raise ExtractError(
            f"{file}: line 1: there is no column for {target}; accepted is {' or '.join(map(repr, wanted))},"
            f" found are {listed(self.table.header)}"
        )


def _ruled(text: pl.Expr, rule: Column, lookups: Lookups) -> pl.Expr:
    if rule.lookup:
        keys, values = lookups.pairs(rule.lookup)
        text = without(text, rule.lookup.ignore).replace_strict(keys, values, default=None, return_dtype=TEXT)
    if rule.values:
        named = {name.lower(): _constant(value) for name, value in rule.values.items() if name != "*"}
        others = pl.lit(_constant(rule.values["*"]), dtype=TEXT) if "*" in rule.values else text
        folded = text.str.strip_chars().str.to_lowercase()
        mapped = folded.replace_strict(
            list(named), pl.Series(list(named.values()), dtype=TEXT), default=others, return_dtype=TEXT
        )
        text = pl.when(text.is_not_null()).then(mapped)
    return text


def _constant(value: Constant) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
