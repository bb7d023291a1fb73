from datetime import date

import pytest

from orchestration.builds import REQUIRED_GATES, Build
from orchestration.check_results import CheckResult


@pytest.fixture
def build(tmp_path):
    build = Build.of(tmp_path / "warehouse" / "warehouse.duckdb", tmp_path / "ledger")
    build.start()
    build.describe("abc", date(2026, 10, 1))
    for gate in REQUIRED_GATES:
        build.keep(gate, [result(gate)])
    return build


def result(gate, status="passed", severity="critical"):
    return CheckResult(
        gate=gate,
        dataset="deals",
        check="deal_id_unique",
        description="An id stands once.",
        severity=severity,
        status=status,
        observed="0",
        expected="0",
        failing_rows=0,
        sample=[],
        remedy="",
    )


def test_a_build_that_every_gate_let_through_may_be_published(build):
    assert build.refusals() == []
    assert build.results().height == len(REQUIRED_GATES)


@pytest.mark.parametrize("gate", REQUIRED_GATES)
def test_a_gate_that_has_not_run_is_a_reason_to_refuse(build, gate):
    build.forget(gate)
    assert build.refusals() == [f"the gate '{gate}' has not checked this build"]


@pytest.mark.parametrize(
    ("status", "severity"), [("failed", "critical"), ("error", "critical"), ("error", "warning")]
)
def test_a_critical_failure_and_any_error_are_reasons_to_refuse(build, status, severity):
    build.keep("core", [result("core", status, severity)])
    assert build.refusals() == ["the gate 'core' failed: deals, deal_id_unique"]


def test_a_warning_is_no_reason_to_refuse(build):
    build.keep("core", [result("core", "failed", "warning")])
    assert build.refusals() == []


def test_results_of_an_earlier_build_let_nothing_through(build):
    build.start()
    assert len(build.refusals()) == len(REQUIRED_GATES)


def test_scenarios_change_the_version_and_not_the_inputs_of_the_ledger(build):
    without = build.version
    assert without == "2026-10-01-abc"
    build.note_scenarios("one")
    with_one = build.version
    build.note_scenarios("two")
    assert len({without, with_one, build.version}) == 3
    assert build.input_fingerprint == "abc"
    build.note_scenarios("")
    assert build.version == without


def test_a_new_landing_forgets_the_scenarios_of_the_last_one(build):
    build.note_scenarios("one")
    build.describe("abc", date(2026, 10, 1))
    assert build.version == "2026-10-01-abc"
