"""Which columns of one file name rows of another, and which of their values are not found there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from orchestration.extracts.lookups import without
from orchestration.inspection.names import words
from orchestration.inspection.profile import ColumnProfile, FileProfile

FEWEST_FOUND: Final = 0.5  # share of rows whose value must be found for a join to be told
TRIED: Final = 200  # values looked up first: most pairs of columns have none in common
SPELLINGS: Final = (
    ["spaces"],
    ["case"],
    ["punctuation"],
    ["spaces", "case"],
    ["spaces", "case", "punctuation"],
)
NAMING: Final = ("id", "category", "text", "number")


@dataclass(frozen=True)
class Join:
    """Values of `column` in one file are keys in another's `key`."""

    file: int
    column: str
    other: int
    key: str
    found: float  # share of the rows with a value whose value is found as it stands
    missing: tuple[tuple[str, int], ...]  # values that are not, with their rows
    ignore: tuple[str, ...] = ()  # differences that, not counted, let more be found
    found_ignoring: float = 0.0

    @property
    def best_found(self) -> float:
        """The share found with what `ignore` says."""
        return max(self.found, self.found_ignoring)


def joins(files: Sequence[FileProfile]) -> list[Join]:
    """Every join between two files, the best of each column first."""
    keys = [
        (number, column)
        for number, file in enumerate(files)
        if not file.is_headerless
        for column in file.columns
        if column.is_unique and column.kind in NAMING and file.rows > 1
    ]
    found = [
        join
        for number, file in enumerate(files)
        for column in file.columns
        if column.kind in NAMING and column.values.sample.height > 1
        for other, key in keys
        if other != number and _may_name(column, file, key, files[other])
        if (join := _join(number, column, other, key)) is not None
    ]
    return sorted(found, key=lambda join: (join.file, join.column, -join.best_found, join.other))


def _may_name(column: ColumnProfile, file: FileProfile, key: ColumnProfile, other: FileProfile) -> bool:
    """Plain numbers are found in many columns by chance: there, names must say that they belong together."""
    if key.name.startswith("parent."):  # of a list within the other: its rows are known already
        return False
    is_numbered = column.values.sample["text"].head(TRIED).str.contains(r"^\d{1,6}$").all()
    if not is_numbered and column.kind != "number":
        return True
    spoken, keyed = set(words(column.name)), set(words(key.name))
    stem = set(words(other.name)) | {word.rstrip("s") for word in words(other.name)}
    if column.kind == "number" or key.kind == "number":
        return spoken == keyed or spoken == keyed | (spoken & stem)
    return spoken == keyed or (keyed == {"id"} and bool(spoken & stem))


def _join(number: int, column: ColumnProfile, other: int, key: ColumnProfile) -> Join | None:
    sample = column.values.sample
    hashes = key.values.all_hashes().implode()
    tried = sample.head(TRIED)["text"]
    if not tried.hash().is_in(hashes).any():
        return None
    is_found = sample["text"].hash().is_in(hashes)
    found = _share(sample, is_found)
    missing = sample.filter(~is_found).sort("len", descending=True, maintain_order=True)
    ignore, with_it = _spelling(sample, key, found) if missing.height and key.values.is_whole else ((), 0.0)
    if max(found, with_it) < FEWEST_FOUND:
        return None
    told = tuple(missing.select("text", "len").head(5).iter_rows())
    return Join(number, column.name, other, key.name, found, told, ignore, with_it)


def _share(sample: pl.DataFrame, is_found: pl.Series) -> float:
    """The share of rows whose value is found."""
    return int(sample["len"].filter(is_found).sum()) / int(sample["len"].sum())


def _spelling(sample: pl.DataFrame, key: ColumnProfile, found: float) -> tuple[tuple[str, ...], float]:
    """The fewest differences to ignore so that the most are found, and the share found with them."""
    best: tuple[tuple[str, ...], float] = ((), found)
    for spelling in SPELLINGS:
        keys = key.values.sample.select(without(pl.col("text"), spelling))["text"]
        if keys.n_unique() < len(keys):
            continue
        is_found = sample.select(without(pl.col("text"), spelling))["text"].is_in(keys.implode())
        share = _share(sample, is_found)
        if share > best[1] + 1e-9:
            best = (tuple(spelling), share)
    return best if best[0] else ((), 0.0)
