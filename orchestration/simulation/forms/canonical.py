"""The canonical form: every table as it is, in a file of its name."""

from typing import Final

from orchestration.simulation.forms import Files, Tables

DIMENSIONS: Final = {"region": "region"}


def translated(tables: Tables) -> Tables:
    """The tables, whose ids are canonical."""
    return tables


def carried(tables: Tables) -> Tables:
    """The tables: all of them can be held."""
    return tables


def files(tables: Tables) -> Files:
    """A CSV per table."""
    return {f"{name}.csv": frame for name, frame in tables.items()}
