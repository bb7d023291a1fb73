"""Lines that are set aside can be corrected in a file of their own and dropped back in."""

import csv
import io
import json
import re

import pytest

from tests.unit.extract_folders import FIRST, SECOND, Workplace

DEALS = "deal_id,stage,amount\nD1,A,1\nD2,A,two\nD3,A\nD4,A,4\n"


@pytest.fixture
def workplace(tmp_path):
    workplace = Workplace(tmp_path)
    workplace.write(FIRST, {"deals.csv": DEALS})
    workplace.land()
    return workplace


def offered(workplace, file="deals.csv", day=FIRST):
    """The rows of the file of lines to correct."""
    path = workplace.folder.quarantine / "sales" / str(day) / f"{file}.corrections.csv"
    return list(csv.reader(io.StringIO(path.read_text()))) if path.exists() else []


def correct(workplace, rows, day=FIRST):
    """Drop a file of corrected rows into the extract's folder."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    workplace.write(day, {"fixed.csv": text.getvalue()})


def blank(row):
    """The row with all cells blanked."""
    return [*row[:2], *[""] * (len(row) - 2)]


def test_lines_that_are_set_aside_are_offered_as_they_were_with_the_reason(workplace):
    header, second, third = offered(workplace)
    assert header == ["corrects_file", "corrects_line", "deal_id", "stage", "amount", "as_it_was", "reason"]
    assert second[:6] == ["deals.csv", "3", "D2", "A", "two", "D2,A,two"]
    assert second[6].startswith("amount ")
    assert third[:6] == ["deals.csv", "4", "D3", "A", "", "D3,A"]
    assert third[6] == "2 fields; accepted are 3, as in the header"


def test_corrected_lines_land_in_their_place_and_every_row_is_accounted_for(workplace):
    header, second, third = offered(workplace)
    second[4], third[4] = "2", "3"
    correct(workplace, [header, second, third])
    workplace.land()
    assert [row[0] for row in workplace.rows("deals", "deal_id")] == ["D1", "D2", "D3", "D4"]
    assert workplace.account("deals.csv") == (4, 4, 0, 0, 0)
    assert workplace.account("fixed.csv") == (0, 0, 0, 0, 0)
    assert workplace.quarantine("line") == []
    assert offered(workplace) == []


def test_what_is_corrected_gives_the_same_lake_as_what_was_right(workplace, tmp_path):
    header, second, third = offered(workplace)
    second[4], third[4] = "2", "3"
    correct(workplace, [header, second, third])
    workplace.land()
    right = Workplace(tmp_path / "right")
    right.write(FIRST, {"deals.csv": DEALS.replace("two", "2").replace("D3,A", "D3,A,3")})
    right.land()
    assert workplace.rows("deals") == right.rows("deals")


def test_a_correction_that_is_wrong_itself_is_offered_again_beside_those_that_are_right(workplace):
    header, second, third = offered(workplace)
    second[4], third[4] = "2", "three"
    correct(workplace, [header, second, third])
    workplace.land()
    assert workplace.quarantine("file", "line", "value") == [("deals.csv", 4, "three")]
    _, second, third = offered(workplace)
    assert (second[4], second[6], third[4]) == ("2", "corrected", "three")


def test_a_line_whose_cells_are_all_blanked_is_left_out(workplace):
    header, second, third = offered(workplace)
    correct(workplace, [header, blank(second), blank(third)])
    workplace.land()
    assert workplace.quarantine("line", "reason") == [
        (3, "left out by a correction"), (4, "left out by a correction"),
    ]  # fmt: skip
    assert workplace.account("deals.csv") == (4, 2, 0, 2, 0)


def test_a_deal_whose_line_is_left_out_does_not_count_as_deleted(workplace):
    workplace.write(SECOND, {"deals.csv": "deal_id,stage,amount\nD1,A,1\nD4,A,four\n"})
    workplace.land()
    header, line = offered(workplace, day=SECOND)
    correct(workplace, [header, blank(line)], day=SECOND)
    workplace.land()
    assert workplace.rows("deals", "deal_id", "is_tombstone", day=SECOND) == []


def test_of_conflicting_lines_all_are_offered_and_one_can_be_chosen(workplace):
    workplace.write(FIRST, {"deals.csv": "deal_id,stage,amount\nD1,A,1\nD2,A,1\nD1,B,1\n"})
    workplace.land()
    header, first, second = offered(workplace)
    assert (first[1], second[1]) == ("2", "4")
    correct(workplace, [header, blank(first)])
    workplace.land()
    assert workplace.rows("deals", "deal_id", "stage") == [("D2", "A"), ("D1", "B")]


def test_other_formats_are_corrected_by_the_number_of_their_rows(workplace):
    rows = [{"deal_id": "D1", "amount": "1"}, {"deal_id": "D2", "amount": "two"}]
    workplace.write(SECOND, {"deals.jsonl": "\n".join(map(json.dumps, rows))})
    workplace.land()
    assert offered(workplace, "deals.jsonl", SECOND)[1][:4] == ["deals.jsonl", "2", "D2", "two"]
    workplace.write(SECOND, {"x.csv": "corrects_file;corrects_line;deal_id;amount\ndeals.jsonl;2;D2;2\n"})
    workplace.land()
    assert workplace.quarantine("file") == [("deals.csv",), ("deals.csv",)]  # those of the first night


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("deals.csv,2,D1,B,1", r"line 2: line 2 of deals\.csv is not set aside, .*set aside are 3, 4"),
        ("deals.csv,99,D1,B,1", r"line 2: line 99 of deals\.csv is not set aside"),
        ("dels.csv,3,D1,B,1", r"line 2: .*there is no file dels\.csv; accepted are deals\.csv"),
        ("deals.csv,three,D1,B,1", r"line 2: column corrects_line: three is no number"),
        ("deals.csv,3,D2,A,2\ndeals.csv,3,D2,A,3", r"line 3: line 3 of deals\.csv is corrected a second"),
        ("deals.csv,3,D2,A", r"line 2: 4 fields; accepted are 5"),
    ],
)  # fmt: skip
def test_a_correction_of_nothing_is_an_error_that_names_its_line(workplace, row, problem):
    workplace.write(FIRST, {"fixed.csv": f"corrects_file,corrects_line,deal_id,stage,amount\n{row}\n"})
    assert re.search(rf"fixed\.csv: {problem}", workplace.problem())


def test_a_correction_with_other_columns_is_an_error(workplace):
    workplace.write(
        FIRST, {"fixed.csv": "corrects_file,corrects_line,amount,deal_id,stage\ndeals.csv,3,2,D2,A\n"}
    )
    assert "accepted are those of deals.csv: deal_id, stage, amount" in workplace.problem()


def test_a_held_extract_offers_its_lines_too(workplace):
    workplace.write(SECOND, {"deals.csv": "deal_id,stage,amount\nD1,A,x\n"})
    assert workplace.night() == []
    assert len(offered(workplace, day=SECOND)) == 2
