"""What Dagster discovers: a file that defines more than assets can make others vanish without an error."""

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.extracts.entities import ENTITIES


@pytest.fixture(scope="module")
def repository():
    return defs().get_repository_def()


def test_every_layer_has_its_assets_in_a_readable_group(repository):
    graph = repository.asset_graph
    groups = {}
    for key in graph.materializable_asset_keys:
        groups.setdefault(graph.get(key).group_name, set()).add(key.to_user_string())
    flow = "landing raw staging intermediate core metrics quality forecast_inputs forecast publishing"
    assert set(groups) == set(flow.split())
    assert groups["landing"] == {"staged_extracts"}
    assert {f"raw/{name}" for name in ENTITIES} < groups["raw"]
    assert groups["publishing"] == {"quality/check_results", "published/current"}
    assert groups["forecast"] == {
        f"forecast/{name}"
        for name in (
            "forecast_quarters",
            "forecast_current",
            "forecast_deals",
            "forecast_hazards",
            "forecast_backtest",
            "forecast_scores",
            "forecast_calibration",
            "forecast_scenarios",
            "scenario_problems",
            "forecast_call_scores",
        )
    }
    assert {f"core/{name}" for name in ("fct_deals", "fct_deal_stages", "fct_deal_snapshots")} < groups[
        "core"
    ]


def test_every_asset_says_what_it_is_and_who_owns_it(repository):
    graph = repository.asset_graph
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key


def test_the_gates_block_what_comes_after_them(repository):
    graph = repository.asset_graph
    blocking = {key.name for key in graph.asset_check_keys if graph.get(key).blocking}
    assert {
        "raw_suites", "deals_suite", "stage_facts_suite", "snapshots_suite", "forecast_quarters_suite",
        "forecast_deals_suite", "forecast_backtest_suite", "forecast_scores_suite",
        "forecast_calibration_suite", "forecast_scenarios_suite", "scenario_problems_suite",
        "forecast_call_scores_suite",
    } <= blocking  # fmt: skip


def test_the_tests_of_a_model_are_its_one_check(repository):
    checks = {
        key.asset_key.to_user_string()
        for key in repository.asset_graph.asset_check_keys
        if key.name == "rules"
    }
    assert {
        "core/fct_deals",
        "core/fct_deal_versions",
        "metrics/funnel_metrics",
        "quality/reconciliation",
    } < checks


def test_the_nightly_schedule_is_off_until_someone_switches_it_on(repository):
    [schedule] = repository.schedule_defs
    assert schedule.name == "nightly"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    assert schedule.execution_timezone == "Europe/Berlin"
    assert schedule.job_name == "refresh"


def test_the_run_config_chooses_scenarios_and_brings_another():
    job = defs().resolve_job_def("refresh")
    scenarios = {"names": ["better_closing"], "another": "name: slow\ndescription: x\nchanges: []"}
    config = {"ops": {"forecast": {"config": scenarios}}}
    assert dg.validate_run_config(job, config)["ops"]["forecast"]["config"] == scenarios
    assert dg.validate_run_config(job)["ops"]["forecast"]["config"] == {"names": [], "another": ""}
