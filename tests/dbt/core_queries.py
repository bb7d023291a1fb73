"""What tests of the core models ask of one deal."""

from collections.abc import Callable
from typing import Any

Core = Callable[[str], list[tuple[Any, ...]]]


def deals(core: Core, deal_id: str, columns: str) -> tuple[Any, ...]:
    """Columns of the deal's one row."""
    (found,) = core(f"select {columns} from core.fct_deals where deal_id = '{deal_id}'")
    return found


def versions(core: Core, deal_id: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of its versions, in order."""
    return core(
        f"select {columns} from core.fct_deal_versions where deal_id = '{deal_id}' order by valid_from"
    )


def visits(core: Core, deal_id: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of its visits, in order."""
    return core(f"select {columns} from core.fct_deal_stages where deal_id = '{deal_id}' order by visit_no")
