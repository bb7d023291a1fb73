"""Files of every format and spelling become the same rows; broken lines are named, never filled."""

import csv
import gzip
import io
import zipfile
from datetime import date
from decimal import Decimal
from random import Random

import polars as pl
import pyarrow as pa
import pytest

from orchestration.extracts import byte_streams, csv_records
from orchestration.extracts.csv_records import LONGEST_RECORD_BYTES, scan
from orchestration.extracts.tables import open_tables
from tests.unit.extract_folders import FIRST, Workplace

DEALS = "deal_id,deal_name,amount,close_date\nD1,Süd AG,10.50,2026-04-01\nD2,,7,2026-04-02\n"
LANDED = [
    ("D1", "Süd AG", Decimal("10.50"), date(2026, 4, 1)),
    ("D2", None, Decimal("7.00"), date(2026, 4, 2)),
]


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def landed_as(workplace, name, content):
    workplace.write(FIRST, {name: content})
    workplace.land()
    return workplace.rows("deals", "deal_id", "deal_name", "amount", "close_date")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deals.csv", DEALS.encode()),
        ("deals.csv", DEALS.encode("utf-8-sig")),
        ("deals.csv", DEALS.encode("utf-16")),
        ("deals.csv", DEALS.encode("latin-1")),
        ("deals.csv", DEALS.replace("\n", "\r\n").encode()),
        ("deals.csv", DEALS.replace("\n", "\r").encode()),
        ("deals.csv", DEALS.replace(",", ";").encode()),
        ("deals.csv", DEALS.replace(",", "|").encode()),
        ("deals.tsv", DEALS.replace(",", "\t").encode()),
        ("deals.csv", ("\n" + DEALS).encode()),
        ("deals.csv", DEALS.rstrip("\n").encode()),
        ("DEALS.CSV", DEALS.replace("deal_id", '"Deal ID"').encode()),
        ("deals.csv.gz", gzip.compress(DEALS.encode(), mtime=0)),
        ("deals.csv.zst", pa.Codec("zstd").compress(DEALS.encode(), asbytes=True)),
        (
            "deals.jsonl",
            '{"deal_id":"D1","deal_name":"Süd AG","amount":10.5,"close_date":"2026-04-01"}\n\n'
            '{"deal_id":"D2","amount":"7","close_date":"2026-04-02","deal_name":null}\n',
        ),
    ],
)
def test_every_text_format_gives_the_same_rows(workplace, name, content):
    assert landed_as(workplace, name, content) == LANDED


def test_parquet_gives_the_same_rows(workplace):
    extract = workplace.write(FIRST, {})
    extract.mkdir(parents=True)
    columns = dict(
        zip(("deal_id", "deal_name", "amount", "close_date"), zip(*LANDED, strict=True), strict=True)
    )
    pl.DataFrame(columns).write_parquet(extract / "deals.parquet")
    workplace.land()
    assert workplace.rows("deals", "deal_id", "deal_name", "amount", "close_date") == LANDED


def test_parts_of_a_table_are_landed_together_in_the_order_of_their_names(workplace):
    workplace.write(
        FIRST,
        {"deals-2.csv": "deal_id\nD3\n", "deals-1.csv": "deal_id\nD1\nD2\n", "deals/a.csv": "deal_id\nD4\n"},
    )
    workplace.land()
    assert workplace.rows("deals", "deal_id", "source_row") == [("D4", 0), ("D1", 1), ("D2", 2), ("D3", 3)]


def test_lines_are_counted_through_quoted_newlines_and_blank_lines(workplace):
    text = 'deal_id,deal_name,amount\nD1,"two\nlines",1\n\nD2,"a ""b"", c",x\nD3,d,y\n'
    landed_as_columns(workplace, text)
    assert workplace.quarantine("line", "column", "value") == [(5, "amount", "x"), (6, "amount", "y")]
    assert workplace.rows("deals", "deal_name") == [("two\nlines",)]


def landed_as_columns(workplace, text):
    workplace.write(FIRST, {"deals.csv": text})
    workplace.land()


