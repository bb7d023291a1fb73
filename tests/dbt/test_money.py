"""Rates that are missing, product lines against their deal, and segments of the deal type."""

import pytest

from tests.dbt.core_queries import deals
from tests.dbt.literal_rows import NEWEST, changes, deal, row

LINES = "line_id, family, quantity, amount, original_amount, original_currency, is_rate_missing"
TOTALS = "line_count, lines_amount, original_amount, lines_original_amount, amount_difference"


def lines(core, deal_id):
    return core(f"select {LINES} from core.fct_deal_products where deal_id = '{deal_id}' order by line_id")


def totals(core, deal_id):
    [found] = core(f"select {TOTALS} from core.fct_deal_product_totals where deal_id = '{deal_id}'")
    return found


def missing(core, currency):
    return core(
        "select first_day::text, last_day::text, deals_ever, deals_now, original_amount_now"
        f" from quality.missing_exchange_rates where currency = '{currency}'"
    )


def line(deal_id, line_id, amount, **values):
    return row("deal_products", deal_id=deal_id, line_id=line_id, amount=amount, **values)


@pytest.mark.lake(
    deal("mo_open", currency="HUF"),
    deal("mo_won", currency="HUF", stage="Won", close_date="2026-02-05", amount="500.00"),
    changes("mo_won", "stage", ("2026-02-01 09:00", "Qualify"), ("2026-02-05 09:00", "Won")),
    deal("mo_without", currency="HUF", amount=None),
)
def test_a_currency_without_any_rate_is_listed_with_its_days_deals_and_money(core):
    assert missing(core, "HUF") == [("2026-01-05", "2026-02-28", 2, 2, 1500)]


@pytest.mark.lake(
    deal("mo_later", currency="CZK"),
    row("exchange_rates", currency="CZK", valid_from="2026-02-10", rate_to_reporting=0.04),
)
def test_days_before_a_currencys_first_rate_are_listed_though_the_deal_has_a_price_now(core):
    assert missing(core, "CZK") == [("2026-01-05", "2026-02-09", 1, 0, 0)]
    assert deals(core, "mo_later", "amount, is_rate_missing") == (40, False)


@pytest.mark.lake(deal("mo_gone", currency="ISK", is_deleted=True, deleted_at="2026-02-10 09:00"))
def test_a_deleted_deal_lacks_a_rate_up_to_its_last_day_only(core):
    assert missing(core, "ISK") == [("2026-01-05", "2026-02-09", 1, 0, 0)]


@pytest.mark.lake(deal("mo_priced", currency="USD"))
def test_a_currency_that_always_has_a_rate_is_not_listed(core):
    assert missing(core, "EUR") == []


@pytest.mark.lake(
    deal("mo_lines", currency="USD", amount="100.00"),
    line("mo_lines", "1", "66.67", product="Suite", family="Licences", quantity=2.0),
    line("mo_lines", "2", "33.33", product="Help", family="Services", quantity=1.0, currency="USD"),
)
def test_lines_are_priced_like_their_deal_and_add_up_to_it(core):
    assert deals(core, "mo_lines", "amount") == (80,)
    assert [tuple(map(str, found)) for found in lines(core, "mo_lines")] == [
        ("1", "Licences", "2.0", "53.34", "66.67", "USD", "False"),
        ("2", "Services", "1.0", "26.66", "33.33", "USD", "False"),
    ]
    assert totals(core, "mo_lines") == (2, 80, 100, 100, 0)


@pytest.mark.lake(
    deal("mo_booked", currency="USD", amount="100.00", stage="Won", close_date="2026-02-05"),
    changes("mo_booked", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-02-05 09:00", "Won")),
    line("mo_booked", "1", "100.00"),
)
def test_the_lines_of_a_won_deal_keep_the_rate_of_its_booking_date(core):
    assert deals(core, "mo_booked", "amount") == (90,)
    assert [found[3] for found in lines(core, "mo_booked")] == [90]


@pytest.mark.lake(
    deal("mo_less", amount="100.00"),
    line("mo_less", "1", "60.00"),
    line("mo_less", "2", "39.50"),
    deal("mo_blank", amount=None),
    line("mo_blank", "1", "60.00"),
    deal("mo_mixed", amount="100.00"),
    line("mo_mixed", "1", "50.00"),
    line("mo_mixed", "2", "50.00", currency="USD"),
    deal("mo_bare", amount="100.00"),
    line("mo_bare", "1", "50.00"),
    line("mo_bare", "2", None),
)
def test_what_lines_leave_of_the_deals_amount_is_told_or_that_it_cannot_be(core):
    assert [float(value) for value in totals(core, "mo_less")] == [2, 99.5, 100, 99.5, 0.5]
    assert totals(core, "mo_blank") == (1, 60, None, 60, None)
    assert totals(core, "mo_mixed") == (2, 90, 100, None, None)
    assert totals(core, "mo_bare") == (2, 50, 100, None, None)


@pytest.mark.lake(
    deal("mo_relined", amount="100.00"),
    line("mo_relined", "1", "70.00", extract_date="2026-01-31"),
    line("mo_relined", "1", "100.00", extract_date="2026-02-28"),
    line("mo_relined", "2", "30.00", extract_date="2026-01-31"),
    line("mo_relined", "2", None, extract_date="2026-02-28", is_tombstone=True),
    line("mo_relined", "1", "500.00", extract_date=NEWEST),
    line("mo_unknown", "1", "500.00"),
    deal("mo_unlined", amount="100.00"),
)
def test_lines_are_those_of_the_newest_extract_that_was_known(core):
    assert [(found[0], found[4]) for found in lines(core, "mo_relined")] == [("1", 100)]
    assert core("select count(*) from core.fct_deal_products where deal_id = 'mo_unknown'") == [(0,)]
    assert core("select count(*) from core.fct_deal_product_totals where deal_id = 'mo_unlined'") == [(0,)]


@pytest.mark.lake(
    deal("mo_zloty", currency="HRK", amount="100.00"),
    line("mo_zloty", "1", "100.00"),
)
def test_a_line_without_a_rate_is_kept_flagged_and_reconciled_all_the_same(core):
    [found] = lines(core, "mo_zloty")
    assert (found[3], found[4], found[6]) == (None, 100, True)
    assert totals(core, "mo_zloty") == (1, None, 100, 100, 0)


@pytest.mark.lake(
    deal("mo_new", deal_type="new", pipeline="renewals", stage="Talk"),
    deal("mo_renewal", deal_type="renewal", pipeline="renewals", stage="Talk"),
    deal("mo_untyped", deal_type=None, pipeline="renewals", stage="Talk"),
)
def test_every_deal_counts_for_one_deal_type_also_where_it_has_none(core):
    assert core(
        "select deal_id, segment_value from core.fct_deal_segments where segment_name = 'deal_type'"
        " and deal_id in ('mo_new', 'mo_renewal', 'mo_untyped') order by deal_id"
    ) == [("mo_new", "new"), ("mo_renewal", "renewal"), ("mo_untyped", "(none)")]
    [(all_deals, by_type)] = core(
        "select count(*) filter (where segment_name = 'all'),"
        " count(*) filter (where segment_name = 'deal_type')"
        " from core.fct_deal_segments where valid_to is null"
    )
    assert all_deals == by_type


def test_what_amounts_mean_stands_beside_them(core):
    assert core("select company, reporting_currency, amount_meaning from core.dim_company") == [
        ("Acme", "EUR", "acv")
    ]
