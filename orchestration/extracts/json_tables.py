"""JSON as tables: nested objects become dotted columns, and nested lists of objects tables of their own."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final

import polars as pl

from orchestration.extracts.byte_streams import ByteSource
from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.file_names import JSON_LINES, file_format, file_stem
from orchestration.extracts.json_objects import Element, Object, is_objects, json_lines, json_objects
from orchestration.extracts.tables import COLUMNS, LINE, Block, Table, position_name

Row = dict[str, str | None]
Cells = tuple[str | None, ...]
BLOCK_ROWS: Final = 20_000
HALF: Final = re.compile("[\ud800-\udfff]")
NO_TEXT: Final = "holds half of a character (a lone surrogate); accepted is text in UTF-8"


def open_json(source: ByteSource) -> list[Table]:
    """The table in a JSON or JSON Lines file, and one for each list of objects nested in its objects.

    The table of the list at path p is named file#p: its columns are those of the list's objects and, as
    parent.<column>, those of the object around them. A dictionary of lists is one table, its key the `name`.
    The file is read once for the columns and once more for the rows of each table, block by block.

    Raises:
        ExtractError: the file is no JSON.
    """
    reader = json_lines if file_format(PurePath(source.name)) in JSON_LINES else json_objects
    columns: dict[str, Row] = {}
    for element in reader(source):
        if isinstance(element, BrokenLine):
            columns.setdefault("", {})
            continue
        try:
            for path, row in _rows(element[1]):
                columns.setdefault(path, {}).update(dict.fromkeys(row))
        except RecursionError:
            raise ExtractError(
                f"{source.name}: object {element[0]}: is nested too deep; accepted are 100 levels"
            ) from None
        if any(len(known) > COLUMNS for known in columns.values()):
            break  # too many for any table: opening it says so
    return [_table(source, reader, path, tuple(known)) for path, known in (columns or {"": {}}).items()]


def _table(
    source: ByteSource, reader: Callable[[ByteSource], Iterator[Element]], path: str, header: tuple[str, ...]
) -> Table:
    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        return _blocks(reader(source), path, {position_name(at): header[at] for at in positions})

    stem = file_stem(PurePath(source.name))
    if not path:
        return Table(source.path, source.name, header, blocks, stems=(stem,))
    return Table(source.path, f"{source.name}#{path}", header, blocks, stems=(f"{stem}#{path}", path))


def _blocks(elements: Iterator[Element], path: str, columns: dict[str, str]) -> Iterator[Block]:
    numbers: list[int] = []
    rows: list[Cells] = []
    broken: list[BrokenLine] = []
    for element in elements:
        if isinstance(element, BrokenLine):
            broken.extend([element] if not path else [])
            continue
        for at, row in _rows(element[1]):
            if at == path:
                rows.append(tuple(row.get(column) for column in columns.values()))
                numbers.append(element[0])
        if len(rows) >= BLOCK_ROWS:
            yield _block(numbers, rows, broken, columns)
            numbers, rows, broken = [], [], []
    yield _block(numbers, rows, broken, columns)


def _block(numbers: list[int], rows: list[Cells], broken: list[BrokenLine], columns: dict[str, str]) -> Block:
    schema = {LINE: pl.Int64, **dict.fromkeys(columns, pl.String)}
    try:
        texts = zip(*rows, strict=True) if rows else ([] for _ in columns)
        cells = dict(zip(columns, texts, strict=True))
        return Block(pl.DataFrame({LINE: numbers, **cells}, schema=schema), broken)
    except UnicodeEncodeError:
        halves = {at for at, row in enumerate(rows) if any(text and HALF.search(text) for text in row)}
        unsound = (BrokenLine(numbers[at], json.dumps(rows[at]), NO_TEXT) for at in halves)
        broken = sorted([*broken, *unsound], key=lambda line: line.line)
        sound = [at for at in range(len(rows)) if at not in halves]
        return _block([numbers[at] for at in sound], [rows[at] for at in sound], broken, columns)


def _rows(element: Object, path: str = "", parent: Row | None = None) -> Iterator[tuple[str, Row]]:
    """The rows that an object makes, each with the path of its table."""
    row: Row = {}
    lists: dict[str, list[Object]] = {}
    _spread(element, "", row, lists)
    if parent:
        row |= {f"parent.{column}": text for column, text in parent.items()}
    if row or not lists:
        yield path, row
    for column, objects in lists.items():
        for each in objects:
            yield from _rows(each, f"{path}.{column}" if path else column, row)


def _spread(element: Object, prefix: str, row: Row, lists: dict[str, list[Object]]) -> None:
    for key, value in element.items():
        column = prefix + key
        if isinstance(value, dict):
            if value and all(is_objects(each) or each == [] for each in value.values()):
                lists[column] = [
                    {**each, "name": name} for name, objects in value.items() for each in objects
                ]
            else:
                _spread(value, f"{column}.", row, lists)
        elif is_objects(value):
            lists[column] = value
        elif value != []:
            row[column] = _text(value)


def _text(value: Any) -> str | None:
    """A plain value as it is written; several of a list joined by semicolons."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_text(each) or "" for each in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value.replace("\0", "") if isinstance(value, str) else None
