"""Quotas and bookings of the simulated company, against the simulation's own."""

from collections import defaultdict
from decimal import Decimal

from orchestration.simulation.arrays import identifiers
from orchestration.simulation.days import quarter_end
from orchestration.simulation.ledger import Field
from orchestration.simulation.quotas import quotas


def test_the_quotas_of_today_are_those_of_the_simulation(refreshed):
    truth = refreshed.truth
    known = quotas(truth, truth.state_on(len(truth.days) - 1)).sort("valid_from")
    newest = known.unique(["owner_id", "team", "period_start", "deal_type"], keep="last")
    columns = ["owner_id", "team", "deal_type", "period_start", "valid_from", "amount", "currency"]
    found = refreshed.workplace.query(
        "select owner_id, team, deal_type, period_start, valid_from, original_amount, original_currency"
        " from core.fct_quotas where valid_to is null"
    )
    assert len(found) > 30
    assert set(found) == set(newest.select(columns).iter_rows())
    assert {currency for *_, currency in found} == {"EUR", "GBP", "USD"}
    assert refreshed.workplace.query(
        "select count(*) > 0 from core.fct_quotas where valid_to is not null"
    ) == [(True,)]


def test_what_each_person_booked_in_each_quarter_is_what_the_simulation_says(refreshed):
    truth = refreshed.truth
    state = truth.state_on(len(truth.days) - 1)
    owners = dict(
        zip(
            identifiers("D", state.deals),
            identifiers("U", state.values[Field.OWNER_ID]),
            strict=True,
        )
    )
    booked = defaultdict(Decimal)
    for deal_id, day, amount in truth.wins().select("deal_id", "closed_date", "amount").iter_rows():
        booked[owners[deal_id], quarter_end(day, truth.settings.fiscal_start_month)] += amount
    found = refreshed.workplace.query(
        "select segment_value, period_end, booked_amount from metrics.pipeline_coverage"
        " where segment_name = 'owner' and day_n = 90"
    )
    assert len(found) > 50
    assert {(owner, end): amount for owner, end, amount in found if amount} == {
        (owner, end): amount for (owner, end), amount in booked.items() if end in {end for _, end, _ in found}
    }


def test_the_quota_of_the_company_is_the_sum_of_those_of_its_teams(refreshed):
    rows = refreshed.workplace.query(
        "select fiscal_period, snapshot_date, sum(quota_amount) filter (where segment_name = 'all'),"
        " sum(quota_amount) filter (where segment_name = 'team'),"
        " sum(quota_amount) filter (where segment_name = 'deal_type')"
        " from metrics.pipeline_coverage group by all"
    )
    with_quota = [quota for _, _, *quota in rows if quota[0] is not None]
    assert len(with_quota) > 50
    assert all(whole == teams == types for whole, teams, types in with_quota)


def test_a_refresh_says_how_far_the_quota_is_covered(refreshed):
    [line] = [line for line in refreshed.output.splitlines() if line.startswith("Coverage")]
    assert "% of the quota of" in line
