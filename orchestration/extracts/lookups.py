"""Values from another file of the extract, found by a key that may be spelt a little differently."""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

import polars as pl

from orchestration.extracts.errors import ExtractError, shortened
from orchestration.extracts.mapping import Lookup
from orchestration.extracts.recognition import position_of
from orchestration.extracts.tables import Table, position_name


class Lookups:
    """The files of an extract by their table's name, as tables to look values up in."""

    def __init__(self, tables: Dictionary[str, Sequence[Table]], nulls: Sequence[str]) -> None:
        self._tables = tables
        self._nulls = ["", *nulls]
        self._pairs: dict[str, tuple[pl.Series, pl.Series]] = {}

    def has(self, rule: Lookup) -> bool:
        """Whether the extract holds the file that the rule looks into."""
        return bool(self._tables.get(rule.table))

    def pairs(self, rule: Lookup) -> tuple[pl.Series, pl.Series]:
        """Keys without what the rule ignores, each once, and the value of each.

        Raises:
            ExtractError: the file lacks the columns, or one key has two values.
        """
        known = rule.model_dump_json()
        if known not in self._pairs:
            self._pairs[known] = self._read(rule)
        return self._pairs[known]

    def _read(self, rule: Lookup) -> tuple[pl.Series, pl.Series]:
        parts: list[pl.DataFrame] = []
        for table in self._tables[rule.table]:
            key, value = (position_of(table.header, names, table.name) for names in (rule.key, rule.value))
            if key is None or value is None:
                missing = " or ".join(rule.key if key is None else rule.value)
                raise ExtractError(
                    f"{table.name}: line 1: there is no column {missing} for the lookup in {rule.table}"
                )
            columns = (pl.col(position_name(key)).alias("key"), pl.col(position_name(value)).alias("value"))
            parts.extend(block.rows.select(columns) for block in table.blocks([key, value]))
        pairs = (
            pl.concat(parts)
            .filter(~pl.col("key").str.strip_chars().is_in(self._nulls), pl.col("value") != "")
            .select(without(pl.col("key"), rule.ignore), "value")
            .unique(maintain_order=True)
        )
        twice = pairs.filter(pl.col("key").is_duplicated())
        if twice.height:
            file = self._tables[rule.table][0].name
            key, value = twice.row(0)
            others = twice.filter(pl.col("key") == key)["value"].to_list()
            raise ExtractError(
                f"{file}: column {rule.key[0]}: {shortened(key)!r} has several values of {rule.value[0]}:"
                f" {shortened(', '.join(others))}; one is accepted for a lookup"
            )
        return pairs["key"], pairs["value"]


def without(text: pl.Expr, ignored: Sequence[str]) -> pl.Expr:
    """The text without the differences that a lookup ignores; never with blanks around it."""
    text = text.str.strip_chars()
    if "spaces" in ignored:
        text = text.str.replace_all(r"\s+", "")
    if "punctuation" in ignored:
        text = text.str.replace_all(r"[\p{P}\p{S}]+", "")
    return text.str.to_lowercase() if "case" in ignored else text
