"""Values from another file of the extract, found by a key that may be spelt a little differently."""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

import polars as pl

from orchestration.extracts.entities import TEXT
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.header_names import HeaderNames
from orchestration.extracts.mapping import Mapping
from orchestration.extracts.mapping_columns import Lookup
from orchestration.extracts.salesforce_ids import long_ids
from orchestration.extracts.tables import Table, position_name
from orchestration.shown_values import shortened


class Lookups:
    """The files of an extract by their table's name, as tables to look values up in."""

    def __init__(self, tables: Dictionary[str, Sequence[Table]], mapping: Mapping) -> None:
        self._tables = tables
        self._prefixes = mapping.prefixes
        self._nulls = ["", *mapping.nulls]
        self._has_long_ids = mapping.ids is not None
        self._pairs: dict[str, tuple[pl.Series, pl.Series]] = {}

    def has(self, rule: Lookup) -> bool:
        """Whether the extract holds the file that the rule looks into."""
        return bool(self._tables.get(rule.table))

    def found(self, rule: Lookup, text: pl.Expr) -> pl.Expr:
        """The value that the other file has for each text; without one nothing, or the text itself.

        Raises:
            ExtractError: the file lacks the columns, or one key has two values.
        """
        keys, values = self._known_pairs(rule)
        others = text if rule.or_itself else None
        return self._key(text, rule).replace_strict(keys, values, default=others, return_dtype=TEXT)

    def _key(self, text: pl.Expr, rule: Lookup) -> pl.Expr:
        text = text.str.strip_chars()
        return without(long_ids(text) if self._has_long_ids else text, rule.ignore)

    def _known_pairs(self, rule: Lookup) -> tuple[pl.Series, pl.Series]:
        """Keys without what the rule ignores, each once, and the value of each."""
        known = rule.model_dump_json()
        if known not in self._pairs:
            self._pairs[known] = self._read(rule)
        return self._pairs[known]

    def _read(self, rule: Lookup) -> tuple[pl.Series, pl.Series]:
        parts: list[pl.DataFrame] = []
        for table in self._tables[rule.table]:
            names = HeaderNames(table.header, self._prefixes, table.name)
            key, value = names.position(rule.key), names.position(rule.value)
            if key is None or value is None:
                missing = " or ".join(rule.key if key is None else rule.value)
                raise ExtractError(
                    f"{table.name}: line 1: there is no column {missing} for the lookup in {rule.table}"
                )
            columns = (pl.col(position_name(key)).alias("key"), pl.col(position_name(value)).alias("value"))
            parts.extend(block.rows.select(columns) for block in table.blocks([key, value]))
        pairs = (
            pl.concat(parts)
            .filter(~pl.col(name).str.strip_chars().is_in(self._nulls) for name in ("key", "value"))
            .select(self._key(pl.col("key"), rule), "value")
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
