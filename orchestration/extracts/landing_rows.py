"""The rows of a file as a landing counts them: newest versions, one per listed value, one per column."""

from collections.abc import Iterator, Sequence

import polars as pl

from orchestration.extracts.entities import ENTITIES, TEXT
from orchestration.extracts.header_columns import DIVIDER
from orchestration.extracts.mapping_landings import Landing
from orchestration.extracts.plan import LATEST, VALUE_COLUMNS, Variant, cell_name
from orchestration.extracts.typing_rows import AT


def counted_rows(
    landing: Landing, number: int, rows: pl.DataFrame, variants: Sequence[Variant]
) -> Iterator[pl.DataFrame]:
    """The rows to land, once for all, or once for each column that fits a pattern of `each_column`."""
    rows = divided(landing, number, _newest(landing, number, rows))
    of_columns: list[Variant | None] = [each for each in variants if each.number == number]
    for variant in of_columns if landing.each_column else [None]:
        own = _of_variant(landing, rows, variant) if variant else rows
        given = [_is_given(number, name, own.columns) for name in landing.only_where_given]
        yield own.filter(*given) if given else own


def _is_given(number: int, column: str, known: Sequence[str]) -> pl.Expr:
    """Whether a canonical column has a value; one that the file does not have, never."""
    name = cell_name(number, column)
    cells = [each for each in known if each == name or each.startswith(f"{name}:")]
    return pl.any_horizontal(pl.col(each).is_not_null() for each in cells) if cells else pl.lit(False)


def divided(landing: Landing, number: int, rows: pl.DataFrame) -> pl.DataFrame:
    """A row for each value of the cells that list several."""
    name = cell_name(number, landing.split_column) if landing.split_column else ""
    return rows.with_columns(pl.col(name).str.split(DIVIDER)).explode(name) if name in rows.columns else rows


def _newest(landing: Landing, number: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Of the versions of each key the one that the landing's column `latest` tells."""
    latest = cell_name(number, LATEST)
    key = [cell_name(number, name) for name in ENTITIES[landing.entity].key]
    key = [name for name in key if name in rows.columns]
    if latest not in rows.columns or not key:
        return rows
    is_newest = pl.col(latest) == pl.col(latest).max().over(key)
    return rows.filter(is_newest).unique(key, keep="last", maintain_order=True).sort(AT)


def _of_variant(landing: Landing, rows: pl.DataFrame, variant: Variant) -> pl.DataFrame:
    """The rows with the cells that one column adds under the names that all columns share."""

    def shared(column: str) -> str:
        is_value = landing.entity == "deal_changes" and column in VALUE_COLUMNS
        return cell_name(variant.number, f"{column}:text" if is_value else column)

    values = [
        (pl.col(cell).cast(TEXT) if shared(column).endswith(":text") else pl.col(cell)).alias(shared(column))
        for column, cell in variant.cells.items()
    ]
    constants = [
        pl.lit(value, dtype=TEXT).alias(shared(column)) for column, value in variant.constants.items()
    ]
    return rows.with_columns(*values, *constants)
