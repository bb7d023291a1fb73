"""The whole refresh on a small simulated company, as a user runs it."""

import re
from datetime import timedelta
from decimal import Decimal

import polars as pl

from orchestration.simulation import write_extracts
from tests.integration.conftest import UNTIL
from tests.refreshes import PROJECT, SIMULATED, Workplace

COMPUTED = ("core", "metrics", "forecast")


def test_one_screen_answers_what_was_asked(refreshed):
    for words in (
        "as of 2026-10-01",
        "700 deals",
        "won so far",
        "not yet created",
        "this forecast missed by",
        "Blocked",
        "Checks",
        "Published",
    ):
        assert words in refreshed.output
    assert len(refreshed.output.splitlines()) <= 45


def test_the_forecast_adds_up_to_the_cent(refreshed):
    rows = refreshed.workplace.query(
        "select won_to_date + open_expected + new_expected - expected from forecast.forecast_quarters"
    )
    assert len(rows) > 10
    assert {row[0] for row in rows} == {Decimal("0.00")}


def test_a_scenario_stands_beside_the_forecast_and_a_bad_one_stops_nothing(refreshed):
    query = refreshed.workplace.query
    [[dropped]] = query(
        "select sum(delta_expected) from forecast.forecast_scenarios"
        " where scenario = 'no_proposals' and method = 'hazard' and segment_name = 'all'"
        " and period_start = (select min(period_start) from forecast.forecast_scenarios)"
    )
    [[expected]] = query("select sum(expected_amount) from forecast.forecast_deals where stage = 'Proposal'")
    assert dropped == -expected < 0
    assert query("select distinct scenario from forecast.forecast_scenarios order by all") == [
        ("base",), ("no_proposals",),
    ]  # fmt: skip
    assert query("select file, scenario, problem from forecast.scenario_problems order by all") == [
        ("no_proposals.yaml", "no_proposals", "nobody: not open as of 2026-10-01, so nothing changes by it"),
        ("unfinished.yaml", None, "line 1: changes: is missing"),
    ]
    assert "scenarios_usable: 2 found" in refreshed.output


def test_the_ledger_keeps_no_scenario(refreshed):
    [kept] = (refreshed.workplace.data / "ledger" / "forecasts").glob("*/*.parquet")
    assert "scenario" not in pl.read_parquet_schema(kept)
    assert kept.stem.endswith(refreshed.workplace.manifest["input_fingerprint"])


def test_the_same_command_again_gives_the_same_bytes(refreshed):
    before = refreshed.workplace.hashes(*COMPUTED)
    version = refreshed.workplace.manifest["version"]
    (refreshed.workplace.data / "published" / "versions" / version).rename(
        refreshed.workplace.data / "published" / "versions" / ".aside"
    )
    refreshed.workplace.succeed()
    assert refreshed.workplace.manifest["version"] == version
    assert refreshed.workplace.hashes(*COMPUTED) == before
    assert len(before) > 12


def test_what_happens_on_or_after_the_as_of_date_changes_no_forecast(refreshed, tmp_path):
    """The leak test: the extract written on a day, and the last one run as of the day after it."""
    day = UNTIL - timedelta(days=75)
    then = Workplace.of(tmp_path / "then", SIMULATED)
    write_extracts(refreshed.truth, then.data / "raw" / "sales", [day])
    later = Workplace.of(tmp_path / "later", SIMULATED)
    write_extracts(refreshed.truth, later.data / "raw" / "sales", [UNTIL])
    then.succeed()
    later.succeed(as_of=day + timedelta(days=1))
    assert then.hashes("forecast") == later.hashes("forecast")
    assert then.query("select * from core.fct_deal_versions order by all") == later.query(
        "select * from core.fct_deal_versions order by all"
    )


def test_twenty_spoiled_lines_are_quarantined_with_their_numbers_and_the_rest_is_published(
    refreshed, tmp_path
):
    workplace = Workplace.of(tmp_path, SIMULATED)
    [folder] = write_extracts(refreshed.truth, workplace.data / "raw" / "sales", [UNTIL])
    spoiled = spoil(folder / "deals.csv", every=30, count=20)
    assert "20 rows quarantined" in workplace.succeed()
    rows = workplace.query('select line, "column", value from quality.quarantined_rows order by line')
    assert rows == [(line, "amount", "a lot") for line in spoiled]
    assert workplace.query("select count(*) from core.fct_deals") == [(700 - 20,)]


def spoil(path, every, count):
    """Put words where an amount belongs in `count` lines; returns their numbers."""
    frame = pl.read_csv(path, infer_schema=False)
    rows = [every * (number + 1) for number in range(count)]
    amount = pl.when(pl.int_range(pl.len()).is_in(rows)).then(pl.lit("a lot")).otherwise(pl.col("amount"))
    frame.with_columns(amount=amount).write_csv(path)
    return [row + 2 for row in rows]  # the header is line 1


def test_a_preview_prints_everything_and_keeps_nothing(refreshed, tmp_path):
    workplace = Workplace.of(tmp_path, SIMULATED)
    write_extracts(refreshed.truth, workplace.data / "raw" / "sales", [UNTIL])
    assert "won so far" in workplace.succeed("--preview")
    assert sorted(path.name for path in workplace.data.iterdir()) == ["raw", "refresh.lock"]


def test_every_query_of_the_guide_runs_on_what_is_published(refreshed):
    queries = re.findall(r"```sql\n(.*?)```", (PROJECT / "docs" / "guide.md").read_text(), re.DOTALL)
    assert len(queries) >= 5
    for query in queries:
        assert refreshed.workplace.query(query) is not None
