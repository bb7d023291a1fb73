"""How much of a value people are shown: in messages, in the log and in the quarantine."""

import os
from functools import cache
from typing import Final

VARIABLE: Final = "FUNNELCAST_SHOWN_LENGTH"
DEFAULT: Final = 80
SHORTEST: Final = 8  # what is cut short ends in three dots, and has to show something before them


@cache
def shown_length() -> int:
    """How many characters of a value are shown: as FUNNELCAST_SHOWN_LENGTH says, or 80.

    Raises:
        ValueError: the variable holds no such number.
    """
    written = os.environ.get(VARIABLE, "")
    if not written:
        return DEFAULT
    if not written.isdecimal() or int(written) < SHORTEST:
        raise ValueError(f"{VARIABLE}={written[:DEFAULT]}: a whole number from {SHORTEST} on is accepted")
    return int(written)


def shortened(value: object) -> str:
    """The value as text of at most the shown length."""
    text, length = str(value), shown_length()
    return text if len(text) <= length else text[: length - 3] + "..."
