"""Tables shaped as core's, from a few literal deals, and the forecast's SQL run on them without dbt."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import duckdb
import jinja2
import polars as pl

from orchestration.company import Company
from orchestration.fiscal import calendar_days
from orchestration.forecast import AGGREGATES, PAST_DAYS, PAST_OPEN_DEALS

MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "forecast"
MONEY = pl.Decimal(18, 2)
STAGES = ("Qualified", "Proposal", "Negotiation")
CLOSED = {"Won": True, "Lost": False}
PROBABILITY = {"Qualified": 0.1, "Proposal": 0.4, "Negotiation": 0.7}


@dataclass(frozen=True)
class Deal:
    """A deal's history: (day, value) per field; the first value holds from the day of creation."""

    deal_id: str
    stages: list[tuple[date, str]]
    amounts: list[tuple[date, float | None]] = field(default_factory=list)
    close_dates: list[tuple[date, date | None]] = field(default_factory=list)
    segment: str = "all"
    pipeline: str = "default"
    owner: str = "U1"
    removed: date | None = None
    is_history_assumed: bool = False
    is_created_assumed: bool = False
    booked: date | None = None  # where it is not the day of the close

    @property
    def created(self) -> date:
        """The day of creation."""
        return self.stages[0][0]

    def cut(self, as_of: date) -> "Deal":
        """What is known of it at the start of a day."""

        def known(events: list) -> list:
            return [event for event in events if event[0] < as_of]

        removed = self.removed if self.removed and self.removed < as_of else None
        changes = {name: known(getattr(self, name)) for name in ("stages", "amounts", "close_dates")}
        return Deal(**{**self.__dict__, **changes, "removed": removed})


@dataclass(frozen=True)
class Call:
    """What a person said on a day that a period will bring."""

    owner: str
    day: date
    period: str
    amount: float | None
    category: str = "commit"


