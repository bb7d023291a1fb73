"""Amounts in the reporting currency, assumed amounts, segments and owners over time."""

import pytest

from tests.dbt.core_queries import deals, versions
from tests.dbt.literal_rows import changes, deal, row


@pytest.mark.lake(deal("dollars", currency="USD"))
def test_an_open_deal_is_cut_where_the_exchange_rate_changes(core):
    assert versions(core, "dollars", "valid_from::text, valid_to::text, amount, original_amount") == [
        ("2026-01-05", "2026-02-10", 900, 1000),
        ("2026-02-10", None, 800, 1000),
    ]
    assert deals(core, "dollars", "amount, original_currency") == (800, "USD")


@pytest.mark.lake(
    deal("dollarswon", currency="USD", stage="Won", close_date="2026-02-05"),
    changes("dollarswon", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-02-05 09:00", "Won")),
)
def test_a_closed_deal_keeps_the_rate_of_its_booking_date(core):
    assert versions(core, "dollarswon", "valid_from::text, is_open, amount") == [
        ("2026-01-05", True, 900),
        ("2026-02-05", False, 900),
    ]


@pytest.mark.lake(
    deal("zloty", currency="PLN"),
    deal("nocurrency", currency=None),
    deal("oldrate", currency="USD", created_at="2024-12-01 09:00", stage="Lost", close_date="2024-12-10"),
)
def test_an_amount_without_a_rate_is_flagged_and_not_priced(core):
    for deal_id in ("zloty", "nocurrency", "oldrate"):
        assert deals(
            core, deal_id, "amount, priced_amount, is_rate_missing, is_amount_assumed, original_amount"
        ) == (
            None,
            None,
            True,
            False,
            1000,
        )


@pytest.mark.lake(
    deal("west1", stage="Won", close_date="2026-02-01", amount="100.00"),
    row("deal_dimensions", deal_id="west1", dimension="region", value="West"),
    deal("east1", stage="Won", close_date="2026-02-01", amount="500.00"),
    deal("west2", amount=None),
    row("deal_dimensions", deal_id="west2", dimension="region", value="West"),
)
def test_an_open_deal_without_amount_gets_the_shrunken_mean_of_its_segments_won_deals(core):
    won, mean = core(
        "select count(*), avg(amount) from core.fct_deals where is_won and amount is not null"
        " and not is_deleted and not is_merged"
    )[0]
    assert won >= 2
    amount, priced, is_assumed = deals(core, "west2", "amount, priced_amount, is_amount_assumed")
    assert (amount, is_assumed) == (None, True)
    assert float(priced) == pytest.approx((100 + 5 * mean) / 6, abs=0.01)


@pytest.mark.lake(
    deal("handed", owner_id="ben"),
    changes("handed", "owner_id", ("2026-01-05 09:00", "anna", None), ("2026-02-01 09:00", "ben", "anna")),
    row("deal_dimensions", deal_id="handed", dimension="region", value="East", extract_date="2026-01-31"),
    row("deal_dimensions", deal_id="handed", dimension="region", is_tombstone=True),
)
def test_segments_follow_owner_and_team_and_an_emptied_dimension_is_none(core):
    assert core(
        "select segment_name, segment_value, valid_from::text, valid_to::text from core.fct_deal_segments"
        " where deal_id = 'handed' order by segment_name, valid_from"
    ) == [
        ("all", "all", "2026-01-05", None),
        ("deal_type", "(none)", "2026-01-05", None),
        ("owner", "anna", "2026-01-05", "2026-02-01"),
        ("owner", "ben", "2026-02-01", None),
        ("pipeline", "sales", "2026-01-05", None),
        ("region", "(none)", "2026-01-05", None),
        ("team", "North", "2026-01-05", "2026-02-01"),
        ("team", "South", "2026-02-01", None),
    ]
    assert core("select segment_key from intermediate.int_deals_segmented where deal_id = 'west1'") == [
        ("West",)
    ]


@pytest.mark.lake(deal("stranger", owner_id="nobody"))
def test_an_owner_whom_only_deals_name_is_an_owner(core):
    assert core("select owner_name, is_current from core.dim_owners where owner_id = 'nobody'") == [
        (None, True)
    ]


@pytest.mark.lake(
    row(
        "leads",
        lead_id="lead1",
        created_at="2026-01-02 09:00",
        converted_at="2026-03-05 09:00",
        deal_id="later",
    ),
    row("leads", lead_id="lead2", created_at="2026-01-02 09:00"),
    row("leads", lead_id="lead3", created_at="2026-03-02 09:00"),
    deal("fromlead", lead_id="lead2"),
)
def test_leads_are_known_up_to_the_as_of_date_and_linked_from_either_side(core):
    assert core(
        "select lead_id, is_converted, deal_id, converted_date::text from core.fct_leads order by 1"
    ) == [
        ("lead1", False, None, None),
        ("lead2", True, "fromlead", "2026-01-05"),
    ]


@pytest.mark.lake(deal("linked"))
def test_every_deal_links_to_the_crm(core):
    assert deals(core, "linked", "deal_url") == ("https://crm.example/linked",)


@pytest.mark.lake(
    row("owners", owner_id="always", valid_from=None, owner_name="Ada", team="West"),
    deal("alwayspriced", currency="GBP", owner_id="always", created_at="2024-01-05 09:00"),
    row("exchange_rates", currency="GBP", valid_from=None, rate_to_reporting=1.2),
)
def test_rates_and_owners_without_a_day_hold_always(core):
    assert deals(core, "alwayspriced", "amount") == (1200,)
    assert core("select team, is_current from core.dim_owners where owner_id = 'always'") == [("West", True)]
