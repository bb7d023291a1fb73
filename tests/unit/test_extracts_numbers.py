"""Amounts in the styles of many countries and of accountants; what is no number is never guessed at."""

from decimal import Decimal

import pytest

from tests.unit.extract_folders import FIRST, Workplace
from tests.unit.test_extracts_values import amounts, deals_of


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1\u2019234.50", "1234.50"),
        ("1'234.-", "1234.00"),
        ("12,34,567.50", "1234567.50"),
        ("$1,234.50", "1234.50"),
        ("US$1,234.50", "1234.50"),
        ("R$ 1.234,50", "1234.50"),
        ("€ 1.234,50", "1234.50"),
        ("1.234,50 €", "1234.50"),
        ("EUR 1,234.50", "1234.50"),
        ("EUR1,234.50", "1234.50"),
        ("1.234,50 EUR", "1234.50"),
        ("1234.50USD", "1234.50"),
        ("Rs. 1,23,456.00", "123456.00"),
        ("₹1,23,456.00", "123456.00"),
        ("1 234,50 kr", "1234.50"),
        ("1 234,50 zł", "1234.50"),
        ("Fr. 1'234.50", "1234.50"),
        ("(1,234.50)", "-1234.50"),
        ("($1,234.50)", "-1234.50"),
        ("1.234,50-", "-1234.50"),
        ("-$1,234.50", "-1234.50"),
        ("$-1,234.50", "-1234.50"),
        ("€ -1.234,50", "-1234.50"),
        ("\u22121,234.50", "-1234.50"),
        ("1e5", "100000.00"),
        ("1.5E3", "1500.00"),
        ("+7", "7.00"),
        (".5", "0.50"),
    ],
)
def test_amounts_in_any_style_are_that_amount(workplace, text, amount):
    assert amounts(workplace, text) == [Decimal(amount)]


@pytest.mark.parametrize(
    "text",
    [
        "\uff11\uff12\uff13",
        "12 %",
        "1.2.3",
        "1,2,3",
        "12k",
        "1.5M",
        "--5",
        "EUR",
        "#DIV/0!",
        "1/2",
        "nan",
        "0x10",
        "(5",
        "5 6",
    ],
)
def test_what_is_no_amount_is_quarantined(workplace, text):
    assert deals_of(workplace, "amount", "7.50", text) == [Decimal("7.50")]
    assert workplace.quarantine("column", "value") == [("amount", text)]


@pytest.mark.parametrize(
    ("text", "scale", "share"),
    [
        ("35%", None, 0.35),
        ("35 %", None, 0.35),
        ("12,5 %", None, 0.125),
        ("0.35", None, 0.35),
        ("35", 0.01, 0.35),
        ("35%", 0.01, 0.35),
    ],
)
def test_a_percent_sign_and_a_scale_say_the_same_once(workplace, text, scale, share):
    probability = {"from": "p", "scale": scale} if scale else "p"
    stage = {"pipeline": "=Sales", "stage": "s", "probability": probability}
    workplace.map(
        tables={
            "deals": {"files": "deals", "lands": [{"entity": "deals", "columns": {"deal_id": "id"}}]},
            "stages": {"files": "stages", "lands": [{"entity": "stages", "columns": stage}]},
        }
    )
    workplace.write(FIRST, {"deals.csv": "id\nD1\n", "stages.csv": f's,p\nNew,"{text}"\n'})
    workplace.land()
    assert workplace.rows("stages", "probability") == [(share,)]
