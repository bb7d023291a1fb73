"""Parquet, JSON Lines and XLSX as tables of text, so that every format takes the same way."""

import json
from pathlib import Path

import polars as pl

from orchestration.extracts.byte_streams import text_blocks
from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import LINE, Table, table_of_frame

MOMENT_TEXT = "%Y-%m-%dT%H:%M:%S%.6f"
HEADER_LINES = 1


def open_parquet(path: Path) -> Table:
    """The table in a Parquet file; its rows are numbered from 1."""
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ExtractError(f"{path}: cannot be read as Parquet: {error}") from error
    return table_of_frame(path, _as_text(frame).with_row_index(LINE, offset=1).cast({LINE: pl.Int64}))


def open_xlsx(path: Path) -> Table:
    """The table in the first sheet of an Excel file; its first row is the header."""
    try:
        frame = pl.read_excel(path, engine="calamine", infer_schema_length=0, drop_empty_rows=False)
    except Exception as error:  # fastexcel has no error class of its own to name
        raise ExtractError(f"{path}: cannot be read as XLSX: {error}") from error
    lines = frame.select(pl.int_range(1 + HEADER_LINES, frame.height + 1 + HEADER_LINES).alias(LINE))
    rows = pl.concat([lines, _as_text(frame)], how="horizontal")
    filled = pl.any_horizontal(pl.all().exclude(LINE).str.strip_chars().fill_null("") != "")
    return table_of_frame(path, rows.filter(filled))


def open_json_lines(path: Path) -> Table:
    """The table in a JSON Lines file; a line that is no JSON object is broken."""
    lines = b"".join(text_blocks(path)).split(b"\n")
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
            raise ExtractError(f"{path}: cannot be read as JSON Lines: {error}") from error
        bad = {problem.line for problem in broken}
        numbers = [number for number in numbers if number not in bad]
        frame = _parsed([lines[number - 1] for number in numbers])
    return table_of_frame(path, frame.with_columns(pl.Series(LINE, numbers, dtype=pl.Int64)), broken)


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
