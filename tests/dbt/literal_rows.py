"""Literal rows of the lake for tests of the core models: `deal`, `tombstone`, `changes`."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from orchestration.extracts.entities import ENTITIES, LAKE_COLUMNS

AS_OF = date(2026, 3, 1)
TIME_ZONE = "Europe/Berlin"
NEWEST = "2026-03-31"  # an extract taken after the as-of date: what it shows is rewound
# Every source is one CRM of its own kind; a scenario picks the one whose habits it needs.
SOURCES = {
    "crm": ["2026-01-31", "2026-02-14", "2026-02-28", NEWEST],
    "flags": ["2026-02-28"],  # no stage of its pipeline closes a deal, only is_closed and is_won do
    "late": ["2026-02-28"],  # amounts are filled in at the close, and nothing has a currency
    "w23": ["2026-02-28"],  # a real one, where its files are there
    "morning": ["2026-02-20", "2026-03-01"],  # taken at the start of the day
}

Row = dict[str, Any]


def deal(deal_id: str, **values: Any) -> Row:
    """One landed version of a deal; by default an open one in euros, in the extract of the last known day."""
    defaults = {
        "entity": "deals",
        "source_deal_id": deal_id,
        "deal_name": deal_id,
        "pipeline": "sales",
        "stage": "Qualify",
        "amount": "1000.00",
        "currency": "EUR",
        "created_at": "2026-01-05 09:00",
        "owner_id": "anna",
    }
    return {**defaults, "deal_id": deal_id, **values}


def tombstone(deal_id: str, extract_date: str) -> Row:
    """The deal is absent from a full extract."""
    return {"entity": "deals", "deal_id": deal_id, "extract_date": extract_date, "is_tombstone": True}


def changes(deal_id: str, field: str, *values: tuple[Any, ...], source_name: str = "crm") -> list[Row]:
    """Recorded changes of one field: (changed_at, new value) or (changed_at, new value, old value)."""
    return [
        {
            "entity": "deal_changes",
            "deal_id": deal_id,
            "field": field,
            "changed_at": changed_at,
            "new_value": new_value,
            "old_value": old[0] if old else None,
            "source_name": source_name,
        }
        for changed_at, new_value, *old in values
    ]


def row(entity: str, **values: Any) -> Row:
    """A row of any other entity."""
    return {"entity": entity, **values}


def lake_frame(entity: str, rows: list[Row]) -> pl.DataFrame:
    """The rows of one entity as landing would have typed them, in their order."""
    columns = {**ENTITIES[entity].columns, **LAKE_COLUMNS}
    filled = [
        {
            "source_name": "crm",
            "extract_date": "2026-02-28",
            "is_tombstone": False,
            "source_row": number,
            **given,
        }
        for number, given in enumerate(rows, start=1)
    ]
    return pl.DataFrame(
        {name: [_typed(given.get(name), dtype) for given in filled] for name, dtype in columns.items()},
        schema=columns,
    )


def _typed(value: Any, dtype: Any) -> Any:
    if not isinstance(value, str):
        return value
    if dtype == pl.Date:
        return date.fromisoformat(value)
    if isinstance(dtype, pl.Datetime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC).replace(tzinfo=None)
    if isinstance(dtype, pl.Decimal):
        return pl.Series([value]).str.to_decimal(scale=2).cast(dtype)[0]
    return value
