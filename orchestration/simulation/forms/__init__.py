"""The simulated company as each CRM exports it: one module per form, called as the CRM is in company files.

A form is a module with three pure functions of the canonical tables of one day:

    translated(tables)  the same tables, with ids as the CRM writes them
    carried(tables)     of translated tables what the CRM's export can hold, as canonical tables
    files(tables)       translated tables as the CRM's files: a frame becomes a CSV, text is written as it is

and `DIMENSIONS`, the company file's names for the extra deal columns. Landing `files(tables)` with the CRM's
mapping gives what landing `carried(tables)` as canonical files gives.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

import polars as pl

Tables = Mapping[str, pl.DataFrame]
Files = Mapping[str, pl.DataFrame | str]


class Form(Protocol):
    """What each module of a form offers."""

    DIMENSIONS: Mapping[str, str]

    def translated(self, tables: Tables) -> Tables:
        """The tables with ids as the CRM writes them."""

    def carried(self, tables: Tables) -> Tables:
        """What the CRM's export can hold of translated tables."""

    def files(self, tables: Tables) -> Files:
        """Translated tables as the CRM exports them, by file name."""


def form_names() -> list[str]:
    """The forms that there are, in the order of the alphabet."""
    return sorted(module.name for module in iter_modules(__path__))


def form_named(name: str) -> Form:
    """The form of this name; only its module is imported."""
    return cast(Form, import_module(f"{__name__}.{name}"))
