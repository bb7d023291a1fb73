"""Deals that the company file excludes, found in the lake by conditions that are data."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.company import Company, Condition, Exclusion
from orchestration.extracts.entities import COUNT, DAY, ENTITIES, FLAG, MONEY, NUMBER, TEXT, Dtype

COMPARISONS: Final = ("is_in", "contains", "below", "above", "is_null")
FLAG_WORDS: Final = {"true": True, "false": False}
ACCEPTED: Final[dict[Dtype, tuple[str, ...]]] = {
    TEXT: ("is_in", "contains", "is_null"),
    FLAG: ("is_in", "is_null"),
    **dict.fromkeys((MONEY, NUMBER, COUNT), ("below", "above", "is_null")),
}
ONLY_EMPTY: Final = ("is_null",)
EXCLUDED: Final = {"deal_id": TEXT, "exclusion": TEXT, "extract_date": DAY}
LATEST: Final = ["deal_id", "source_name", "extract_date"]


def exclusion_problems(company: Company) -> Iterator[str]:
    """What is wrong with the company's exclusions: key, value and what is accepted, one text each."""
    types = _column_types(company)
    names = [exclusion.name for exclusion in company.exclusions]
    for number, exclusion in enumerate(company.exclusions):
        if exclusion.name in names[:number]:
            yield f"exclusions.{number}.name: {exclusion.name!r} is used twice; each exclusion needs its own"
        for place, condition in enumerate(exclusion.where):
            key = f"exclusions.{number}.where.{place}"
            if condition.column not in types:
                yield (
                    f"{key}.column: {condition.column!r}: is no column of a deal;"
                    f" accepted are {', '.join(sorted(types))}"
                )
            elif problem := _comparison_problem(condition, types[condition.column]):
                yield f"{key}.{problem}"


def exclusions_table(exclusions: Sequence[Exclusion]) -> pl.DataFrame:
    """One row per exclusion: its name and its conditions in words."""
    rows = [
        (exclusion.name, " and ".join(_in_words(condition) for condition in exclusion.where))
        for exclusion in exclusions
    ]
    return pl.DataFrame(rows, schema={"exclusion": TEXT, "conditions": TEXT}, orient="row")


def excluded_deals(
    company: Company, deals: Sequence[Path], dimensions: Sequence[Path], known: pl.DataFrame
) -> pl.DataFrame:
    """One row per deal and exclusion that it matches, with the extract whose record decided it.

    `deals` and `dimensions` are the lake's files of these entities; `known` says of each source_name and
    extract_date whether the extract was taken by the as-of date (is_known). The newest such record counts,
    or the oldest one of a deal that only later extracts hold.
    """
    if not (company.exclusions and deals):
        return pl.DataFrame(schema=EXCLUDED)
    own = _own_dimensions(company)
    records = _newest(pl.scan_parquet(list(deals)), known.lazy(), ["deal_id"])
    for name in own:
        records = records.join(_dimension(dimensions, known.lazy(), name), on="deal_id", how="left")
    found = [
        records.filter(
            *(_matches(condition, _column_types(company)) for condition in exclusion.where)
        ).select("deal_id", pl.lit(exclusion.name).alias("exclusion"), "extract_date")
        for exclusion in company.exclusions
    ]
    return pl.concat(found).sort("deal_id", "exclusion").collect()


def _newest(rows: pl.LazyFrame, known: pl.LazyFrame, key: list[str]) -> pl.LazyFrame:
    """The record of each key that counts: tombstones say nothing of what a deal was."""
    age = pl.col("extract_date").to_physical()
    return (
        rows.filter(~pl.col("is_tombstone"))
        .join(known, on=["source_name", "extract_date"])
        .with_columns(pl.when("is_known").then(age).otherwise(-age).alias("_newness"))
        .sort("is_known", "_newness", descending=True)
        .unique(key, keep="first", maintain_order=True)
    )


def _dimension(files: Sequence[Path], known: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """The value of one dimension by deal."""
    if not files:
        return pl.LazyFrame(schema={"deal_id": TEXT, name: TEXT})
    rows = pl.scan_parquet(list(files)).filter(pl.col("dimension") == name)
    return _newest(rows, known, ["deal_id"]).select("deal_id", pl.col("value").alias(name))


def _matches(condition: Condition, types: dict[str, Dtype]) -> pl.Expr:
    """Whether a condition holds; an empty value fits none but is_null."""
    column = pl.col(condition.column)
    if condition.is_null is not None:
        return column.is_null() if condition.is_null else column.is_not_null()
    if condition.is_in is not None:
        is_flag = types[condition.column] == FLAG
        values = [FLAG_WORDS[word] for word in condition.is_in] if is_flag else condition.is_in
        holds = column.is_in(values)
    elif condition.contains is not None:
        holds = column.str.contains(condition.contains, literal=True)
    elif condition.below is not None:
        holds = column.cast(NUMBER) < condition.below
    else:
        holds = column.cast(NUMBER) > condition.above
    return holds.fill_null(False)


def _comparison_problem(condition: Condition, type_: Dtype) -> str | None:
    accepted = ACCEPTED.get(type_, ONLY_EMPTY)
    given = _given(condition)
    if given not in accepted:
        return (
            f"{given}: {getattr(condition, given)!r}: does not fit {condition.column};"
            f" accepted there are {', '.join(accepted)}"
        )
    if given == "is_in" and type_ == FLAG and not set(condition.is_in or ()) <= set(FLAG_WORDS):
        return f"is_in: {condition.is_in!r}: {condition.column} is a flag; 'true' and 'false' are accepted"
    return None


def _given(condition: Condition) -> str:
    return next(name for name in COMPARISONS if getattr(condition, name) is not None)


def _in_words(condition: Condition) -> str:
    given = _given(condition)
    return f"{condition.column} {given} {getattr(condition, given)}"


def _column_types(company: Company) -> dict[str, Dtype]:
    return {**ENTITIES["deals"].columns, **dict.fromkeys(_own_dimensions(company), TEXT)}


def _own_dimensions(company: Company) -> list[str]:
    """The company's dimensions; one that is called as a column of deals is that column."""
    named = dict.fromkeys(name for source in company.sources for name in source.dimensions)
    return [name for name in named if name not in ENTITIES["deals"].columns]
