"""Delimited texts as they are really written: delimiter lines, footers, joined parts, NUL bytes."""

from decimal import Decimal

import pytest

from orchestration.extracts import byte_streams
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.footers import without_footer
from orchestration.extracts.tables import LINE, open_tables
from tests.unit.extract_folders import FIRST, Workplace

ROWS = [("D1", "a", Decimal("1.00")), ("D2", "b", Decimal("2.00"))]


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\ndeal_id;deal_name;amount\nD1;a;1\nD2;b;2\n",
        '"sep=;"\r\ndeal_id;deal_name;amount\r\nD1;a;1\r\nD2;b;2\r\n',
        "sep=:\ndeal_id:deal_name:amount\nD1:a:1\nD2:b:2\n",
        "\n\r\n  \ndeal_id,deal_name,amount\nD1,a,1\nD2,b,2\n",
        "deal_id,deal_name,amount\nD1,a,1,\nD2,b,2,\n",
        "deal_id,deal_name,amount,\nD1,a,1\nD2,b,2\n",
        "deal_id,deal_name,amount,\nD1,a,1,\nD2,b,2,\n",
        "deal_id,deal_name,amount\nD1,a,1\r\nD2,b,2\n\r\n\n",
        "deal_id,deal_name,amount\r\r\nD1,a,1\r\r\nD2,b,2\r\r\n",
        "deal_id\x01deal_name\x01amount\nD1\x01a\x011\nD2\x01b\x012",
        "deal_id^deal_name^amount\nD1^a^1\nD2^b^2",
        '"Deal\nID","Deal\r\nname",Amount\nD1,a,1\nD2,b,2\n',
        "deal_id,deal_name,amount\nD1,a\0,1\nD2,\0\0b,2\n",
        "deal_id,deal_name,amount\nD1,a,1\n\ufeffD2,b,2\n",
        "\ufeffdeal_id,deal_name,amount\rD1,a,1\rD2,b,2",
        "deal_id,deal_name,amount\nD1,a,1\nD2,b,2\n".encode("utf-16-le"),
        "deal_id,deal_name,amount\nD1,a,1\nD2,b,2\n".encode("utf-16-be"),
    ],
)
def test_the_same_rows_are_read_however_they_are_written(workplace, content):
    workplace.write(FIRST, {"deals.csv": content})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "deal_name", "amount") == ROWS
    assert workplace.quarantine("line") == []


def test_a_header_that_is_repeated_where_files_were_joined_is_no_row(workplace):
    part = "\ufeffdeal_id,deal_name\nD{},a\n"
    workplace.write(FIRST, {"deals.csv": part.format(1) + part.format(2)})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D2",)]
    assert workplace.quarantine("line", "value", "reason") == [
        (
            3,
            "deal_id,deal_name",
            "repeats the header, as where files were joined; accepted is one, on the first line",
        )
    ]


def test_a_run_of_nul_bytes_is_a_line_that_was_lost(workplace):
    workplace.write(FIRST, {"deals.csv": "deal_id,deal_name\nD1,a\nD2," + "\0" * 9 + "\nD3,c\n" + "\0" * 500})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D3",)]
    assert workplace.quarantine("line", "reason") == [
        (3, "a run of NUL bytes, where text was lost when it was written; accepted is the whole line"),
        (5, "1 fields; accepted are 2, as in the header"),
    ]


def test_a_row_without_the_delimiter_that_all_others_end_with_is_broken(workplace):
    rows = "".join(f"D{number},1,\n" for number in range(60))
    workplace.write(FIRST, {"deals.csv": "deal_id,amount\n" + rows + "D60,1\n"})
    workplace.land()
    assert len(workplace.rows("deals")) == 60
    assert workplace.quarantine("line", "reason") == [(62, "2 fields; accepted are 3, as in the header")]


