"""Parquet files as tables of text, so that every format takes the same way."""

import io
from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from orchestration.extracts.byte_streams import ByteSource, whole_bytes
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import LINE, Block, Table, position_name

MOMENT_TEXT: Final = "%Y-%m-%dT%H:%M:%S%.6f"
UNREADABLE: Final = (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException)
BLOCK_ROWS: Final = 1_000_000


def open_parquet(source: ByteSource) -> Table:
    """The table in a Parquet file; its rows are numbered from 1.

    Fields of structs are dotted columns, and lists one text joined by semicolons, as in JSON.
    """
    content = io.BytesIO(whole_bytes(source)) if source.member or source.compression else source.path
    try:
        rows = pl.scan_parquet(content)
        cells = [
            cell
            for name, dtype in rows.collect_schema().items()
            for cell in _cells(pl.col(name), name, dtype)
        ]
        height = rows.select(pl.len()).collect().item()
    except UNREADABLE as error:
        raise _unreadable(source, error) from error

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        texts = [cells[position][1].alias(position_name(position)) for position in positions]
        for start in range(0, height, BLOCK_ROWS):
            stop = min(start + BLOCK_ROWS, height)
            number = pl.int_range(start + 1, stop + 1, dtype=pl.Int64, eager=True).alias(LINE)
            try:
                frame = rows.slice(start, BLOCK_ROWS).select(texts).collect()
            except UNREADABLE as error:
                raise _unreadable(source, error) from error
            yield Block(pl.DataFrame([number, *frame.get_columns()]))

    return Table(source.path, source.name, tuple(name for name, _ in cells), blocks)


def _unreadable(source: ByteSource, error: BaseException) -> ExtractError:
    return ExtractError(
        f"{source.name}: cannot be read as Parquet: {error}; accepted is a file written to its end"
    )


def _cells(column: pl.Expr, name: str, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    """The columns of text that a column becomes: moments in ISO 8601, with Z where they had a zone."""
    if isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            assert isinstance(field.dtype, pl.DataType)
            yield from _cells(column.struct.field(field.name), f"{name}.{field.name}", field.dtype)
    elif isinstance(dtype, pl.Datetime):
        zone = dtype.time_zone
        text = (column.dt.convert_time_zone("UTC") if zone else column).dt.strftime(MOMENT_TEXT)
        yield name, text + "Z" if zone else text
    elif isinstance(dtype, pl.List) and not dtype.inner.is_nested():
        yield name, column.cast(pl.List(pl.String)).list.join(";", ignore_nulls=True)
    elif dtype.is_nested() or dtype == pl.Object:
        yield name, pl.lit(None, dtype=pl.String)
    else:
        yield name, column.cast(pl.String, strict=False)
