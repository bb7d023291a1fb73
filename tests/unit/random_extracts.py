"""Random small companies, and extracts of them in random formats, with where each row then stands."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
from hypothesis import strategies as st

Cell = str | None
DATE_PATTERNS = {"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}


class Deal(NamedTuple):
    """What a test knows of a deal; moments are local and in whole minutes."""

    deal_id: str
    deal_name: str | None
    amount: Decimal | None
    created_at: datetime | None
    close_date: date | None
    is_won: bool | None


class Change(NamedTuple):
    """What a test knows of a change; the value is a stage or an amount."""

    deal_id: str
    field: str
    changed_at: datetime
    new_value: str | Decimal


@dataclass(frozen=True)
class Style:
    """How the files of an extract are written."""

    container: str  # csv, jsonl, parquet or xlsx
    delimiter: str
    quoting: int
    encoding: str
    newline: str
    packing: str  # "", gz, zst or zip
    is_native: bool  # days, moments, amounts and flags keep their types where the container has such
    date_order: str
    has_comma: bool
    has_thousands: bool
    parts: int

    def written(self, value: Any) -> Cell:
        """The value as this style writes it in text."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return value.strftime(DATE_PATTERNS[self.date_order] + " %H:%M")
        if isinstance(value, date):
            return value.strftime(DATE_PATTERNS[self.date_order])
        text = f"{value:,.2f}" if self.has_thousands else f"{value:.2f}"
        return text.translate(str.maketrans(",.", ".,")) if self.has_comma else text


class Place(NamedTuple):
    """Where a row stands: its file as people are told of it, and the line or the number of the record."""

    file: str
    line: int


STYLES = st.builds(
    Style,
    container=st.sampled_from(["csv", "csv", "csv", "jsonl", "parquet", "xlsx"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    packing=st.sampled_from(["", "", "gz", "zst", "zip"]),
    is_native=st.booleans(),
    date_order=st.sampled_from(list(DATE_PATTERNS)),
    has_comma=st.booleans(),
    has_thousands=st.booleans(),
    parts=st.integers(1, 3),
)
IDS = [f"D{number}" for number in range(1, 7)]
NAMES = st.text(st.sampled_from("aZ äéß0,;|\t\"'\n=<{}"), max_size=12).map(lambda text: f"n{text}.")
AMOUNTS = st.decimals(-(10**6), 10**8, places=2).map(lambda amount: amount + 0)  # never a negative zero
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31)).map(
    lambda moment: moment.replace(hour=max(moment.hour, 4), second=0, microsecond=0)
)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def deals(deal_id: str) -> st.SearchStrategy[Deal]:
    """A deal of this id."""
    blank = st.none()
    return st.builds(
        Deal,
        st.just(deal_id),
        blank | NAMES,
        blank | AMOUNTS,
        blank | MOMENTS,
        blank | DAYS,
        blank | st.booleans(),
    )


def changes() -> st.SearchStrategy[Change]:
    """A change of the stage or the amount of some deal."""
    value = st.one_of(
        st.tuples(st.just("stage"), st.sampled_from(["Open", "Won, paid", "Löst"])),
        st.tuples(st.just("amount"), AMOUNTS),
    )
    return st.builds(
        lambda deal_id, moment, value: Change(deal_id, value[0], moment, value[1]),
        st.sampled_from(IDS),
        MOMENTS,
        value,
    )


# In every extract, so that each column tells its order of dates and its decimal sign.
ANCHOR = Deal("A0", "anchor", Decimal("1234567.25"), datetime(2026, 1, 25, 10), date(2026, 1, 26), True)
ANCHOR_CHANGES = [
    Change("A0", "stage", datetime(2026, 1, 27, 10), "Open"),
    Change("A0", "amount", datetime(2026, 1, 28, 10), Decimal("1234567.25")),
]


def write(
    folder: Path, style: Style, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[Place]:
    """Write the rows as the parts of one table, and tell where each of them stands."""
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-len(rows) // style.parts)
    places = []
    for part in range(style.parts):
        own = rows[part * size : (part + 1) * size]
        if part and not own:
            continue
        file = f"{name}-{part + 1}.{style.container}"
        content, lines = _CONTAINERS[style.container](style, header, own)
        told = _packed(folder, file, content, style.packing if style.container != "xlsx" else "")
        places += [Place(told, line) for line in lines]
    return places


def _packed(folder: Path, file: str, content: bytes, packing: str) -> str:
    if packing == "zip":
        with zipfile.ZipFile(folder / f"{file}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"inner/{file}", content)
        return f"{file}.zip/inner/{file}"
    if packing:
        codec = {"gz": "gzip", "zst": "zstd"}[packing]
        content, file = pa.Codec(codec).compress(content, asbytes=True), f"{file}.{packing}"
    (folder / file).write_bytes(content)
    return file


def _csv(style: Style, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[bytes, list[int]]:
    text, lines = io.StringIO(newline=""), []
    writer = csv.writer(text, delimiter=style.delimiter, quoting=style.quoting, lineterminator=style.newline)
    for row in [header, *rows]:
        lines.append(text.getvalue().count("\n") + 1)
        writer.writerow(["" if cell is None else style.written(cell) for cell in row])
    return text.getvalue().encode(style.encoding), lines[1:]


def _jsonl(style: Style, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[bytes, list[int]]:
    def value(cell: Any) -> Any:
        if style.is_native and isinstance(cell, bool):
            return cell
        return float(cell) if style.is_native and isinstance(cell, Decimal) else style.written(cell)

    records = [dict(zip(header, map(value, row), strict=True)) for row in rows]
    text = "".join(json.dumps(record, ensure_ascii=False) + style.newline for record in records)
    return text.encode(), list(range(1, len(rows) + 1))


def _frame(style: Style, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """The rows as columns: each of one type where the style keeps types, else of text."""
    columns = {}
    for name, cells in zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True):
        kinds = {type(cell) for cell in cells if cell is not None}
        is_text = not style.is_native or len(kinds) != 1
        dtype = pl.Decimal(18, 2) if kinds == {Decimal} else None
        columns[name] = pl.Series(
            [style.written(cell) for cell in cells] if is_text else cells,
            dtype=pl.String if is_text else dtype,
        )
    return pl.DataFrame(columns)


def _parquet(style: Style, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[bytes, list[int]]:
    content = io.BytesIO()
    _frame(style, header, rows).write_parquet(content)
    return content.getvalue(), list(range(1, len(rows) + 1))


def _xlsx(style: Style, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[bytes, list[int]]:
    content = io.BytesIO()
    _frame(style, header, rows).write_excel(content)
    return content.getvalue(), list(range(2, len(rows) + 2))


_CONTAINERS = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet, "xlsx": _xlsx}
