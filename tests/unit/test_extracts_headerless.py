"""Files without a header line, and files with lines after their rows."""

import pytest

from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def deals(**table):
    lands = [{"entity": "deals", "columns": {"deal_id": "id", "amount": "value"}}]
    return {"deals": {"files": "opps*", "lands": lands, **table}}


NAMED = {"columns": ["id", "value"]}


def test_the_first_line_of_a_file_without_header_is_a_row(workplace):
    workplace.map(tables=deals(**NAMED))
    workplace.write(FIRST, {"opps.csv": "D1,1\nD2,2\nD1,1\nD3,x\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "source_row") == [("D1", 0), ("D2", 1)]
    assert workplace.quarantine("line", "column", "value") == [(4, "value", "x")]
    assert workplace.account("opps.csv") == (4, 2, 0, 1, 1)


def test_a_file_of_one_row_and_one_that_has_the_header_after_all(workplace):
    workplace.map(tables=deals(**NAMED))
    workplace.write(FIRST, {"opps-1.csv": "D1,\n", "opps-2.csv": "ID,Value\nD2,2\n"})
    workplace.land()
    assert [deal for (deal,) in workplace.rows("deals", "deal_id")] == ["D1", "D2"]
    assert workplace.account("opps-1.csv") == (1, 1, 0, 0, 0)


def test_another_number_of_columns_is_a_problem(workplace):
    workplace.map(tables=deals(**NAMED))
    workplace.write(FIRST, {"opps.csv": "D1,1,EUR\n"})
    assert (
        "opps.csv: line 1: 3 values (D1, 1, EUR); accepted are 2, as the mapping names id, value"
        in workplace.problem()
    )


def test_values_that_have_names_of_their_own_get_no_others(workplace):
    workplace.map(tables=deals(**NAMED))
    workplace.write(FIRST, {"opps.jsonl": '{"a": "D1", "b": 1}\n'})
    assert "`columns` is accepted for a file without a header" in workplace.problem()


REPORT = 'id,value\nD1,1\n\n"Deals of the month"\n"Copyright (c) 2026"\n'


@pytest.mark.parametrize(("footer", "account"), [(True, (1, 1, 0, 0, 0)), (False, (3, 1, 0, 2, 0))])
def test_lines_after_the_rows_are_none_where_the_mapping_says_so(workplace, footer, account):
    workplace.map(tables=deals(footer=footer))
    workplace.write(FIRST, {"opps.csv": REPORT})
    workplace.land()
    assert workplace.account("opps.csv") == account
