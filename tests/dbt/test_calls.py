"""What people call: every call kept, in the company's days and money, and who is not known flagged."""

import pytest

from tests.dbt.literal_rows import row


def call(owner_id, submitted_at, amount, category="Commit", **values):
    given = {"fiscal_period": "FY2026-Q1", "currency": "EUR", **values}
    return row(
        "forecast_calls",
        owner_id=owner_id,
        submitted_at=submitted_at,
        amount=amount,
        category=category,
        **given,
    )


def calls(core, owner, columns):
    return core(
        f"select {columns} from core.fct_forecast_calls where owner_id = '{owner}' order by submitted_at"
    )


def called_on(core, owner, day):
    """What the person stood for at the end of a day."""
    return core(
        f"select category, amount from core.fct_forecast_calls where owner_id = '{owner}' and is_commit"
        f" and valid_from <= date '{day}' and (valid_to > date '{day}' or valid_to is null)"
    )


@pytest.mark.lake(
    call("ca_often", "2026-01-10 09:00", "100.00"),
    call("ca_often", "2026-01-20 08:00", "110.00"),
    call("ca_often", "2026-01-20 17:00", "120.00"),
    call("ca_often", "2026-01-20 18:00", "300.00", "best case"),
    call("ca_often", "2026-02-03 09:00", None),
)
def test_what_was_called_on_a_day_is_the_newest_call_by_its_end_and_all_are_kept(core):
    columns = "category, valid_from::text, valid_to::text, is_last_of_day, is_commit, amount"
    assert calls(core, "ca_often", columns) == [
        ("commit", "2026-01-10", "2026-01-20", True, True, 100),
        ("commit", "2026-01-20", "2026-01-20", False, True, 110),
        ("commit", "2026-01-20", "2026-02-03", True, True, 120),
        ("best case", "2026-01-20", None, True, False, 300),
        ("commit", "2026-02-03", None, True, True, None),
    ]
    assert called_on(core, "ca_often", "2026-01-09") == []
    assert called_on(core, "ca_often", "2026-01-19") == [("commit", 100)]
    assert called_on(core, "ca_often", "2026-01-20") == [("commit", 120)]
    assert called_on(core, "ca_often", "2026-02-03") == [("commit", None)]


@pytest.mark.lake(
    call("ca_late", "2026-02-09 23:30", "100.00", currency="USD"),
    call("ca_late", "2026-02-09 22:30", "100.00", currency="USD"),
    call("ca_late", "2026-02-28 22:59", "7.00", currency="XXX"),
    call("ca_late", "2026-02-28 23:00", "9.00"),
)
def test_a_call_is_priced_on_the_companys_day_and_known_only_before_the_as_of_date(core):
    """23:30 UTC is the next day in Berlin, from which a dollar costs 0.8; the as-of date is 1 March."""
    columns = "submitted_date::text, amount, original_amount, original_currency, is_rate_missing"
    assert calls(core, "ca_late", columns) == [
        ("2026-02-09", 90, 100, "USD", False),
        ("2026-02-10", 80, 100, "USD", False),
        ("2026-02-28", None, 7, "XXX", True),
    ]


@pytest.mark.lake(
    call("anna", "2026-01-10 09:00", "1.00", None),
    call("ca_stranger", "2026-01-10 09:00", "1.00", fiscal_period="fy2026-q1"),
    call("ca_months", "2026-01-10 09:00", "1.00", fiscal_period="FY2026-M01"),
)
def test_calls_of_unknown_people_and_periods_are_kept_and_flagged(core):
    columns = "fiscal_period, period_start::text, is_commit, is_owner_known, is_period_known"
    assert calls(core, "anna", columns) == [("FY2026-Q1", "2026-01-01", True, True, True)]
    assert calls(core, "ca_stranger", columns) == [("FY2026-Q1", "2026-01-01", True, False, True)]
    assert calls(core, "ca_months", columns) == [("FY2026-M01", None, True, False, False)]


@pytest.mark.lake(
    call("ca_fixed", "2026-01-10 09:00", "100.00", extract_date="2026-01-31"),
    call("ca_fixed", "2026-01-10 09:00", "101.00", extract_date="2026-02-28"),
    call("ca_fixed", "2026-01-10 09:00", "102.00", extract_date="2026-03-31"),
)
def test_a_corrected_call_is_what_the_newest_known_extract_says(core):
    assert calls(core, "ca_fixed", "amount") == [(101,)]
