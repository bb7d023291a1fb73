"""The canonical schema: every entity, its key columns and the type of each column."""

from dataclasses import dataclass
from typing import Final

import polars as pl

Dtype = pl.DataType | type[pl.DataType]

TEXT: Final = pl.String
MOMENT: Final = pl.Datetime("us")  # UTC, without a zone
DAY: Final = pl.Date
MONEY: Final = pl.Decimal(18, 2)
NUMBER: Final = pl.Float64
COUNT: Final = pl.Int64
FLAG: Final = pl.Boolean


@dataclass(frozen=True)
class Entity:
    """One kind of thing a CRM holds.

    `key` names the columns that identify a row. Rows of an event (`is_event`) are never taken
    back: a CRM that purges old history does not make it untrue.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, Dtype]
    is_event: bool = False


LAKE_COLUMNS: Final[dict[str, Dtype]] = {
    "source_name": TEXT,
    "extract_date": DAY,
    "is_tombstone": FLAG,
    "source_row": COUNT,  # order of the row in its files: orders changes of one moment
}

ENTITIES: Final[dict[str, Entity]] = {
    entity.name: entity
    for entity in (
        Entity(
            "deals",
            ("deal_id",),
            {
                "deal_id": TEXT,
                "source_deal_id": TEXT,
                "deal_name": TEXT,
                "account_id": TEXT,
                "owner_id": TEXT,
                "pipeline": TEXT,
                "stage": TEXT,
                "amount": MONEY,
                "currency": TEXT,
                "created_at": MOMENT,
                "close_date": DAY,
                "closed_at": MOMENT,
                "is_closed": FLAG,
                "is_won": FLAG,
                "deal_type": TEXT,
                "lead_id": TEXT,
                "lead_source": TEXT,
                "campaign_id": TEXT,
                "forecast_category": TEXT,
                "next_step": TEXT,
                "loss_reason": TEXT,
                "modified_at": MOMENT,
                "is_deleted": FLAG,
                "deleted_at": MOMENT,
                "merged_into_deal_id": TEXT,
                "merged_at": MOMENT,
            },
        ),
        Entity(
            "deal_dimensions",
            ("deal_id", "dimension"),
            {"deal_id": TEXT, "dimension": TEXT, "value": TEXT},
        ),
        Entity(
            "deal_changes",
            ("deal_id", "field", "changed_at", "new_value"),
            {
                "deal_id": TEXT,
                "field": TEXT,
                "changed_at": MOMENT,
                "new_value": TEXT,
                "old_value": TEXT,
                "changed_by": TEXT,
            },
            is_event=True,
        ),
        Entity(
            "stages",
            ("pipeline", "stage"),
            {
                "pipeline": TEXT,
                "stage": TEXT,
                "stage_order": COUNT,
                "process_step": TEXT,
                "probability": NUMBER,
                "is_closed": FLAG,
                "is_won": FLAG,
                "forecast_category": TEXT,
            },
        ),
        Entity(
            "owners",
            ("owner_id", "valid_from"),
            {
                "owner_id": TEXT,
                "valid_from": DAY,
                "owner_name": TEXT,
                "email": TEXT,
                "manager_id": TEXT,
                "team": TEXT,
                "is_active": FLAG,
            },
        ),
        Entity(
            "accounts",
            ("account_id",),
            {
                "account_id": TEXT,
                "account_name": TEXT,
                "industry": TEXT,
                "country": TEXT,
                "parent_account_id": TEXT,
                "created_at": MOMENT,
            },
        ),
        Entity(
            "leads",
            ("lead_id",),
            {
                "lead_id": TEXT,
                "created_at": MOMENT,
                "source": TEXT,
                "campaign_id": TEXT,
                "owner_id": TEXT,
                "status": TEXT,
                "qualified_at": MOMENT,
                "converted_at": MOMENT,
                "account_id": TEXT,
                "deal_id": TEXT,
            },
        ),
        Entity(
            "activities",
            ("activity_id",),
            {
                "activity_id": TEXT,
                "deal_id": TEXT,
                "lead_id": TEXT,
                "account_id": TEXT,
                "contact_id": TEXT,
                "owner_id": TEXT,
                "kind": TEXT,
                "direction": TEXT,
                "occurred_at": MOMENT,
            },
            is_event=True,
        ),
        Entity(
            "deal_contacts",
            ("deal_id", "contact_id"),
            {"deal_id": TEXT, "contact_id": TEXT, "role": TEXT},
        ),
        Entity(
            "deal_splits",
            ("deal_id", "owner_id"),
            {"deal_id": TEXT, "owner_id": TEXT, "share": NUMBER},
        ),
        Entity(
            "deal_products",
            ("deal_id", "line_id"),
            {
                "deal_id": TEXT,
                "line_id": TEXT,
                "product": TEXT,
                "family": TEXT,
                "quantity": NUMBER,
                "amount": MONEY,
                "currency": TEXT,
            },
        ),
        Entity(
            "campaigns",
            ("campaign_id",),
            {
                "campaign_id": TEXT,
                "campaign_name": TEXT,
                "started_at": MOMENT,
                "cost": MONEY,
                "currency": TEXT,
            },
        ),
        Entity(
            "campaign_members",
            ("campaign_id", "lead_id", "contact_id"),
            {
                "campaign_id": TEXT,
                "lead_id": TEXT,
                "contact_id": TEXT,
                "status": TEXT,
                "responded_at": MOMENT,
            },
        ),
        Entity(
            "quotas",
            ("owner_id", "team", "period_start", "deal_type", "valid_from"),
            {
                "owner_id": TEXT,
                "team": TEXT,
                "period_start": DAY,
                "deal_type": TEXT,
                "valid_from": DAY,
                "period_end": DAY,
                "amount": MONEY,
                "currency": TEXT,
            },
        ),
        Entity(
            "exchange_rates",
            ("currency", "valid_from"),
            {"currency": TEXT, "valid_from": DAY, "rate_to_reporting": NUMBER},
        ),
        Entity(
            "forecast_calls",
            ("owner_id", "submitted_at", "fiscal_period", "category"),
            {
                "owner_id": TEXT,
                "submitted_at": MOMENT,
                "fiscal_period": TEXT,
                "category": TEXT,
                "amount": MONEY,
                "currency": TEXT,
            },
            is_event=True,
        ),
    )
}
