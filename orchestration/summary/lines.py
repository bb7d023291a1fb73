"""A line of the screen: a head, and text beside it."""

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

WIDTH: Final = 12  # of the head
LENGTH: Final = 118


def line(head: str, text: str) -> str:
    """One line."""
    return f"{head:<{WIDTH}}{text}".rstrip()


def wrapped(text: str, indent: str = "") -> Iterator[str]:
    """Text without a head, over as many lines as it needs."""
    for part in textwrap.wrap(text, LENGTH - WIDTH, subsequent_indent=indent):
        yield line("", part)


def amount(name: str, value: Decimal | None, note: str = "") -> str:
    """A named sum of money."""
    shown = f"{value:,.0f}" if value is not None else "unknown"
    return line("", f"{name:<16}{shown:>16}  {note}")


def count(number: int, noun: str) -> str:
    """So many of something."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def number(value: Any) -> str:
    """A figure of a table; a dash where nothing is known."""
    return "-" if value is None else f"{value:,.0f}"
