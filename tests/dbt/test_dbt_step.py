"""What a step of dbt says of models that it could not build."""

import duckdb

from orchestration.dbt_command import build
from orchestration.dbt_step import _tested_models, model_result


def test_a_model_that_cannot_be_built_stops_its_gate_and_the_warehouse_is_let_go(tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    outcome, *left_out = build(warehouse, ["model.funnelcast.stg_crm__deals"])  # there is no lake to read
    result = model_result("core models", outcome, {})
    assert {skipped.status for skipped in left_out} == {"skipped"}
    assert result is not None
    assert (result.dataset, result.check, result.status) == ("stg_crm__deals", "built", "error")
    assert "does not exist" in result.description
    assert result.is_blocking
    with duckdb.connect(str(warehouse), read_only=True) as reader:
        assert reader.execute("select 1").fetchone() == (1,)


def test_rows_that_break_a_rule_stop_the_gate_under_the_name_of_their_model(tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("create schema core")
        writer.execute("create table core.dim_dates as select date '2026-01-01' as date_day from range(2)")
    tested = _tested_models()
    [rule] = [
        test for test, model in tested.items() if "unique_dim_dates" in test and model.endswith("dim_dates")
    ]
    [outcome] = build(warehouse, [rule])
    result = model_result("core models", outcome, tested)
    assert result is not None
    assert (result.dataset, result.status, result.failing_rows) == ("dim_dates", "failed", 1)
    assert result.is_blocking
