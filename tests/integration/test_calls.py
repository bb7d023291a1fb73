"""Calls of the simulated company, from its extract to the forecast's methods."""

from orchestration.simulation.calls import forecast_calls


def test_every_call_of_the_simulation_is_kept_and_known(refreshed):
    truth = refreshed.truth
    made = forecast_calls(truth, truth.state_on(len(truth.days) - 1))
    found = refreshed.workplace.query(
        "select owner_id, fiscal_period, category, submitted_at, original_amount, original_currency"
        " from core.fct_forecast_calls"
    )
    columns = ["owner_id", "fiscal_period", "category", "submitted_at", "amount", "currency"]
    wanted = [(*row[:2], row[2].lower(), *row[3:]) for row in made.select(columns).iter_rows()]
    assert len(found) > 500
    assert set(found) == set(wanted)
    assert refreshed.workplace.query(
        "select bool_and(is_owner_known), bool_and(is_period_known), bool_and(amount is not null),"
        " bool_and(is_last_of_day) from core.fct_forecast_calls"
    ) == [(True, True, True, True)]


def test_calls_stand_beside_the_other_methods_and_are_scored_like_them(refreshed):
    methods = ("calls", "calls_corrected")
    now = refreshed.workplace.query(
        "select distinct method from forecast.forecast_quarters"
        f" where method in {methods} and expected >= won_to_date order by method"
    )
    assert now == [(method,) for method in methods]
    assert refreshed.workplace.query(
        f"select count(distinct phase) from forecast.forecast_scores where method in {methods}"
        " and basis = 'backtest'"
    ) == [(9,)]


def test_each_seller_who_called_an_ended_period_is_scored_at_every_phase(refreshed):
    rows = refreshed.workplace.query(
        "select owner_id, count(*), max(n_periods), bool_and(wape >= abs(bias) - 0.000002)"
        " from forecast.forecast_call_scores group by owner_id"
    )
    assert len(rows) >= 10
    assert {phases for _, phases, _, _ in rows} == {9}
    assert max(periods for _, _, periods, _ in rows) >= 6
    assert all(is_bounded in {True, None} for *_, is_bounded in rows)
