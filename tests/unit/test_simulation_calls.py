"""What simulated people call: what will be, times a bias of their own, and what is won already as it is."""

from itertools import pairwise

import numpy as np
import pytest

from orchestration.simulation import SimulatedCompany, SimulationSettings, simulate
from orchestration.simulation.calls import FIRST_CALL_DAYS, NOISE_SD, Calls, biases, planned_calls
from orchestration.simulation.quotas import bookings


@pytest.fixture(scope="module")
def company() -> SimulatedCompany:
    return simulate(SimulationSettings(deals=2400, seed=3))


@pytest.fixture(scope="module")
def calls(company: SimulatedCompany) -> Calls:
    return planned_calls(company)


def test_a_first_call_over_what_came_of_it_is_the_persons_bias_but_for_noise(
    company: SimulatedCompany, calls: Calls
) -> None:
    wins, bias = bookings(company), biases(company)
    starts = np.unique(calls.quarter)
    logs = []
    for owner in np.unique(calls.owner):
        if company.staff.region[owner] < 0:
            continue  # managers call for others, too
        for start, end in pairwise(starts):
            first = (calls.owner == owner) & (calls.quarter == start) & (calls.day == start - FIRST_CALL_DAYS)
            won = wins.cents[(wins.owner == owner) & (wins.day >= start) & (wins.day < end)].sum()
            if first.any() and won:
                logs.append(np.log(calls.committed[first][0] / won / bias[owner]))
    assert len(logs) > 100
    assert abs(np.mean(logs)) < 0.03
    assert np.std(logs) == pytest.approx(NOISE_SD, rel=0.15)


def test_nobody_calls_less_than_is_won_and_a_best_case_is_no_less_than_the_commit(calls: Calls) -> None:
    assert (calls.committed >= 0).all()
    is_said = ~np.isnan(calls.best_case)
    assert 0.2 < is_said.mean() < 0.4
    assert (calls.best_case[is_said] >= calls.committed[is_said]).all()


def test_some_managers_call_for_their_teams(company: SimulatedCompany, calls: Calls) -> None:
    managers = np.unique(calls.owner[company.staff.region[calls.owner] < 0])
    assert len(managers) >= 1
    is_theirs = np.isin(calls.owner, managers)
    assert calls.committed[is_theirs].mean() > 2 * calls.committed[~is_theirs].mean()
