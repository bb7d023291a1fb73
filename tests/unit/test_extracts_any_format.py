"""Whatever texts a table holds, and however it is written, the same texts are read back."""

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow as pa
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.extracts import byte_streams
from orchestration.extracts.tables import open_tables

LETTERS = st.characters(
    codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\u2028\u2029\x85"
)
CELLS = st.text(st.one_of(st.sampled_from('",;|\t\n é€=\'"x1'), LETTERS), max_size=12).filter(
    lambda text: text == text.strip()
)
NAMES = st.lists(
    st.text(st.sampled_from("abcdefgh_ é"), min_size=1, max_size=8).filter(lambda text: text == text.strip()),
    min_size=2,
    max_size=5,
    unique=True,
)
TABLES = NAMES.flatmap(
    lambda names: st.tuples(
        st.just(names),
        st.lists(
            st.lists(CELLS, min_size=len(names), max_size=len(names)).filter(any), min_size=1, max_size=8
        ),
    )
)


def as_csv(names, rows, delimiter=",", line_end="\n", quoting=csv.QUOTE_MINIMAL):
    content = io.StringIO(newline="")
    csv.writer(content, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        [names, *rows]
    )
    return content.getvalue()


def as_objects(names, rows):
    return [dict(zip(names, row, strict=True)) for row in rows]


def as_workbook(names, rows):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([names, *rows]):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
    return content.getvalue()


def as_parquet(names, rows):
    content = io.BytesIO()
    pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").write_parquet(content)
    return content.getvalue()


def as_zip(name, content):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr(f"folder/{name}", content)
    return archive.getvalue()


def read_back(name, content):
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        [table] = open_tables(path)
        blocks = list(table.blocks(range(len(table.header))))
    assert [line for block in blocks for line in block.broken] == []
    rows = [[cell or "" for cell in row[1:]] for block in blocks for row in block.rows.rows()]
    return list(table.header), rows


@settings(max_examples=150, deadline=None)
@given(
    table=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    packing=st.sampled_from(["", "gz", "zst", "zip"]),
    block=st.integers(256, 400),  # the header lies in the first block, which really is of 16 MB,
)
def test_any_text_is_read_back_from_any_delimited_file(
    table, delimiter, quoting, line_end, encoding, packing, block
):
    names, rows = table
    content = as_csv(names, rows, delimiter, line_end, quoting).encode(encoding)
    name = "deals.csv"
    match packing:
        case "gz":
            name, content = "deals.csv.gz", gzip.compress(content)
        case "zst":
            name, content = "deals.csv.zst", pa.Codec("zstd").compress(content, asbytes=True)
        case "zip":
            name, content = "deals.zip", as_zip(name, content)
    defaults = byte_streams.byte_blocks.__defaults__
    byte_streams.byte_blocks.__defaults__ = (block,)
    try:
        header, read = read_back(name, content)
    finally:
        byte_streams.byte_blocks.__defaults__ = defaults
    assert (header, read) == (names, rows)


@settings(max_examples=60, deadline=None)
@given(table=TABLES, indent=st.sampled_from([None, 1]), wrapper=st.sampled_from(["", "results", "data"]))
def test_any_text_is_read_back_from_json(table, indent, wrapper):
    names, rows = table
    objects = as_objects(names, rows)
    content = json.dumps({wrapper: objects} if wrapper else objects, indent=indent)
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in objects)
    assert read_back("deals.json", content.encode()) == (names, rows)
    assert read_back("deals.jsonl", lines.encode()) == (names, rows)


@settings(max_examples=40, deadline=None)
@given(table=TABLES)
def test_any_text_is_read_back_from_workbooks_and_parquet(table):
    names, rows = table
    assert read_back("deals.xlsx", as_workbook(names, rows)) == (names, rows)
    assert read_back("deals.parquet", as_parquet(names, rows)) == (names, rows)
