"""Literal core tables for the tests of metrics: a few new deals, and a stage that loses its conversion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

AS_OF = date(2026, 4, 11)
COMPANY: dict[str, Any] = {
    "company": "Acme",
    "time_zone": "Europe/Berlin",
    "reporting_currency": "EUR",
    "segments": ["region"],
    "sources": [{"name": "crm", "path": "crm"}],
}
TEAMS = {"anna": "North", "ben": "South"}
ASSUMED = 150  # what a deal without an amount is taken to be worth
MONEY = pl.Decimal(18, 2)
TYPES = {
    "amount": MONEY, "original_amount": MONEY, "priced_amount": MONEY, "assumed_amount": MONEY,
    "lifetime_days": pl.Int32, "days_in_stage": pl.Int32, "stage_order": pl.Int64,
    "closed_date": pl.Date, "valid_to": pl.Date, "exited_date": pl.Date,
}  # fmt: skip
Visit = tuple[str, str, str | None, str]  # stage, entered, exited, exit kind


@dataclass(frozen=True)
class Deal:
    """One deal as the tests describe it; days are ISO texts."""

    deal_id: str
    created: str
    amount: int | None
    closed: str | None = None
    is_won: bool = False
    visits: Sequence[Visit] = ()
    amounts: Sequence[tuple[str, int]] = ()  # (from this day on, amount) where it changed
    regions: Sequence[tuple[str, str]] = ()  # (from this day on, region) where it changed
    segments: dict[str, str] = field(default_factory=dict)
    is_deleted: bool = False
    is_created_assumed: bool = False


NEW_DEALS = [
    Deal("won_in_30", "2026-01-05", 100, "2026-02-04", True),
    Deal("won_in_60", "2026-01-10", 301, "2026-03-11", True, regions=[("2026-03-11", "south")]),
    Deal("lost", "2026-01-20", 200, "2026-03-31"),
    Deal("unpriced", "2026-02-01", None, visits=[("Talk", "2026-02-01", None, "open")]),
    Deal(
        "deleted", "2026-02-01", 999, is_deleted=True,
        visits=[("Talk", "2026-02-01", "2026-03-01", "deleted")],
    ),
    Deal("won_unpriced", "2026-03-19", None, "2026-03-20", True, is_created_assumed=True),
    Deal("back_dated", "2026-04-02", 50, "2026-04-01", True),
    Deal(
        "grown", "2026-03-01", 500, visits=[("Talk", "2026-03-01", None, "open")],
        amounts=[("2026-03-01", 400), ("2026-04-05", 500)],
    ),
]  # fmt: skip


def expansion_deals() -> list[Deal]:
    """Ten of ten deals moved on from Demo in 2025, after 1 to 10 days; four of ten in 2026."""
    expansion = {"deal_type": "expansion", "region": "west"}
    deals = []
    for days in range(1, 11):
        moved = str(date(2025, 6, 1) + timedelta(days=days))
        demo: Visit = ("Demo", "2025-06-01", moved, "won")
        deals.append(Deal(f"won_{days}", "2025-06-01", 10, moved, True, [demo], segments=expansion))
    for number in range(1, 11):
        closed = None if number <= 4 else "2026-03-05"
        visits: list[Visit] = [("Demo", "2026-03-01", "2026-03-05", "lost" if closed else "advance")]
        if not closed:
            visits.append(("Offer", "2026-03-05", None, "open"))
        deals.append(Deal(f"left_{number}", "2026-03-01", 10, closed, visits=visits, segments=expansion))
    by_ben = {**expansion, "owner": "ben", "team": "South"}
    for entered, amount in [("2026-04-01", 200), ("2026-04-02", 100), ("2026-04-09", None)]:
        visits = [("Demo", entered, None, "open")]
        deals.append(Deal(f"open_since_{entered}", entered, amount, visits=visits, segments=by_ben))
    visits = [("Demo", "2026-02-01", "2026-03-01", "moved_pipeline"), ("Join", "2026-03-01", None, "open")]
    by_partner = {**expansion, "pipeline": "partner"}
    deals.append(Deal("moved", "2026-02-01", 10, visits=visits, segments=by_partner))
    return deals


def core_tables() -> dict[str, pl.DataFrame]:
    """Every table that metrics read, with the columns that they read of it."""
    deals = [*NEW_DEALS, *expansion_deals()]
    leads = [("l1", "2026-01-03", "anna"), ("l2", "2026-01-04", "ben"), ("l3", "2026-04-01", None)]
    stages = [("sales", "Talk", 1), ("sales", "Demo", 2), ("sales", "Offer", 3), ("partner", "Join", 1)]
    segment_names = ["all", "owner", "team", "pipeline", "deal_type", "region"]
    rows = {
        "core.fct_deals": [_deal_row(deal) for deal in deals],
        "core.fct_deal_versions": [row for deal in deals for row in _version_rows(deal)],
        "core.fct_deal_segments": [row for deal in deals for row in _segment_rows(deal)],
        "core.fct_deal_stages": [row for deal in deals for row in _visit_rows(deal)],
        "core.fct_leads": [
            {"lead_id": lead, "created_date": date.fromisoformat(created), "owner_id": owner}
            for lead, created, owner in leads
        ],
        "core.dim_owners": [
            {"owner_id": owner, "team": team, "is_current": True} for owner, team in TEAMS.items()
        ],
        "core.dim_stages": [
            {"pipeline": pipeline, "stage": stage, "stage_order": order, "process_step": "meeting"}
            for pipeline, stage, order in stages
        ],
        "raw.run_settings": [{"as_of_date": AS_OF}],
        "raw.segment_names": [{"segment_name": name} for name in segment_names],
    }
    return {name: _frame(given) for name, given in rows.items()}


def _deal_row(deal: Deal) -> dict[str, Any]:
    created, closed = date.fromisoformat(deal.created), _day(deal.closed)
    last_stage = deal.visits[-1][0] if deal.visits else None
    return {
        "deal_id": deal.deal_id,
        "pipeline": deal.segments.get("pipeline", "sales"),
        "stage": last_stage,
        "is_closed": closed is not None,
        "is_won": deal.is_won,
        "is_deleted": deal.is_deleted,
        "is_merged": False,
        "amount": _money(deal.amount),
        "priced_amount": _money(ASSUMED if deal.amount is None and closed is None else deal.amount),
        "is_amount_assumed": deal.amount is None and closed is None,
        "assumed_amount": _money(ASSUMED),
        "created_date": created,
        "is_created_assumed": deal.is_created_assumed,
        "closed_date": closed,
        "lifetime_days": (closed - created).days if closed and closed >= created else None,
    }


def _version_rows(deal: Deal) -> list[dict[str, Any]]:
    """The amounts of the deal while it was open, then its closed state."""
    starts = [*(deal.amounts or [(deal.created, deal.amount)])]
    ends = [*(day for day, _ in starts[1:]), deal.closed]
    rows = [(start, end, amount, True) for (start, amount), end in zip(starts, ends, strict=True)]
    if deal.closed:
        rows.append((deal.closed, None, deal.amount, False))
    return [
        {
            "deal_id": deal.deal_id,
            "valid_from": date.fromisoformat(start),
            "valid_to": _day(end),
            "is_open": is_open,
            "amount": _money(amount),
            "original_amount": _money(amount),
        }
        for start, end, amount, is_open in rows
        if end is None or end > start
    ]


def _segment_rows(deal: Deal) -> list[dict[str, Any]]:
    values = {
        "all": "all", "owner": "anna", "team": "North", "pipeline": "sales",
        "deal_type": "new", "region": "north", **deal.segments,
    }  # fmt: skip
    rows = []
    for name, value in values.items():
        history = [(deal.created, value), *(deal.regions if name == "region" else ())]
        ends = [*(day for day, _ in history[1:]), None]
        rows += [
            {
                "deal_id": deal.deal_id,
                "segment_name": name,
                "segment_value": then,
                "valid_from": date.fromisoformat(start),
                "valid_to": _day(end),
            }
            for (start, then), end in zip(history, ends, strict=True)
        ]
    return rows


def _visit_rows(deal: Deal) -> list[dict[str, Any]]:
    return [
        {
            "deal_id": deal.deal_id,
            "visit_no": number,
            "pipeline": "partner" if stage == "Join" else "sales",
            "stage": stage,
            "entered_date": date.fromisoformat(entered),
            "exited_date": _day(exited),
            "exit_kind": kind,
            "days_in_stage": ((_day(exited) or AS_OF) - date.fromisoformat(entered)).days,
            "is_entry_assumed": False,
        }
        for number, (stage, entered, exited, kind) in enumerate(deal.visits, start=1)
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _money(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).quantize(Decimal("0.01"))


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    overrides = {name: dtype for name, dtype in TYPES.items() if name in rows[0]}
    return pl.DataFrame(rows, schema_overrides=overrides, infer_schema_length=None)