def test_latin_letters_are_read_as_they_are_meant(workplace):
    workplace.write(FIRST, {"deals.csv": "deal_id;deal_name\nD1;Müller & Söhne, 5 €\n".encode("cp1252")})
    workplace.land()
    assert workplace.rows("deals", "deal_name") == [("Müller & Söhne, 5 €",)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; accepted is a header line"),
        (b" \r\n\n", "is empty"),
        (b"\0" * 4096, "holds NUL bytes alone; accepted is a header line"),
        (
            b"PK\3\4rest",
            "is a zip or a workbook by its content; accepted is a name that ends in .zip or .xlsx",
        ),
        (b"\x1f\x8b\x08rest", "is packed by gzip by its content; accepted is a name that ends in .gz"),
        (b"\n<!DOCTYPE html><html>", "is a web page by its content; accepted is the export itself"),
        (",".join(["c"] * 5001).encode(), "has 5,001 columns; accepted are 5,000"),
        (b",,,\n1,2,3,4\n", "line 1: the header names no column"),
    ],
)
def test_a_file_that_is_no_table_says_what_it_is(tmp_path, content, said):
    (tmp_path / "deals.csv").write_bytes(content)
    with pytest.raises(ExtractError, match=f"deals.csv: {said}"):
        open_tables(tmp_path / "deals.csv")


def test_a_line_over_the_bound_is_broken_and_the_next_one_sound(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.extracts.csv_records.LONGEST_RECORD_BYTES", 1000)
    monkeypatch.setattr("orchestration.extracts.csv_records.WINDOW_BYTES", 100)
    (tmp_path / "deals.csv").write_text("deal_id,note\nD1,a\nD2," + "x" * 5000 + "\nD3,c\n")
    [table] = open_tables(tmp_path / "deals.csv")
    [block] = table.blocks([0])
    assert block.rows["c0"].to_list() == ["D1", "D3"]
    assert [(line.line, line.reason) for line in block.broken] == [
        (3, "a line of over 8 MB; accepted are 8 MB")
    ]


SALESFORCE_FOOTER = (
    '\n"Open pipeline"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
    '"Confidential Information - Do Not Distribute"\n"Generated By:  Ann  3/31/2026 2:05 PM"\n"Acme"\n'
)
HEADER = "deal_id,name,amount\n"


def lines_of(tmp_path, content):
    """The numbers of rows and of broken lines of the table without its footer."""
    (tmp_path / "deals.csv").write_text(content)
    [table] = open_tables(tmp_path / "deals.csv")
    blocks = list(without_footer(table).blocks([0]))
    rows = [line for block in blocks for line in block.rows[LINE].to_list()]
    return rows, [line.line for block in blocks for line in block.broken]


@pytest.mark.parametrize("size", [7, 1 << 20])
@pytest.mark.parametrize(
    ("content", "rows", "broken"),
    [
        ("D1,a,1\nD2,b,2\n" + SALESFORCE_FOOTER, [2, 3], []),
        ("D1,a,1\n\n\n\nReport\nCopyright 2026 salesforce.com, inc.\n", [2], []),
        ("D1,a,1\nReport\nAcme\n", [2], []),
        ("D1,a,1\nD2\n", [2], [3]),
        ("D1,a\nD2,b,2\nD3,c\n" + SALESFORCE_FOOTER, [3], [2, 4]),
        ("D1,a,1\n\nReport\n\nD2,b,2\n", [2, 6], [4]),
        ("D1,a,1\n\nReport\nD2,b,2,3\n", [2], [4, 5]),
        (SALESFORCE_FOOTER, [], []),
        ("D1,a,1\n", [2], []),
    ],
)
def test_a_footer_is_told_from_broken_rows(tmp_path, monkeypatch, content, rows, broken, size):
    monkeypatch.setattr(byte_streams.byte_blocks, "__defaults__", (size + len(HEADER) + 9,))
    assert lines_of(tmp_path, HEADER + content) == (rows, broken)


def test_a_mapping_says_that_a_report_has_a_footer(workplace):
    lands = [{"entity": "deals", "columns": {"deal_id": "deal_id"}}]
    for footer, held in ((True, 0), (False, 5)):
        workplace.map(tables={"deals": {"files": "deals", "footer": footer, "lands": lands}})
        workplace.write(FIRST, {"deals.csv": HEADER + "D1,a,1\n" + SALESFORCE_FOOTER})
        workplace.land()
        assert workplace.account("deals.csv") == (1 + held, 1, 0, held, 0)
