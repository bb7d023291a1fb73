"""What names of columns and words of stages say, in several languages."""

import pytest

from orchestration.inspection.names import fitness, words
from orchestration.inspection.stage_words import in_order, stage_guess


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("CloseDate", ["close", "date"]),
        ("close_date", ["close", "date"]),
        ("Deal - Won time", ["deal", "won", "time"]),
        ("Verkäufer", ["verkaeufer"]),
        ("Fecha de creación", ["fecha", "de", "creacion"]),
        ("金額", []),
    ],
)
def test_spellings_of_a_name_have_the_same_words(name, spoken):
    assert words(name) == spoken


def test_a_name_fits_best_what_it_says_exactly_and_less_what_it_contains():
    phrases = ["amount", "value"]
    fits = [fitness(name, phrases) for name in ("Amount", "Value", "Deal - Value", "Owner")]
    assert fits[0] == 1 > fits[1] > fits[2] > 0.45 > fits[3] == 0
    assert fitness("property_createdate", ["create date"]) > 0.45


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        ("Closed Won", "customer"), ("closedwon", "customer"), ("Gewonnen", "customer"),
        ("Ganado", "customer"),
        ("Gagnée", "customer"), ("Closed Lost", "lost"), ("Verloren", "lost"), ("Perdido", "lost"),
        ("Perdue", "lost"), ("Disqualified", "lost"), ("Prospecting", "qualified"),
        ("Qualification", "qualified"),
        ("Demo scheduled", "meeting"), ("Proposal/Price Quote", "proposal"), ("Angebot", "proposal"),
        ("Negotiation/Review", "negotiation"), ("Verhandlung", "negotiation"), ("Handover", None),
    ],
)  # fmt: skip
def test_a_stages_words_say_its_step(stage, step):
    assert stage_guess(stage).step == step


def test_stages_stand_in_the_order_of_a_usual_process_and_unknown_ones_in_its_midst():
    named = ["Lost", "Won", "Negotiation", "Handover", "Proposal", "Demo", "Qualified", "New"]
    assert [guess.stage for guess in in_order(named)] == [
        "New", "Qualified", "Demo", "Handover", "Proposal", "Negotiation", "Won", "Lost",
    ]  # fmt: skip
