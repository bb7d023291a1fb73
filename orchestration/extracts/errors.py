"""The one error of landing, and lists in its messages."""

from collections.abc import Iterable


class ExtractError(ValueError):
    """An extract or mapping that cannot be used: names file, column, value and what is accepted."""


def listed(words: Iterable[object], limit: int = 30) -> str:
    """Words in one line, the first `limit` of them."""
    texts = [str(word) for word in words]
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return (", ".join(texts[:limit]) or "nothing") + more
