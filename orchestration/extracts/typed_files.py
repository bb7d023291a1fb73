"""Parquet and JSON Lines as tables of text, so that every format takes the same way."""

import json

import polars as pl

from orchestration.extracts.byte_streams import ByteSource, encoding_of, text_blocks, whole_bytes
from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import LINE, Table, position_name, table_of_frame

MOMENT_TEXT = "%Y-%m-%dT%H:%M:%S%.6f"


def open_parquet(source: ByteSource) -> Table:
    """The table in a Parquet file; its rows are numbered from 1."""
    try:
        frame = pl.read_parquet(whole_bytes(source) if source.member or source.compression else source.path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ExtractError(f"{source.name}: cannot be read as Parquet: {error}") from error
    text = _as_text(frame)
    rows = pl.int_range(1, text.height + 1, dtype=pl.Int64, eager=True).alias(LINE)
    return table_of_frame(source, text.columns, _by_position(text, rows))


def open_json_lines(source: ByteSource) -> Table:
    """The table in a JSON Lines file; a line that is no JSON object is broken."""
    lines = b"".join(text_blocks(source, encoding_of(source))).split(b"\n")
    numbers = [number for number, line in enumerate(lines, start=1) if line.strip()]
    rows = [lines[number - 1] for number in numbers]
    broken: list[BrokenLine] = []
    try:
        frame = _parsed(rows)
    except (pl.exceptions.PolarsError, ValueError) as error:
        broken = [
            problem for number, line in zip(numbers, rows, strict=True) if (problem := _problem(number, line))
        ]
        if not broken:
            raise ExtractError(f"{source.name}: cannot be read as JSON Lines: {error}") from error
        bad = {problem.line for problem in broken}
        numbers = [number for number in numbers if number not in bad]
        frame = _parsed([lines[number - 1] for number in numbers])
    by_position = _by_position(frame, pl.Series(LINE, numbers, dtype=pl.Int64))
    return table_of_frame(source, frame.columns, by_position, broken)


def _by_position(frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    columns = [column.alias(position_name(at)) for at, column in enumerate(frame.get_columns())]
    return pl.DataFrame([lines, *columns])


def _parsed(rows: list[bytes]) -> pl.DataFrame:
    text = b"\n".join(rows)
    text.decode("utf-8")
    if not rows:
        return pl.DataFrame()
    names = pl.read_ndjson(text, infer_schema_length=None).columns
    frame = pl.read_ndjson(text, schema=dict.fromkeys(names, pl.String))
    if frame.height != len(rows):
        raise ValueError("a line holds several objects")
    return frame


def _problem(number: int, line: bytes) -> BrokenLine | None:
    try:
        if isinstance(json.loads(line), dict):
            return None
    except ValueError:
        pass
    return BrokenLine(
        number, line.decode("utf-8", "replace"), "no JSON object; accepted is one object on each line"
    )


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as text: moments in ISO 8601, with Z where they had a zone."""
    columns = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            zone = dtype.time_zone
            text = (column.dt.convert_time_zone("UTC") if zone else column).dt.strftime(MOMENT_TEXT)
            columns.append(text + "Z" if zone else text)
        elif dtype.is_nested():
            columns.append(pl.lit(None, dtype=pl.String).alias(name))
        else:
            columns.append(column.cast(pl.String))
    return frame.select(columns)
