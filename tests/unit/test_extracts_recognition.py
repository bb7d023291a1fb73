"""Which table a file is: headers as they are found in real folders."""

import pytest

from tests.unit.extract_folders import FIRST, Workplace

OPPORTUNITY = "Id,Name,StageName,CloseDate\n006,a,Prospecting,2026-01-01\n"


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path, crm="salesforce")


@pytest.mark.parametrize(
    "header",
    [
        "\ufeffId,Name,StageName,CloseDate",
        "ID,NAME,STAGENAME,CLOSEDATE",
        " Id , Name ,Stage Name,close_date",
        "Id,Name,\u00a0Stage\u200bName,Close\u00adDate",
    ],
    ids=["mark", "capitals", "blanks", "unseen"],
)
def test_spellings_of_a_header_do_not_matter(workplace, header):
    workplace.write(FIRST, {"x.csv": OPPORTUNITY.replace("Id,Name,StageName,CloseDate", header)})
    workplace.land()
    assert workplace.rows("deals", "deal_id", "stage") == [("006", "Prospecting")]


def test_a_column_that_is_needed_and_stands_twice_is_a_problem(workplace):
    workplace.write(FIRST, {"x.csv": "Id,Name,Name,StageName,CloseDate\n006,a,b,Prospecting,\n"})
    assert "x.csv: line 1: column 'Name' stands 2 times; once is accepted" in workplace.problem()


def test_columns_that_nothing_needs_may_stand_twice(workplace):
    workplace.write(
        FIRST,
        {"x.csv": "Id,Name,StageName,CloseDate,Note,note,Note\n006,a,Open,,1,2,3\n", "y.csv": "Id,Id\n1,2\n"},
    )
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("006",)]


def test_an_exact_spelling_counts_before_others(workplace):
    workplace.write(FIRST, {"x.csv": "Id,NAME,Name,StageName,CloseDate\n006,a,b,Prospecting,\n"})
    workplace.land()
    assert workplace.rows("deals", "deal_name") == [("b",)]


def test_another_object_that_has_the_same_columns_is_a_problem_that_names_both(workplace):
    other = "Id,Name,StageName,CloseDate,Partner\na01,b,Open,2026-01-01,x\n"
    workplace.write(FIRST, {"Opportunity.csv": OPPORTUNITY, "Registration.csv": other})
    problem = workplace.problem()
    assert "Registration.csv: has the columns of Opportunity, and others (Id, Name," in problem
    assert "accepted is a file name that says what it is, such as *opportunity*" in problem


def test_parts_of_the_same_columns_may_have_any_name(workplace):
    other = "Name,Id,CloseDate,StageName\nb,007,2026-01-01,Open\n"
    workplace.write(FIRST, {"Opportunity.csv": OPPORTUNITY, "rest.csv": other})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("006",), ("007",)]


def test_parts_that_are_all_named_may_have_other_columns(workplace):
    other = "Id,Name,StageName,CloseDate,Amount\n007,b,Open,2026-01-01,5\n"
    workplace.write(FIRST, {"Opportunity.csv": OPPORTUNITY, "Opportunity_2.csv": other})
    workplace.land()
    assert [str(amount) for (amount,) in workplace.rows("deals", "amount")] == ["None", "5.00"]


def test_a_file_that_is_no_table_is_listed_as_not_used(workplace):
    workplace.write(FIRST, {"o.csv": OPPORTUNITY, "Quote.csv": "Id,Status\n1,Draft\n"})
    [extract] = workplace.stage()
    assert [(file.file, file.entity) for file in extract.files] == [
        ("Quote.csv", "(not used)"),
        ("o.csv", "deals"),
    ]
