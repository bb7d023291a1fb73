"""The one error of landing, and how values of rows appear in messages."""

from collections.abc import Iterable
from typing import Final

SHOWN_LENGTH: Final = 80  # characters of a row's value that a message or the quarantine may hold


class ExtractError(ValueError):
    """An extract or mapping that cannot be used: names file, column, value and what is accepted."""


def shortened(value: object) -> str:
    """The value as text of at most 80 characters."""
    text = str(value)
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 3] + "..."


def listed(words: Iterable[object], limit: int = 30) -> str:
    """Words in one line, the first `limit` of them."""
    texts = [str(word) for word in words]
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return (", ".join(texts[:limit]) or "nothing") + more
