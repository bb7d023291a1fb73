"""Sheets of workbooks become tables: days, times, percent and errors as the cells show them."""

import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

import pytest
import xlsxwriter

from orchestration.extracts import byte_streams
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import open_tables
from tests.unit.extract_folders import FIRST, Workplace

HEADER = ["deal_id", "amount", "close_date"]


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def workbook(sheets, first_row=0, **options):
    """An XLSX of sheets by name, each rows of values; days and times in the formats that Excel gives them."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **options}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        formats = {datetime: moment, date: day, time: clock}
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows, start=first_row):
                for column, value in enumerate(row):
                    if type(value) in formats:
                        sheet.write_datetime(number, column, value, formats[type(value)])
                    elif value is not None:
                        sheet.write(number, column, value)
    return content.getvalue()


def rows_of(table):
    [block] = table.blocks(range(len(table.header)))
    return block.rows.rows()


def opened(tmp_path, content, name="book.xlsx"):
    (tmp_path / name).write_bytes(content)
    return open_tables(tmp_path / name)


def test_each_sheet_with_rows_is_a_table_named_after_it(tmp_path):
    tables = opened(
        tmp_path, workbook({"Deals": [HEADER, ["D1"]], "Empty": [], "Owners": [["owner_id"], ["O1"]]})
    )
    assert [table.name for table in tables] == [f"{tmp_path}/book.xlsx#Deals", f"{tmp_path}/book.xlsx#Owners"]
    assert [table.header for table in tables] == [tuple(HEADER), ("owner_id",)]


def test_sheets_are_landed_by_their_names(workplace):
    sheets = {"deals": [HEADER, ["D1", 7, date(2026, 4, 1)]], "owners": [["owner_id"], ["O1"]]}
    workplace.write(FIRST, {"everything.xlsx": workbook(sheets)})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "amount") == [("D1", Decimal("7.00"))]
    assert workplace.rows("owners", "owner_id") == [("O1",)]
    assert workplace.account("everything.xlsx#owners") == (1, 1, 0, 0, 0)


def test_the_only_sheet_with_rows_goes_by_the_files_name(workplace):
    workplace.write(FIRST, {"deals.xlsx": workbook({"Notes": [], "Sheet2": [HEADER, ["D1"]]})})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]


def test_rows_are_numbered_as_excel_shows_them_below_blank_ones(tmp_path):
    [table] = opened(tmp_path, workbook({"Deals": [HEADER, ["D1"], [], ["D2"]]}, first_row=3))
    assert [row[0] for row in rows_of(table)] == [5, 7]


@pytest.mark.parametrize("is_1904", [False, True])
def test_serial_days_and_moments_are_those_that_excel_shows_in_either_date_system(tmp_path, is_1904):
    rows = [["day", "moment", "clock"], [date(2026, 3, 31), datetime(2026, 3, 31, 14, 5), time(14, 5)]]
    [table] = opened(tmp_path, workbook({"Deals": rows}, date_1904=is_1904))
    assert rows_of(table) == [(2, "2026-03-31", "2026-03-31 14:05:00", "14:05:00")]


def test_a_day_cell_is_the_companys_day_in_a_column_of_moments_too(workplace):
    rows = [["deal_id", "created_at"], ["D1", date(2026, 3, 31)]]
    workplace.write(FIRST, {"deals.xlsx": workbook({"Deals": rows})})
    workplace.land()
    assert workplace.rows("deals", "created_at") == [(datetime(2026, 3, 30, 22),)]


def test_a_time_without_a_day_is_no_date_and_an_error_cell_no_blank(workplace):
    rows = [HEADER, ["D1", 1, time(14, 5)], ["D2", "=1/0", None], ["D3", 3, None]]
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as content:
        sheet = content.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, rows[1][:2])
        sheet.write_datetime(1, 2, rows[1][2], content.add_format({"num_format": "hh:mm"}))
        sheet.write(2, 0, "D2")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, rows[3][:2])
    workplace.write(FIRST, {"deals.xlsx": book.getvalue()})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D3",)]
    assert workplace.quarantine("line", "column", "value") == [
        (2, "close_date", "14:05:00"),
        (3, "amount", "#DIV/0!"),
    ]


def test_percent_cells_are_the_shares_that_they_hold(tmp_path):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as content:
        sheet = content.add_worksheet()
        sheet.write(0, 0, "probability")
        sheet.write(1, 0, 0.35, content.add_format({"num_format": "0%"}))
    [table] = opened(tmp_path, book.getvalue())
    assert rows_of(table) == [(2, "0.35")]


def test_two_columns_of_one_name_are_two_columns(tmp_path):
    [table] = opened(tmp_path, workbook({"Deals": [["id", "id"], ["a", "b"]]}))
    assert table.header == ("id", "id")
    assert rows_of(table) == [(2, "a", "b")]


def test_an_open_document_sheet_is_read_too(tmp_path):
    spreadsheet = "application/vnd.oasis.opendocument.spreadsheet"
    namespace = "urn:oasis:names:tc:opendocument:xmlns"
    cells = "".join(
        f"<table:table-row>{row}</table:table-row>"
        for row in (
            "".join(
                f"<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>"
                for text in ("deal_id", "amount")
            ),
            "<table:table-cell office:value-type='string'><text:p>D1</text:p></table:table-cell>"
            "<table:table-cell office:value-type='float' office:value='7.5'/>",
        )
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", spreadsheet)
        archive.writestr(
            "META-INF/manifest.xml", f"<manifest:manifest xmlns:manifest='{namespace}:manifest:1.0'/>"
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content xmlns:office='{namespace}:office:1.0'"
            f" xmlns:table='{namespace}:table:1.0' xmlns:text='{namespace}:text:1.0'><office:body>"
            f"<office:spreadsheet><table:table table:name='Deals'>{cells}</table:table></office:spreadsheet>"
            "</office:body></office:document-content>",
        )
    [table] = opened(tmp_path, content.getvalue(), "deals.ods")
    assert table.header == ("deal_id", "amount")
    assert rows_of(table) == [(2, "D1", "7.5")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>not a workbook</html>", "cannot be read as XLSX"),
        (workbook({"Deals": []}), "has no sheet with rows; accepted is a header"),
        (workbook({"Deals": [["c"] * 5001]}), "has 5,001 columns; accepted are 5,000"),
    ],
)
def test_a_workbook_that_cannot_be_used_is_named(tmp_path, content, said):
    with pytest.raises(ExtractError, match=said):
        opened(tmp_path, content)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.extracts.workbooks.WHOLE_BYTES", 1000)
    with pytest.raises(ExtractError, match=r"MB unpacked; accepted are 2 GB, or the rows as CSV"):
        opened(tmp_path, workbook({"Deals": [HEADER, ["D1"]]}))
    assert byte_streams.WHOLE_BYTES == 2 << 30
