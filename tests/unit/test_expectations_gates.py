"""What a gate says when it cannot check, what it shows, and what it leaves behind."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.suite import Check, Suite, at_least, no_rows, not_null, row_count, unique
from orchestration import gates
from orchestration.check_results import RESULT_COLUMNS
from orchestration.gates import CheckResult, default_thresholds, results_frame, run_gate

THINGS = {"things": "select range as id, 'x' as name, range - 3 as amount from range(10)"}


def _run(
    monkeypatch: pytest.MonkeyPatch,
    *checks: Check,
    views: Mapping[str, str | pl.DataFrame] = THINGS,
    thresholds: dict[str, float] | None = None,
) -> list[CheckResult]:
    monkeypatch.setitem(gates.GATES, "raw", (Suite("things", "things", ("id",), checks),))
    return run_gate("raw", None, views, thresholds)


def test_results_come_in_the_order_of_the_suites() -> None:
    views = dict.fromkeys(("landed_deal_changes", "landed_deals", "landed_files"), "select 1 as x")
    expected = [check.name for suite in gates.GATES["raw"] for check in suite.checks]
    assert [result.check for result in run_gate("raw", None, views)] == expected


def test_a_missing_table_makes_every_check_of_its_suite_an_error() -> None:
    results = run_gate("raw", None, {"landed_files": "select 'sales' as source_name where false"})
    of_deals = [result for result in results if result.dataset == "landed_deals"]
    assert {result.status for result in of_deals} == {"error"}
    assert "landed_deals does not exist" in of_deals[0].observed
    assert all(result.is_blocking for result in of_deals)


def test_a_missing_column_is_an_error_of_its_own_checks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    absent, unreadable, sound = _run(
        monkeypatch,
        not_null("colour", "Things have a colour."),
        no_rows("colours", "select colour from {batch}", "Colour.", "a colour", severity="warning"),
        not_null("name", "Things have a name."),
    )
    assert [absent.status, unreadable.status, sound.status] == ["error", "error", "passed"]
    assert "colour" in absent.observed
    assert "colour" in unreadable.observed
    assert unreadable.is_blocking  # though only a warning: nobody knows what it would have found


def test_a_dataset_that_cannot_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    unreadable = (
        "select range as id from range(9) where case when range >= 0 then error('torn page') end is null"
    )
    (result,) = _run(monkeypatch, unique("once", ("id",), "Once."), views={"things": unreadable})
    assert result.status == "error"
    assert "torn page" in result.observed


def test_a_missing_key_column_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    (result,) = _run(
        monkeypatch, at_least("small", "amount", 0, "Small."), views={"things": "select -1 as amount"}
    )
    assert result.status == "error"
    assert "id" in result.observed


def test_a_sample_shows_five_rows_at_most_with_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    negative, listed = _run(
        monkeypatch,
        at_least("amount_not_negative", "amount", 0, "Not negative."),
        no_rows("none", "select * from {batch} order by id desc", "None.", "none"),
    )
    assert (negative.failing_rows, negative.observed) == (3, "3 of 10 rows fail")
    assert sorted(row["id"] for row in negative.sample) == [0, 1, 2]
    assert (listed.failing_rows, listed.observed) == (10, "10 found")
    assert [row["id"] for row in listed.sample] == [9, 8, 7, 6, 5]


def test_a_sample_is_readable_and_cuts_long_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "select repeat('ä', 500) as name, 1.50 as amount, date '2026-03-01' as day, null as gone"
    (result,) = _run(
        monkeypatch, no_rows("none", "select * from {batch}", "None.", "none"), views={"things": row}
    )
    assert result.sample == [{"name": "ä" * 79 + "…", "amount": "1.50", "day": "2026-03-01", "gone": None}]


def test_a_frame_can_be_checked_like_a_view(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"id": [1, 2, 3], "amount": [5, -1, 7]})
    (result,) = _run(monkeypatch, at_least("small", "amount", 0, "Small."), views={"things": frame})
    assert result.sample == [{"id": 2, "amount": -1}]


def test_thresholds_replace_those_of_checks_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    few = row_count("few", "A few.", threshold=11)
    many = "select count(*) as n from {batch} having count(*) > {threshold}"
    checks = (few, no_rows("many", many, "Many.", "{threshold:g}", threshold=9))

    failed = _run(monkeypatch, *checks)
    assert [result.status for result in failed] == ["failed", "failed"]
    assert [result.expected for result in failed] == ["11 rows or more", "9"]

    passed = _run(monkeypatch, *checks, thresholds={"few": 10, "many": 10.0, "of_another_gate": 1})
    assert [result.status for result in passed] == ["passed", "passed"]
    assert [result.expected for result in passed] == ["10 rows or more", "10"]


def test_only_errors_and_failed_critical_checks_block() -> None:
    result = CheckResult("raw", "things", "one", "One.", "critical", "passed", "0", "0", 0, [])
    assert not result.is_blocking
    assert replace(result, status="failed").is_blocking
    assert not replace(result, status="failed", severity="warning").is_blocking
    assert replace(result, status="error", severity="warning").is_blocking


def test_the_warehouse_is_let_go_after_the_gate(tmp_path: Path) -> None:
    database = tmp_path / "warehouse" / "it's.duckdb"
    database.parent.mkdir()
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema core")
        connection.execute("create table core.fct_deals as select 'd1' as deal_id from range(10000)")
    results = {result.check: result for result in run_gate("core", database, {})}
    assert results["deals_unique"].failing_rows == 10000
    assert results["visit_unique"].status == "error"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table core.more as select 1")
    assert [path.name for path in database.parent.iterdir()] == ["it's.duckdb"]


def test_the_frame_of_results_has_the_same_columns_with_and_without_rows() -> None:
    result = CheckResult("raw", "things", "one", "One.", "warning", "failed", "2", "0", 2, [{"id": "ä"}])
    frame = results_frame("b1", [result])
    assert frame.columns == list(RESULT_COLUMNS)
    assert frame.schema == results_frame("b1", []).schema
    assert frame.row(0, named=True)["sample"] == '[{"id": "ä"}]'
    assert frame.row(0, named=True)["build_id"] == "b1"


def test_names_of_checks_are_unique_and_can_stand_in_the_company_file() -> None:
    names = [check.name for suites in gates.GATES.values() for suite in suites for check in suite.checks]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) for name in names)


def test_thresholds_are_known_by_name_with_their_defaults() -> None:
    assert default_thresholds()["quarantined_share_limit"] == 0.2
    assert "deal_id_not_null" not in default_thresholds()


def test_suites_and_gates_are_imported_without_great_expectations() -> None:
    code = "import sys, orchestration.gates; sys.exit('great_expectations' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


def test_a_spark_that_ends_the_process_it_is_imported_by_is_left_alone(tmp_path: Path) -> None:
    spark = tmp_path / "pyspark"
    spark.mkdir()
    (spark / "__init__.py").write_text("raise SystemExit('imported')")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from orchestration.gates import run_gate\n"
        "assert run_gate('forecast', None, {}) and 'great_expectations' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


def test_a_unique_column_may_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    single, pair = _run(
        monkeypatch, unique("one", ("name",), "Alone."), unique("two", ("id", "name"), "Together.")
    )
    assert (single.failing_rows, pair.failing_rows) == (10, 0)