def test_ragged_rows_are_quarantined_and_never_filled(workplace):
    landed_as_columns(workplace, "deal_id,deal_name,amount\nD1,a,1\nD2,b\nD3,c,3,4\nD4,d,4\n")
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D4",)]
    assert workplace.quarantine("file", "line", "column", "value", "reason") == [
        ("deals.csv", 3, None, "D2,b", "2 fields; accepted are 3, as in the header"),
        ("deals.csv", 4, None, "D3,c,3,4", "4 fields; accepted are 3, as in the header"),
    ]
    assert workplace.account("deals.csv") == (4, 2, 0, 2, 0)


@pytest.mark.parametrize("broken", ['D2,"never closed,2', 'D2,5" pipe,2', 'D2,"closed" early,2'])
def test_a_broken_quote_costs_its_own_line_only(workplace, broken):
    landed_as_columns(workplace, f'deal_id,deal_name,amount\nD1,"a, b",1\n{broken}\nD3,"c",3\nD4,d,4\n')
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D3",), ("D4",)]
    [(line, value)] = workplace.quarantine("line", "value")
    assert (line, value) == (3, broken)


def test_an_unclosed_quote_on_the_last_line_is_quarantined(workplace):
    landed_as_columns(workplace, 'deal_id,amount\nD1,1\nD2,"2\n')
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert [line for (line,) in workplace.quarantine("line")] == [3]


def test_bytes_that_are_not_utf_8_are_quarantined_by_line(workplace):
    workplace.write(FIRST, {"deals.csv": "deal_id,deal_name\nD1,Süd\nD2,".encode() + b"\xff\xfe\nD3,c\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D3",)]
    assert workplace.quarantine("line", "reason") == [
        (3, "bytes that are not UTF-8; accepted is one encoding all through")
    ]


def test_a_line_that_is_no_json_object_is_quarantined(workplace):
    workplace.write(FIRST, {"deals.jsonl": '{"deal_id":"D1"}\n{bad\n[1]\n{"deal_id":"D2"}\n'})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D2",)]
    assert workplace.quarantine("line", "value") == [(2, "{bad"), (3, "[1]")]


def test_records_are_found_across_blocks_and_windows():
    rows = [f'{number},"a\nb ""{number}"""\n' for number in range(200_000)]
    text = "".join(rows).encode()
    found = scan(text, ",", 1, is_last=True)
    assert len(found.starts) == 200_000
    assert found.lines[:3].tolist() == [1, 3, 5]
    assert found.lines[-1] == 399_999
    assert set(found.fields.tolist()) == {2}
    assert found.broken == []


