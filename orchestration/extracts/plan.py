"""What to read from one file: its columns as cells, each text with the type it must have."""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Final

import polars as pl

from orchestration.extracts.dates import Zones
from orchestration.extracts.entities import ENTITIES, Dtype
from orchestration.extracts.mapping import (
    DateOrder,
    DecimalSign,
    TableMapping,
)
from orchestration.extracts.mapping_landings import Landing

OPTIONAL_KEYS: Final = {  # key columns that may be blank: they stand for "always", "any" or "none"
    "owners": ("valid_from",),
    "stages": ("pipeline",),
    "deal_changes": ("new_value",),
    "campaign_members": ("lead_id", "contact_id"),
    "quotas": ("owner_id", "team", "deal_type", "valid_from"),
    "exchange_rates": ("valid_from",),
    "forecast_calls": ("category",),
}
TYPED_FIELDS: Final = ("amount", "close_date")  # fields of changes whose values are no plain text
VALUE_COLUMNS: Final = ("new_value", "old_value")
LATEST: Final = "latest"  # cell that tells which of a key's rows is the newest


@dataclass(frozen=True)
class Context:
    """What a source and its company add to a mapping."""

    source_name: str
    time_zone: str
    reporting_currency: str
    id_prefix: str
    is_full: bool
    dimensions: Dictionary[str, str]


@dataclass(frozen=True)
class Cell:
    """One value of a row: the text that stands for it in the file, and its type.

    `label` names the file's column in messages. A row in which a required cell is blank cannot be landed;
    one in which a lenient cell cannot be read is landed all the same.
    """

    name: str
    label: str
    text: pl.Expr
    dtype: Dtype
    is_required: bool = False
    scale: float | None = None
    whole_day: bool = False
    only_if: str | None = None
    accepted: tuple[str, ...] = ()  # the only values of a text, where there are few
    inverse: bool = False
    is_lenient: bool = False


@dataclass(frozen=True)
class Variant:
    """What the rows of one column that fits a pattern of `each_column` have of their own."""

    number: int  # of the landing
    cells: Dictionary[str, str]  # names of cells by canonical column
    constants: Dictionary[str, str | None]


@dataclass(frozen=True)
class Plan:
    """Which columns of a file to read, and the cells made of them."""

    positions: tuple[int, ...]
    cells: tuple[Cell, ...]
    row_key: tuple[str, ...]  # names of the cells that tell an exact copy from a conflicting row
    variants: Dictionary[str, Variant]
    zones: Zones
    date_order: DateOrder | None
    decimal: DecimalSign | None


def cell_name(number: int, column: str) -> str:
    """The name of a cell of the table's landing `number`."""
    return f"{number}.{column}"


def required_columns(landing: Landing) -> list[str]:
    """Key columns without which a row cannot be landed."""
    optional = (*OPTIONAL_KEYS.get(landing.entity, ()), *landing.only_where_given)
    unpivoted = ("field",) if landing.unpivot or landing.unpivot_changes else ()
    return [name for name in ENTITIES[landing.entity].key if name not in (*optional, *unpivoted)]


def has_distinct_keys(rule: TableMapping) -> bool:
    """Whether no two rows of the table may make one row of its first landing: then that one's key tells."""
    first = rule.lands[0]
    return first.is_one_row_each and not (first.latest or rule.key)
