"""The movement between any two days, on the published simulated company."""

import subprocess
import sys
from datetime import timedelta

import duckdb
import numpy as np

from tests.integration.conftest import UNTIL
from tests.refreshes import PROJECT, environment

PAIRS = 200


def test_between_any_two_days_the_movements_lead_from_opening_to_closing(refreshed, simulated):
    rng = np.random.default_rng(4)
    published = refreshed.workplace.data / "published" / "current" / "funnelcast.duckdb"
    with duckdb.connect(str(published), read_only=True) as reader:
        [(first, last)] = reader.execute(
            "select min(snapshot_date), max(snapshot_date) from core.fct_deal_snapshots"
        ).fetchall()
        span = (last - first).days
        for _ in range(PAIRS):
            start, end = sorted(int(day) for day in rng.choice(span, size=2, replace=False))
            days = first + timedelta(days=start), first + timedelta(days=end)
            cells = reader.execute(
                "select sum(case when bucket = 'closing' then -amount else amount end) as residual"
                f" from metrics.waterfall(date '{days[0]}', date '{days[1]}')"
                " group by fiscal_period, segment_name, segment_value having residual <> 0"
            ).fetchall()
            assert cells == [], days


def test_what_is_won_from_the_pipeline_is_what_was_booked(refreshed):
    for opening, closing, won in refreshed.workplace.query(
        "select opening_date, closing_date, sum(-amount) from metrics.pipeline_waterfall"
        " where span_kind = 'period' and segment_name = 'all' and bucket = 'won' group by all"
    ):
        [(booked,)] = refreshed.workplace.query(
            "select sum(amount) from core.fct_deals where is_won and removed_date is null"
            f" and close_known_date > date '{opening}' and close_known_date <= date '{closing}'"
        )
        if closing == UNTIL:  # earlier ones may have been reopened or revised since
            assert booked == won


def test_the_command_tells_two_days_in_a_table(refreshed):
    def told(*days):
        data = str(refreshed.workplace.data)
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", "waterfall", *days, "--data", data],
            cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = told("2026-07-31", "2026-09-30")
    assert done.returncode == 0, done.stderr
    _, head, *lines = done.stdout.splitlines()
    assert head.split()[-1] == "all"
    totals = {line.split()[0]: int(line.split("(")[-2].split()[-1].replace(",", "")) for line in lines}
    assert [next(iter(totals)), list(totals)[-1]] == ["opening", "closing"]
    assert abs(sum(totals.values()) - 2 * totals["closing"]) <= len(totals)  # each is rounded
    wrong = told("2026-09-30", "2026-07-31")
    assert wrong.returncode == 2
    assert "accepted are two days in order, from" in wrong.stderr
