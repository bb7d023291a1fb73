"""Salesforce files beside the deals and their history: currencies, companions in canonical form, copies."""

import pytest

from tests.unit.extract_folders import FIRST, Workplace

OPPORTUNITY = "Id,Name,StageName,CloseDate,CurrencyIsoCode\n006A,Deal,Prospecting,2026-05-01,USD\n"
CURRENCIES = (
    '"Id","IsoCode","ConversionRate","DecimalPlaces","IsActive","IsCorporate"\n'
    '"01L1","USD","1.0","2","1","1"\n"01L2","EUR","0.8","2","1","0"\n"01L3","GBP","0.5","2","1","0"\n'
)


@pytest.fixture
def salesforce(tmp_path):
    return Workplace(tmp_path, crm="salesforce")


def test_conversion_rates_to_the_corporate_currency_become_rates_to_the_reporting_one(salesforce):
    salesforce.write(FIRST, {"Opportunity.csv": OPPORTUNITY, "CurrencyType.csv": CURRENCIES})
    salesforce.land()
    rates = dict(salesforce.rows("exchange_rates", "currency", "rate_to_reporting"))
    assert rates == pytest.approx({"USD": 0.8, "EUR": 1.0, "GBP": 1.6})


def test_rates_are_unknown_where_the_reporting_currency_is_not_among_them(salesforce):
    without_euro = "".join(line for line in CURRENCIES.splitlines(keepends=True) if "EUR" not in line)
    salesforce.write(FIRST, {"Opportunity.csv": OPPORTUNITY, "CurrencyType.csv": without_euro})
    salesforce.land()
    assert salesforce.rows("exchange_rates", "currency", "rate_to_reporting") == [
        ("USD", None),
        ("GBP", None),
    ]


DATED = "Id,IsoCode,StartDate,NextStartDate,ConversionRate\n"


def rates(salesforce):
    return {
        (currency, str(day)): rate and round(rate, 4)
        for currency, day, rate in salesforce.rows(
            "exchange_rates", "currency", "valid_from", "rate_to_reporting"
        )
    }


def test_dated_conversion_rates_count_from_their_day_and_before_those_of_today(salesforce):
    dated = DATED + "1,USD,2026-01-01,2026-02-01,1\n2,EUR,2026-01-01,2026-02-01,0.5\n3,EUR,2026-02-01,,0.8\n"
    salesforce.write(
        FIRST,
        {"Opportunity.csv": OPPORTUNITY, "CurrencyType.csv": CURRENCIES, "DatedConversionRate.csv": dated},
    )
    salesforce.land()
    assert rates(salesforce) == {
        ("USD", "2026-01-01"): 0.5,
        ("USD", "2026-02-01"): 0.8,  # by the euro's rate alone
        ("EUR", "2026-01-01"): 1.0,
        ("EUR", "2026-02-01"): 1.0,
        ("GBP", "1970-01-01"): None,  # before the euro has a rate
        ("GBP", "2026-01-01"): 1.0,
        ("GBP", "2026-02-01"): 1.6,
    }
    assert salesforce.account("DatedConversionRate.csv") == (3, 3, 0, 0, 0)


def test_dated_rates_may_leave_the_reporting_currency_to_the_other_file(tmp_path):
    salesforce = Workplace(tmp_path, crm="salesforce")
    currencies = "IsoCode,ConversionRate,IsCorporate\nEUR,1,1\nUSD,1.25,0\n"
    dated = DATED + "1,USD,2026-01-01,2026-02-01,2\n2,USD,2026-02-01,,1.25\n"
    salesforce.write(
        FIRST,
        {"Opportunity.csv": OPPORTUNITY, "CurrencyType.csv": currencies, "DatedConversionRate.csv": dated},
    )
    salesforce.land()
    assert rates(salesforce) == {
        ("EUR", "1970-01-01"): 1.0, ("USD", "2026-01-01"): 0.5, ("USD", "2026-02-01"): 0.8,
    }  # fmt: skip


def test_what_salesforce_does_not_export_may_lie_beside_it_in_canonical_form(salesforce):
    salesforce.write(
        FIRST,
        {
            "Opportunity.csv": OPPORTUNITY,
            "exchange_rates.csv": "currency,valid_from,rate_to_reporting\nUSD,2026-01-01,0.9\n",
            "stages.csv": "stage,stage_order,process_step\nProspecting,1,lead\n",
        },
    )
    salesforce.land()
    assert salesforce.rows("exchange_rates", "currency", "rate_to_reporting") == [("USD", 0.9)]
    assert salesforce.rows("stages", "stage", "process_step") == [("Prospecting", "lead")]


def test_a_history_of_accounts_is_not_taken_for_accounts(salesforce):
    columns = "Id,Name,Industry"
    salesforce.write(
        FIRST,
        {
            "opportunity.csv": OPPORTUNITY,
            "account.csv": f"{columns}\n001A,Acme,Foods\n",
            "account_history.csv": f"{columns},_fivetran_start\n001A,Acme,Media,2025-01-01 00:00:00\n",
        },
    )
    salesforce.land()
    assert salesforce.rows("accounts", "account_id", "industry") == [("001A", "Foods")]
    assert salesforce.account("account.csv") == (1, 1, 0, 0, 0)
