"""The sheets of a workbook as tables: those that hold a header."""

import io
from pathlib import Path, PurePath
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import polars as pl

from orchestration.extracts.byte_streams import WHOLE_BYTES, ByteSource, whole_bytes
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import LINE, Table, position_name, table_of_frame

DAY_AT_MIDNIGHT: Final = r"^(?P<day>\d{4}-\d\d-\d\d) 00:00:00$"
MOMENT: Final = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
CLOCK_DAY: Final = r"^(?:1899-12-3[01]|1904-01-01) "  # the day that a cell with a time of day alone is on
CELL_ERRORS: Final = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


def open_workbook(source: ByteSource) -> list[Table]:
    """The tables in a workbook: of each sheet that has rows, with its first row that is not blank as header.

    Raises:
        ExtractError: it cannot be read, is too large, or none of its sheets has rows.
    """
    import fastexcel

    kind = PurePath(source.name).suffix.lower().removeprefix(".").upper()
    try:
        content = whole_bytes(source) if source.member or source.compression else source.path
        _refuse_oversized(source, content)
        reader = fastexcel.read_excel(content)
        sheets = {name: _sheet(reader, name) for name in reader.sheet_names}
    except (fastexcel.FastExcelError, OSError, ValueError, NotImplementedError) as error:  # as in zip_members
        if isinstance(error, ExtractError):
            raise
        first_line, _, _ = str(error).partition("\n")  # which may be empty
        raise ExtractError(f"{source.name}: cannot be read as {kind}: {first_line}") from error
    tables = {name: frame for name, frame in sheets.items() if frame.height}
    if not tables:
        raise ExtractError(
            f"{source.name}: has no sheet with rows; accepted is a header, then a row for each record"
        )
    first = next(iter(tables))
    return [
        _table(source, frame, name if len(tables) > 1 else "", name == first)
        for name, frame in tables.items()
    ]


def _refuse_oversized(source: ByteSource, content: bytes | Path) -> None:
    """A workbook is a zip of XML that is unpacked in memory; an old .xls is none."""
    try:
        with ZipFile(io.BytesIO(content) if isinstance(content, bytes) else content) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except BadZipFile:
        size = source.packed_size
    if size > WHOLE_BYTES:
        raise ExtractError(
            f"{source.name}: is {size >> 20:,} MB unpacked; accepted are 2 GB, or the rows as CSV"
        )


def _sheet(reader: Any, name: str) -> pl.DataFrame:
    """All cells of a sheet as text, with the number of each row that is not blank."""
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch))
    frame.columns = [position_name(at) for at in range(frame.width)]
    for error in errors.errors if errors else []:
        row, column = error.offset_position
        kind = error.detail.rpartition("Error(")[2].rstrip("')")
        frame[row, column] = CELL_ERRORS.get(kind, f"#{kind}")
    rows = frame.with_columns(pl.int_range(1, frame.height + 1, dtype=pl.Int64).alias(LINE))
    filled = pl.any_horizontal(pl.all().exclude(LINE).str.strip_chars().fill_null("") != "")
    return rows.filter(filled) if frame.width else rows.clear()


def _table(source: ByteSource, cells: pl.DataFrame, sheet: str = "", is_first: bool = True) -> Table:
    names = cells.columns[:-1]
    header = [(name or "").strip() for name in cells.select(names).row(0)]
    rows = cells[1:].select(LINE, *(_written(cells[name][1:]) for name in names))
    return table_of_frame(source, header, rows, sheet=sheet, is_first=is_first)


def _written(cells: pl.Series) -> pl.Series:
    """Cells as they are shown: days without the midnight that stands in the file, times without a day."""
    moments = cells.filter(cells.str.contains(MOMENT))
    if not len(moments):
        return cells
    if moments.str.contains(DAY_AT_MIDNIGHT).all():
        return cells.str.replace(DAY_AT_MIDNIGHT, "$day")
    return cells.str.replace(CLOCK_DAY, "")
