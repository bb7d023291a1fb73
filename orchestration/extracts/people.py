"""People who asked to be forgotten: landing keeps their ids and drops their names and addresses."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import polars as pl

from orchestration.data_folder import DataFolder
from orchestration.extracts.parquet_files import write_rows
from orchestration.extracts.reading import ReadExtract

FORGOTTEN: Final = "forgotten.json"
PERSONAL: Final = ("owner_name", "email")
BLANK: Final = "(forgotten)"
FREE_TEXT: Final = ("value", "reason", "observed", "sample")  # where part of a text may be a name
TextT = TypeVar("TextT", pl.Expr, pl.Series)
SHORTEST: Final = 3  # characters of a name that is looked for inside a text


@dataclass(frozen=True)
class People:
    """Persons by the ids of their rows among the owners, and the words that tell who they are."""

    owner_ids: frozenset[str]
    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, owner_ids: Iterable[str], owners: pl.DataFrame | None) -> "People":
        """The persons with these ids, with the names and addresses that rows of owners give them."""
        ids = frozenset(owner_ids)
        words: set[str] = set()
        if owners is not None:
            theirs = owners.filter(pl.col("owner_id").is_in(list(ids)))
            words = {str(word).strip() for name in PERSONAL for word in theirs[name].drop_nulls()}
        return cls(ids, frozenset(word for word in words if len(word) >= SHORTEST and word not in ids))


def forgotten(folder: DataFolder) -> frozenset[str]:
    """The ids of the people whom this data folder must not know."""
    path = folder.root / FORGOTTEN
    return frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else frozenset()


def remember_forgotten(folder: DataFolder, owner_id: str) -> None:
    """Note an id, so that landing blanks the person again."""
    path = folder.root / FORGOTTEN
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(sorted({*forgotten(folder), owner_id}), indent=1), encoding="utf-8")
    os.replace(partial, path)


def without_people(read: ReadExtract, owner_ids: frozenset[str]) -> ReadExtract:
    """The extract without names and addresses of these people, also where a row is quarantined."""
    if not owner_ids:
        return read
    owners = read.entities.get("owners")
    people = People.of(owner_ids, pl.read_parquet(owners) if owners else None)
    owner_files = [account.file for account in read.accounts if account.entity == "owners"]
    # A line that could not be read may name a person whom no row names: it goes by the id in it.
    names_one = pl.any_horizontal(
        pl.lit(False),
        *(pl.col("value").str.contains(owner_id, literal=True) for owner_id in sorted(owner_ids)),
    )
    quarantined = blanked(read.quarantined, people).with_columns(
        pl.when(pl.col("file").is_in(owner_files) & names_one)
        .then(pl.lit(BLANK))
        .otherwise("value")
        .alias("value")
    )
    for path in read.entities.values():
        write_rows(blanked(pl.read_parquet(path), people), path)
    offered = [
        replace(each, rows=_lines_blanked(each.rows, people, owner_ids if each.file in owner_files else ()))
        for each in read.set_aside
    ]
    return replace(read, quarantined=quarantined, set_aside=offered)


def _lines_blanked(lines: pl.DataFrame, people: People, owner_ids: Iterable[str]) -> pl.DataFrame:
    """Lines to correct without the people; those of the owners' file that hold such an id keep no cell."""
    place, cells = lines.columns[:2], lines.columns[2:]
    names_one = pl.any_horizontal(
        pl.lit(False),
        *(pl.col(cell).str.contains(each, literal=True) for cell in cells for each in sorted(owner_ids)),
    ).fill_null(False)
    return lines.select(
        *place,
        *(
            pl.when(~names_one).then(without_words(pl.col(cell), people)).otherwise(pl.lit(BLANK)).alias(cell)
            for cell in cells
        ),
    )


def blanked(frame: pl.DataFrame, people: People) -> pl.DataFrame:
    """The rows without the people's names and addresses; ids stay.

    Cells of their own rows are emptied, so is any other cell that holds nothing but a name or address, and
    in free text these are replaced.
    """
    return frame.with_columns(
        expression.alias(name)
        for name, dtype in frame.schema.items()
        if dtype == pl.String and (expression := _blanked(name, frame.columns, people)) is not None
    )


def _blanked(name: str, columns: list[str], people: People) -> pl.Expr | None:
    column = pl.col(name)
    if name in PERSONAL and "owner_id" in columns:
        is_theirs = pl.col("owner_id").is_in(list(people.owner_ids)) | _is_word(column, people)
        return pl.when(~is_theirs.fill_null(False)).then(column)
    if name.endswith("_id") or not people.words:
        return None
    if name in FREE_TEXT:
        return without_words(column, people)
    return pl.when(~_is_word(column, people).fill_null(False)).then(column)


def without_words(text: TextT, people: People) -> TextT:
    """The text with every name and address replaced, longer ones first."""
    words = sorted(people.words, key=lambda word: (-len(word), word))
    if not words:
        return text
    return text.str.replace_many(words, [BLANK] * len(words), ascii_case_insensitive=True)


def _is_word(column: pl.Expr, people: People) -> pl.Expr:
    return column.str.strip_chars().str.to_lowercase().is_in([word.lower() for word in people.words])
