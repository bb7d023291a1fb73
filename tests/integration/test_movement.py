"""Rosters and pushes of the published simulated company, against the days that it really had."""

from collections import Counter
from datetime import timedelta

import polars as pl
import pytest


@pytest.fixture(scope="module")
def open_days(refreshed):
    """One row per open deal and day of the company's life, as it truly was."""
    settings = refreshed.truth.settings
    days = [settings.start + timedelta(days=number) for number in range(settings.span_days)]
    return pl.concat(
        refreshed.truth.open_deals_on(day).select("deal_id", "close_date", "amount", day=pl.lit(day))
        for day in days
    )


def test_each_quarter_starts_and_ends_with_the_deals_that_were_truly_due(refreshed, open_days):
    periods = refreshed.workplace.query(
        "select distinct period_start, period_end from metrics.quarter_roster where is_complete"
    )
    assert len(periods) >= 8
    for start, end in periods:
        due = open_days.filter(pl.col("close_date").is_between(start, end))
        for day, column, words in (
            (start - timedelta(days=1), "entry", "'starting'"),
            (end, "outcome", "'slipped'"),
        ):
            told = refreshed.workplace.query(
                f"select deal_id from metrics.quarter_roster where period_start = '{start}'"
                f" and {column} in ({words})"
            )
            true = due.filter(pl.col("day") == day)["deal_id"]
            assert sorted(deal for (deal,) in told) == sorted(true), (start, column)


def test_every_true_win_is_one_of_a_quarter_and_all_roster_deals_were_due_or_won(refreshed, open_days):
    wins = refreshed.truth.wins()
    roster = refreshed.workplace.query("select deal_id, outcome, end_amount from metrics.quarter_roster")
    won = {deal: amount for deal, outcome, amount in roster if outcome == "won"}
    assert set(won) <= set(wins["deal_id"])
    assert {deal for deal, *_ in roster} <= set(open_days["deal_id"]) | set(wins["deal_id"])


def test_pushes_are_the_true_days_on_which_an_open_deal_got_a_later_date(refreshed, open_days):
    moves = (
        open_days.sort("deal_id", "day")
        .with_columns(
            previous=pl.col("close_date").shift().over("deal_id"),
            yesterday=pl.col("day").shift().over("deal_id"),
        )
        .filter(
            (pl.col("close_date") > pl.col("previous"))
            & (pl.col("day") == pl.col("yesterday") + pl.duration(days=1))
        )
    )
    true = Counter(moves["deal_id"])
    told = dict(
        refreshed.workplace.query("select deal_id, push_count from core.fct_deals where push_count > 0")
    )
    assert told == true
    assert len(true) > 100
