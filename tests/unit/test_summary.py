"""What the printed summary says of checks that did not pass."""

from orchestration.check_results import CheckResult, results_frame
from orchestration.summary.checks import _samples, check_lines


def test_a_warning_names_the_first_rows_that_it_found_as_plain_text():
    unmapped = CheckResult(
        gate="core",
        dataset="stage_facts",
        check="stages_unmapped",
        description="Every stage is mapped.",
        severity="warning",
        status="failed",
        observed="3 found",
        expected="a process step for every stage",
        failing_rows=3,
        sample=[
            {"pipeline": "sales", "stage": "Hand\x1b[2Jshake\n", "deals": 4},
            {"pipeline": "sales", "stage": None, "deals": 2},
            {"pipeline": "sales", "stage": "Third", "deals": 1},
        ],
        remedy="Name these stages.",
    )
    printed = " ".join(line.strip() for line in check_lines(results_frame("b", [unmapped]), []))
    assert "stages_unmapped: 3 found" in printed
    assert "Name these stages. Such as: pipeline sales, stage Hand [2Jshake , deals 4;" in printed
    assert printed.endswith("pipeline sales, deals 2")


def test_a_long_value_of_a_row_is_cut_on_the_screen():
    printed = _samples([{"deal_name": "x" * 500}])
    assert printed == f" Such as: deal_name {'x' * 77}..."
