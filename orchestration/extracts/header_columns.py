"""The columns that a mapping names, found in the header of a file, with the rules that apply to them."""

import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from orchestration.extracts.entities import TEXT
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.header_names import HeaderNames
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import Mapping
from orchestration.extracts.mapping_columns import (
    CELL,
    COLUMN_IN_TEXT,
    PLACEHOLDER,
    Column,
    Constant,
    Specification,
    choices,
)
from orchestration.extracts.salesforce_ids import long_ids
from orchestration.extracts.tables import Table, position_name

DIVIDER: Final = "\x1f"  # between the values of a cell that lists several


@dataclass(frozen=True)
class FoundColumn:
    """The text of a canonical column; `label` names the file's column, or columns, in messages."""

    label: str
    text: pl.Expr
    rule: Column | None = None


@dataclass(frozen=True)
class PatternColumn:
    """A column of the file that fits a pattern, and the text of each placeholder."""

    position: int
    placeholders: Dictionary[str, str]


class HeaderColumns:
    """Finds the columns that a specification names in the header of a file."""

    def __init__(self, table: Table, mapping: Mapping, lookups: Lookups, advice: str = "") -> None:
        self.table = table
        self.names = HeaderNames(table.header, mapping.prefixes, table.name)
        self.used: set[int] = set()
        self.may_be_missing = mapping.columns_may_be_missing
        self._nothing = ["", *mapping.nulls]
        self.has_long_ids = mapping.ids is not None
        self._advice = advice
        self._lookups = lookups

    def text(self, position: int) -> pl.Expr:
        """The column's text, null where it is blank or one of the words for nothing."""
        self.used.add(position)
        column = pl.col(position_name(position))
        stripped = column.str.strip_chars()
        if self._nothing == [""]:  # the usual case, at 17 instead of 31 ns a cell
            return pl.when(stripped != "").then(column)
        return pl.when(~stripped.is_in(self._nothing)).then(column)

    def fitting(self, patterns: Sequence[str]) -> list[PatternColumn]:
        """Every column of the file that fits one of the patterns.

        Raises:
            ExtractError: none does, and the file must have one.
        """
        found = [PatternColumn(*each) for each in self.names.fitting(patterns)]
        if not found and not self.may_be_missing:
            raise ExtractError(
                f"{self.table.name}: line 1: there is no column that fits {' or '.join(map(repr, patterns))},"
                f" found are {listed(self.table.header)}"
            )
        return found

    def id_text(self, found: FoundColumn) -> pl.Expr:
        """The column's text as ids: without blanks around them, and of one length."""
        if found.rule and found.rule.split:
            return found.text.str.split(DIVIDER).list.eval(self._id(pl.element())).list.join(DIVIDER)
        return self._id(found.text)

    def _id(self, text: pl.Expr) -> pl.Expr:
        text = text.str.strip_chars()
        return long_ids(text) if self.has_long_ids else text

    def find(
        self,
        specification: Specification,
        target: str,
        is_needed: bool,
        pattern: PatternColumn | None = None,
    ) -> FoundColumn | None:
        """The first column that the file has, with its rule; None where it has none.

        Raises:
            ExtractError: it has none and must have one.
        """
        for choice in specification:
            if found := self._found(choice, pattern):
                return found
        if is_needed or not self.may_be_missing:
            wanted = [each for each in choices(specification) if isinstance(each, str)]
            raise ExtractError(
                f"{self.table.name}: line 1: there is no column for {target};"
                f" accepted is {' or '.join(map(repr, wanted))}, found are {listed(self.table.header)}"
                + (f"; {self._advice}" if self._advice else "")
            )
        return None

    def _found(self, choice: str | Column, pattern: PatternColumn | None) -> FoundColumn | None:
        if isinstance(choice, str):
            return self._named(choice, pattern)
        if choice.first_given:
            given = [found for each in choice.first_given if (found := self._found(each, pattern))]
            if not given:
                return None
            origin = FoundColumn(
                " / ".join(dict.fromkeys(found.label for found in given)),
                pl.coalesce(found.text for found in given),
            )
        elif choice.joined:
            parts = [found for each in choice.joined if (found := self._named(each, pattern))]
            if not parts:
                return None
            whole = pl.concat_str((found.text for found in parts), separator=" ", ignore_nulls=True)
            origin = FoundColumn(" ".join(found.label for found in parts), pl.when(whole != "").then(whole))
        else:
            named = next(filter(None, (self._named(name, pattern) for name in choice.from_)), None)
            if named is None:
                return None
            origin = named
        if choice.lookup and not choice.lookup.or_itself and not self._lookups.has(choice.lookup):
            return None
        text = self._only_where(origin.text, choice.only_where)
        return FoundColumn(origin.label, self._ruled(text, choice), choice)

    def _named(self, name: str, pattern: PatternColumn | None) -> FoundColumn | None:
        if name.startswith("="):
            return FoundColumn(name, pl.lit(name[1:]))
        if pattern and (placeholder := PLACEHOLDER.fullmatch(name)):
            label = self.table.header[pattern.position]
            if placeholder[1] == CELL:
                return FoundColumn(label, self.text(pattern.position))
            return FoundColumn(label, pl.lit(pattern.placeholders.get(placeholder[1]), dtype=TEXT))
        position = self.names.position([name])
        return None if position is None else FoundColumn(self.table.header[position], self.text(position))

    def _only_where(self, text: pl.Expr, conditions: Dictionary[str, Sequence[Constant]]) -> pl.Expr:
        """The text where other columns of the row hold what is accepted; a column that is not there may."""
        for name, accepted in conditions.items():
            position = self.names.position([name])
            if position is not None:
                found = self.text(position).str.strip_chars().fill_null("")
                text = pl.when(found.str.contains(_pattern(accepted))).then(text)
        return text

    def _ruled(self, text: pl.Expr, rule: Column) -> pl.Expr:
        if rule.without_end:
            text = self._without_end(text, rule.without_end)
        if rule.split:
            element = _valued(pl.element().str.strip_chars(), rule, self._lookups)
            values = text.str.split(rule.split).list.eval(element.filter(element != "")).list.join(DIVIDER)
            return pl.when(values != "").then(values)
        return _valued(text, rule, self._lookups)

    def _without_end(self, text: pl.Expr, end: str) -> pl.Expr:
        """The text without this end, where it has it and no column named in it is blank."""
        parts = []
        for number, part in enumerate(COLUMN_IN_TEXT.split(end)):
            if number % 2 == 0:
                parts.append(pl.lit(part))
            elif found := self.find([part], f"without_end {end!r}", False):
                parts.append(found.text.str.strip_chars())
            else:
                return text
        whole = text.str.strip_chars()
        return pl.coalesce(whole.str.strip_suffix(pl.concat_str(parts)), text)


def _pattern(accepted: Sequence[Constant]) -> str:
    """A regular expression for any of the texts, in which * stands for anything, in whatever case."""
    words = (re.escape(_constant(each) or "").replace(r"\*", ".*") for each in accepted)
    return f"(?is)^(?:{'|'.join(words)})$"


def _valued(text: pl.Expr, rule: Column, lookups: Lookups) -> pl.Expr:
    """The text looked up in another file and replaced by the rule's words."""
    if rule.lookup and lookups.has(rule.lookup):
        text = lookups.found(rule.lookup, text)
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
