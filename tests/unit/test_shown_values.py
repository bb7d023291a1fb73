"""How much of a value people are shown."""

import pytest

from orchestration.shown_values import VARIABLE, shortened, shown_length


@pytest.fixture
def length(monkeypatch):
    def set_length(written):
        monkeypatch.setenv(VARIABLE, written)
        shown_length.cache_clear()

    yield set_length
    shown_length.cache_clear()


def test_80_characters_are_shown_unless_another_length_is_set(length):
    length("")
    assert shortened("x" * 80) == "x" * 80
    assert shortened("x" * 81) == "x" * 77 + "..."
    length("8")
    assert shortened("123456789") == "12345..."


@pytest.mark.parametrize("written", ["7", "-20", "ten", "20.5"])
def test_a_length_that_shows_nothing_is_refused(length, written):
    length(written)
    with pytest.raises(ValueError, match=f"{VARIABLE}={written}: a whole number from 8 on is accepted"):
        shown_length()