@dataclass(frozen=True)
class Warehouse:
    """What a test asks of a company: its deals, as-of date and settings; who calls what, and for whom.

    `above` has the person, someone above, and the interval of days in which it is so.
    """

    deals: list[Deal]
    as_of: date
    period: str = "quarter"
    horizon: int = 4
    start_month: int = 1
    stages: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"default": STAGES})
    calls: list[Call] = field(default_factory=list)
    above: list[tuple[str, str, date, date | None]] = field(default_factory=list)

    def connection(self) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB with core's tables and the forecast's aggregates."""
        connection = duckdb.connect()
        for schema in ("core", "raw", "intermediate"):
            connection.execute(f"create schema {schema}")
        for name, frame in self._tables().items():
            connection.register("_frame", frame.to_arrow())
            connection.execute(f"create table {name} as select * from _frame")
            connection.unregister("_frame")
        for name, sql in compiled_models().items():
            connection.execute(f"create table intermediate.{name} as {sql}")
        return connection

    def aggregates(self) -> dict[str, pl.DataFrame]:
        """The forecast's input, each table in its order."""
        with self.connection() as connection:
            return read_aggregates(connection)

    def past_open_deals(self) -> pl.DataFrame:
        """The deals open on each day of the back-test."""
        with self.connection() as connection:
            return connection.sql(
                f"select * from intermediate.{PAST_OPEN_DEALS} order by as_of_date, deal_id"
            ).pl()

    def _tables(self) -> dict[str, pl.DataFrame]:
        deals = [deal.cut(self.as_of) for deal in self.deals if deal.created < self.as_of]
        versions = [row for deal in deals for row in _versions(deal)]
        money = {"amount": MONEY}
        return {
            "raw.run_settings": pl.DataFrame(
                {
                    "as_of_date": [self.as_of],
                    "as_of_at": [datetime(self.as_of.year, self.as_of.month, self.as_of.day)],
                    "time_zone": ["UTC"],
                    "reporting_currency": ["EUR"],
                    "forecast_period": [self.period],
                    "horizon": [self.horizon],
                    "settlement_days": [5],
                }
            ),
            "core.dim_dates": calendar(self.period, self.start_month, self.as_of.year + 5),
            "core.dim_stages": pl.DataFrame(
                [
                    (pipeline, stage, order, PROBABILITY.get(stage), stage in CLOSED, bool(CLOSED.get(stage)))
                    for pipeline, stages in self.stages.items()
                    for order, stage in enumerate((*stages, *CLOSED))
                ],
                schema=["pipeline", "stage", "stage_order", "probability", "is_closed", "is_won"],
                orient="row",
            ),
            "core.fct_deal_versions": pl.DataFrame(
                versions,
                schema={
                    "deal_id": pl.String, "valid_from": pl.Date, "valid_to": pl.Date,
                    "pipeline": pl.String, "stage": pl.String, "is_open": pl.Boolean,
                    "is_won": pl.Boolean, **money, "original_amount": MONEY, "close_date": pl.Date,
                    "owner_id": pl.String, "probability": pl.Float64,
                },
                orient="row",
            ),
            "core.fct_deals": pl.DataFrame(
                [_deal(deal) for deal in deals],
                schema={
                    "deal_id": pl.String, "pipeline": pl.String, "stage": pl.String, "owner_id": pl.String,
                    "is_closed": pl.Boolean, "is_won": pl.Boolean, "removed_date": pl.Date, **money,
                    "priced_amount": MONEY, "is_amount_assumed": pl.Boolean, "created_date": pl.Date,
                    "is_created_assumed": pl.Boolean, "close_date": pl.Date, "closed_date": pl.Date,
                    "close_known_date": pl.Date, "last_open_stage": pl.String,
                    "is_history_assumed": pl.Boolean, "probability": pl.Float64,
                },
                orient="row",
            ),
            "core.fct_deal_stages": pl.DataFrame(
                [
                    (deal.deal_id, number, deal.pipeline, stage)
                    for deal in deals
                    for number, (_, stage) in enumerate(
                        [event for event in deal.stages if event[1] not in CLOSED], start=1
                    )
                ],
                schema=["deal_id", "visit_no", "pipeline", "stage"],
                orient="row",
            ),
            "core.fct_deal_changes": pl.DataFrame(
                [
                    (deal.deal_id, "stage", day, "observed")
                    for deal in deals
                    if not deal.is_history_assumed
                    for day, _ in deal.stages
                ],
                schema={
                    "deal_id": pl.String, "field": pl.String, "changed_date": pl.Date,
                    "provenance": pl.String,
                },
                orient="row",
            ),
            "core.fct_deal_segments": pl.DataFrame(
                [
                    (deal.deal_id, name, value, deal.created, None)
                    for deal in deals
                    for name, value in (
                        ("all", "all"), ("owner", deal.owner), ("pipeline", deal.pipeline),
                        ("region", deal.segment),
                    )
                ],
                schema={
                    "deal_id": pl.String, "segment_name": pl.String, "segment_value": pl.String,
                    "valid_from": pl.Date, "valid_to": pl.Date,
                },
                orient="row",
            ),
            "core.fct_forecast_calls": self._calls(),
            "core.dim_owner_hierarchy": self._hierarchy(),
            "intermediate.int_deals_segmented": pl.DataFrame(
                [(deal.deal_id, deal.segment) for deal in deals],
                schema={"deal_id": pl.String, "segment_key": pl.String},
                orient="row",
            ),
        }  # fmt: skip

    def _calls(self) -> pl.DataFrame:
        names = set(calendar(self.period, self.start_month, self.as_of.year + 5)["fiscal_period"])
        rows = [
            (
                call.owner, call.period, call.category, call.day, number,
                call.category == "commit", call.period in names, call.amount,
            )
            for number, call in enumerate(self.calls)
            if call.day < self.as_of
        ]  # fmt: skip
        schema = {
            "owner_id": pl.String, "fiscal_period": pl.String, "category": pl.String,
            "submitted_date": pl.Date, "submitted_at": pl.Int64, "is_commit": pl.Boolean,
            "is_period_known": pl.Boolean, "amount": MONEY,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _hierarchy(self) -> pl.DataFrame:
        owners = {deal.owner for deal in self.deals} | {call.owner for call in self.calls}
        rows = [(owner, owner, 0, date(1900, 1, 1), None) for owner in sorted(owners)]
        rows += [(owner, above, 1, start, end) for owner, above, start, end in self.above]
        schema = {
            "owner_id": pl.String, "ancestor_id": pl.String, "depth": pl.Int64, "valid_from": pl.Date,
            "valid_to": pl.Date,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")


def read_aggregates(connection: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """The tables of AGGREGATES as the refresh reads them."""
    return {
        name: connection.sql(f"select * from intermediate.{name} order by {order}").pl()
        for name, order in AGGREGATES.items()
    }


@cache
def compiled_models() -> dict[str, str]:
    """The SQL of the models that the forecast reads and of those they need, in an order that builds."""
    ordered: dict[str, str] = {}

    def add(name: str) -> None:
        sql = (MODELS / f"{name}.sql").read_text()
        for needed in re.findall(r"ref\('(int_forecast_\w+)'\)", sql):
            if needed not in ordered:
                add(needed)
        ordered[name] = _compiled(sql)

    for name in (*AGGREGATES, PAST_DAYS, PAST_OPEN_DEALS):
        if name not in ordered:
            add(name)
    return ordered


def _compiled(sql: str) -> str:
    return jinja2.Template(sql).render(
        ref=lambda name: f"{'core' if name.startswith(('fct_', 'dim_')) else 'intermediate'}.{name}",
        source=lambda schema, name: f"{schema}.{name}",
        config=lambda **_: "",
        days_between=lambda first, last: f"cast(date_diff('day', {first}, {last}) as integer)",
        add_days=lambda day, days: f"(cast({day} as date) + cast({days} as integer))",
    )


@cache
def calendar(period: str, start_month: int, last_year: int) -> pl.DataFrame:
    """Core's dim_dates."""
    company = Company.model_validate(
        {
            "company": "Test",
            "time_zone": "UTC",
            "reporting_currency": "EUR",
            "fiscal_year": {"start_month": start_month},
            "forecast": {"period": period},
            "sources": [{"name": "sales", "path": "raw"}],
        }
    )
    return calendar_days(company, date(last_year, 12, 31))


def _value(events: Iterable[tuple[date, object]], day: date) -> object:
    """The value at the end of a day; before the first event, the first."""
    events = list(events)
    known = [value for at, value in events if at <= day]
    return known[-1] if known else (events[0][1] if events else None)


def _versions(deal: Deal) -> list[tuple]:
    days = sorted({day for name in ("stages", "amounts", "close_dates") for day, _ in getattr(deal, name)})
    days = [day for day in days if day >= deal.created and (deal.removed is None or day < deal.removed)]
    rows = []
    for day, after in pairwise([*days, deal.removed]):
        stage, amount = _value(deal.stages, day), _value(deal.amounts, day)
        rows.append(
            (
                deal.deal_id, day, after, deal.pipeline, stage, stage not in CLOSED, CLOSED.get(stage, False),
                amount, amount, _value(deal.close_dates, day), deal.owner, None,
            )
        )  # fmt: skip
    return rows


def _deal(deal: Deal) -> tuple:
    closed_on, stage = deal.stages[-1]
    is_closed = stage in CLOSED
    amount = _value(deal.amounts, date.max)
    opens = [name for _, name in deal.stages if name not in CLOSED]
    return (
        deal.deal_id, deal.pipeline, stage, deal.owner, is_closed, CLOSED.get(stage, False), deal.removed,
        amount, amount, amount is None, deal.created, deal.is_created_assumed,
        _value(deal.close_dates, date.max), (deal.booked or closed_on) if is_closed else None,
        closed_on if is_closed else None, opens[-1] if opens else None, deal.is_history_assumed,
        PROBABILITY.get(stage),
    )  # fmt: skip


def at_risk_days(deal: Deal, start: date, as_of: date) -> int:
    """Days on which a deal is at risk from `start` on, by walking them one by one."""
    count, day = 0, deal.created
    while day < as_of and (deal.removed is None or day <= deal.removed):
        yesterday = _value(deal.stages, day - timedelta(days=1)) if day > deal.created else None
        is_open = day == deal.created or yesterday not in CLOSED
        count += day >= start and is_open
        day += timedelta(days=1)
    return count
