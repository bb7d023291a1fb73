"""Hierarchy and shares of a refresh, against those of the simulated company on random days."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from orchestration.simulation import SimulatedCompany
from orchestration.simulation.extracts import extract

DAYS = 20


def owner_id(code: int) -> str:
    return f"U{code:07}"


def random_days(truth: SimulatedCompany) -> list[date]:
    offsets = np.random.default_rng(4).choice(truth.settings.span_days, DAYS, replace=False)
    return [truth.settings.start + timedelta(days=int(offset)) for offset in sorted(offsets)]


def hierarchy_on(truth: SimulatedCompany, day: date) -> Iterator[tuple[str, str, int]]:
    """Every person and everyone above: (owner, ancestor, depth)."""
    managers = truth.staff.managers_on(truth.days.number(day))
    for owner in range(len(truth.staff.joined)):
        ancestor, depth = owner, 0
        while ancestor in managers:
            ancestor, depth = managers[ancestor], depth + 1
            yield owner_id(owner), owner_id(ancestor), depth


def shares_on(truth: SimulatedCompany, day: date) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    """Who shares each open deal: (deal, owner, share, amount)."""
    shares: dict[str, list[tuple[str, Decimal]]] = {}
    for deal, owner, share in extract(truth, truth.settings.until)["deal_splits"].iter_rows():
        shares.setdefault(deal, []).append((owner, Decimal(str(share))))
    columns = ("deal_id", "owner_id", "amount")
    for deal, owner, amount in truth.open_deals_on(day).select(columns).iter_rows():
        for shared_with, share in shares.get(deal, [(owner, Decimal(1))]):
            yield deal, shared_with, share, amount


def test_the_hierarchy_is_that_of_the_truth_on_twenty_random_days(refreshed):
    found_depths = set()
    for day in random_days(refreshed.truth):
        truth = sorted(hierarchy_on(refreshed.truth, day))
        assert truth == refreshed.workplace.query(
            "select owner_id, ancestor_id, depth from core.dim_owner_hierarchy where depth > 0"
            f" and valid_from <= '{day}' and (valid_to is null or valid_to > '{day}') order by all"
        )
        found_depths |= {depth for _, _, depth in truth}
    assert found_depths == {1, 2, 3}


def test_shares_are_those_of_the_truth_on_twenty_random_days(refreshed):
    shared = 0
    for day in random_days(refreshed.truth):
        truth = sorted(shares_on(refreshed.truth, day))
        found = refreshed.workplace.query(
            "select deal_id, splits.owner_id, share, amount from core.fct_deal_snapshots as snapshots"
            " inner join core.fct_deal_splits as splits using (deal_id)"
            f" where snapshot_date = '{day}' and is_open and splits.valid_from <= '{day}'"
            f" and (splits.valid_to is null or splits.valid_to > '{day}') order by all"
        )
        assert found == truth
        shared += sum(share < 1 for _, _, share, _ in truth)
    assert shared > DAYS


@pytest.mark.parametrize("is_today", [False, True])
def test_a_managers_open_pipeline_is_that_of_the_people_below(refreshed, is_today):
    truth, [day] = refreshed.truth, random_days(refreshed.truth)[-1:]
    director = owner_id(1)
    team = {
        owner
        for owner, ancestor, _ in hierarchy_on(truth, truth.settings.until if is_today else day)
        if ancestor == director
    } | {director}
    wanted = sum(amount * share for _, owner, share, amount in shares_on(truth, day) if owner in team)
    as_it_was = f"hierarchy.valid_from <= '{day}' and coalesce(hierarchy.valid_to > '{day}', true)"
    assert refreshed.workplace.query(
        "select coalesce(sum(amount * share), 0) from core.fct_deal_snapshots as snapshots"
        f" inner join core.fct_deal_splits as splits on snapshots.deal_id = splits.deal_id"
        f" and splits.valid_from <= '{day}' and coalesce(splits.valid_to > '{day}', true)"
        " inner join core.dim_owner_hierarchy as hierarchy on splits.owner_id = hierarchy.owner_id"
        f" where snapshot_date = '{day}' and is_open and ancestor_id = '{director}'"
        f" and {'is_current' if is_today else as_it_was}"
    ) == [(wanted,)]