def test_a_quote_that_swallows_megabytes_is_taken_as_never_closed():
    text = b'1,"a\n' + b"2,b\n" * (LONGEST_RECORD_BYTES // 2)
    found = scan(text, ",", 1, is_last=False)
    assert [line.line for line in found.broken] == [1]
    assert found.lines[0] == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("deals.csv", b"", "is empty"),
        ("deals.csv", b'"deal_id,amount\n', "line 1"),
        ("deals.csv.gz", b"no gzip", "cannot be read"),
        ("deals.parquet", b"no parquet", "cannot be read as Parquet"),
        ("deals.xlsx", b"no workbook", "cannot be read as XLSX"),
        ("deals.csv", b"id\nD1\n", "no column for deals.deal_id; accepted is 'deal_id', found are id"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_problem_that_names_it(workplace, name, content, said):
    workplace.write(FIRST, {name: content})
    problem = workplace.problem()
    assert name in problem
    assert said in problem


def test_delimiters_are_found_out_although_another_is_in_values(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text('deal_id;deal_name;amount\nD1;"a, b, c";1,5\nD2;d, e;2,5\n')
    assert open_tables(path)[0].header == ("deal_id", "deal_name", "amount")


def workbook(rows):
    """The smallest XLSX that Excel would write: inline text, and numbers in cells of style `s`."""
    cells = "".join(
        "<row r='{}'>{}</row>".format(
            number, "".join(_cell(value, number, column) for column, value in enumerate(row))
        )
        for number, row in enumerate(rows, start=1)
        if row is not None
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f"<Types xmlns='{package}/content-types'>"
        "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
        f"<Override PartName='/xl/workbook.xml' ContentType='{kind}.sheet.main+xml'/>"
        f"<Override PartName='/xl/styles.xml' ContentType='{kind}.styles+xml'/>"
        f"<Override PartName='/xl/worksheets/sheet1.xml' ContentType='{kind}.worksheet+xml'/></Types>",
        "_rels/.rels": f"<Relationships xmlns='{package}/relationships'>"
        f"<Relationship Id='r1' Type='{links}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{main}' xmlns:r='{links}'>"
        "<sheets><sheet name='deals' sheetId='1' r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{package}/relationships'>"
        f"<Relationship Id='r1' Type='{links}/worksheet' Target='worksheets/sheet1.xml'/>"
        f"<Relationship Id='r2' Type='{links}/styles' Target='styles.xml'/></Relationships>",
        "xl/styles.xml": f"<styleSheet xmlns='{main}'><cellXfs count='2'><xf numFmtId='0'/>"
        "<xf numFmtId='14'/></cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{main}'><sheetData>{cells}</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, "<?xml version='1.0' encoding='UTF-8'?>" + text)
    return content.getvalue()


def _cell(value, number, column):
    place = f"{'ABCDE'[column]}{number}"
    if isinstance(value, date):
        return f"<c r='{place}' s='1'><v>{(value - date(1899, 12, 30)).days}</v></c>"
    if isinstance(value, str):
        return f"<c r='{place}' t='inlineStr'><is><t>{value}</t></is></c>"
    return "" if value is None else f"<c r='{place}'><v>{value}</v></c>"


def test_xlsx_gives_the_same_rows_and_lines(workplace):
    header = ["deal_id", "deal_name", "amount", "close_date"]
    first, second = ["D1", "Süd AG", 10.5, date(2026, 4, 1)], ["D2", None, 7, date(2026, 4, 2)]
    rows = workbook([header, first, None, ["D3", "c", "x", "soon"], second])
    assert landed_as(workplace, "deals.xlsx", rows) == LANDED
    assert workplace.quarantine("line", "column", "value") == [(4, "amount", "x"), (4, "close_date", "soon")]


@pytest.mark.parametrize("seed", range(6))
def test_any_text_in_quotes_is_read_back_whatever_block_it_lies_in(workplace, seed, monkeypatch):
    monkeypatch.setattr(byte_streams, "BLOCK_BYTES", 64)
    monkeypatch.setattr(byte_streams.byte_blocks, "__defaults__", (37 + seed,))
    monkeypatch.setattr(csv_records, "WINDOW_BYTES", 16)
    random = Random(seed)
    names = [
        "".join(random.choices(['"', "\n", "\r\n", ",", ";", "é", "x"], k=random.randint(1, 9)))
        for _ in range(300)
    ]
    content = io.StringIO(newline="")
    csv.writer(content).writerows(
        [["deal_id", "deal_name"], *([f"D{n}", name] for n, name in enumerate(names))]
    )
    workplace.write(FIRST, {"deals.csv": content.getvalue().encode()})
    workplace.land()
    kept = [name if name.strip() else None for name in names]
    assert [name for (name,) in workplace.rows("deals", "deal_name")] == kept


def test_a_line_that_is_broken_twice_takes_no_other_with_it(workplace):
    workplace.write(FIRST, {"deals.csv": "deal_id,deal_name\nD1,é\n".encode() + b'D2,"\xff"x\nD3,c\n'})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D3",)]
    assert workplace.quarantine("line") == [(3,)]


@pytest.mark.parametrize("content", ["deal_id,amount", "deal_id,amount\n", "deal_id,amount\r\n\r\n"])
def test_a_file_of_a_header_alone_has_no_rows(workplace, content):
    workplace.write(FIRST, {"deals.csv": content})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == []
    assert workplace.account("deals.csv") == (0, 0, 0, 0, 0)


def test_a_file_of_broken_lines_alone_is_accounted_for(workplace):
    workplace.write(FIRST, {"deals.csv": 'deal_id,amount\nD1\n,2\n"D3,1\n'})
    workplace.land()
    assert workplace.account("deals.csv") == (3, 0, 0, 3, 0)
    assert workplace.quarantine("line", "column") == [(2, None), (3, "deal_id"), (4, None)]
