"""The pipeline's movement between any two days, told by the published database itself."""

from datetime import date
from decimal import Decimal
from typing import Final

import duckdb

from orchestration.data_folder import DataFolder
from orchestration.warehouse import connected

STEPS: Final = tuple(
    f"int_waterfall_{step}" for step in ("touched", "passing", "deals", "segments", "flows", "cells")
)
BUCKETS: Final = (
    "opening", "created", "reopened", "pulled_in", "pushed_in", "up", "down", "currency", "won", "lost",
    "pushed_out", "pulled_out", "deleted", "merged", "closing",
)  # fmt: skip


class WaterfallError(ValueError):
    """The two days cannot be told; the message says which can."""


def add_waterfall(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the attached database `published` the macro metrics.waterfall(opening_date, closing_date).

    It is the SQL of the models behind metrics.pipeline_waterfall, taken from their views in the attached
    `warehouse`, with the two days in place of the ready-made spans.
    """
    views = dict(
        connection.execute(
            "select view_name, sql from duckdb_views() where database_name = 'warehouse'"
            " and starts_with(view_name, 'int_waterfall_')"
        ).fetchall()
    )
    if not set(STEPS) <= set(views):
        return
    steps = ",\n".join(f"{name} as ({_own_sql(views[name])})" for name in STEPS)
    connection.execute("use published")
    connection.execute(
        "create or replace macro published.metrics.waterfall(opening_day, closing_day) as table"
        " with int_waterfall_spans as (select 'asked' as span_kind,"
        " cast(opening_day as date) as opening_date, cast(closing_day as date) as closing_date),"
        f"\n{steps}\n"
        "select * exclude (span_kind) from int_waterfall_cells"
        " order by period_start, fiscal_period, segment_name, segment_value, bucket"
    )


def _own_sql(view: str) -> str:
    """The query of a view, with names as they are in the published database."""
    query = view[view.index(" AS ") + 4 :].strip().rstrip(";")
    return query.replace("warehouse.", "").replace("intermediate.int_waterfall_", "int_waterfall_")


def waterfall(folder: DataFolder, opening: date, closing: date) -> str:
    """The movement of the whole company's pipeline between the ends of two days, as a table in words.

    Raises:
        WaterfallError: the days are in the wrong order, or not known yet.
    """
    with connected(folder.published / "current" / "funnelcast.duckdb", read_only=True) as connection:
        [(first, last)] = connection.execute(
            "select min(snapshot_date), max(snapshot_date) from core.fct_deal_snapshots"
        ).fetchall()
        if first is None or not first <= opening < closing <= last:
            raise WaterfallError(
                f"{opening} to {closing}: accepted are two days in order, from {first} to {last}"
            )
        rows = connection.execute(
            "select fiscal_period, bucket, deals, amount"
            f" from metrics.waterfall(date '{opening}', date '{closing}') where segment_name = 'all'"
        ).fetchall()
    return "\n".join(
        [f"The open pipeline by close period, from the end of {opening} to that of {closing}", *_lines(rows)]
    )


def _lines(rows: list[tuple[str, str, int, Decimal]]) -> list[str]:
    periods = list(dict.fromkeys(period for period, *_ in rows))
    amounts = {(period, bucket): amount for period, bucket, _, amount in rows}
    deals = {(period, bucket): count for period, bucket, count, _ in rows}
    shown = [bucket for bucket in BUCKETS if any((period, bucket) in amounts for period in periods)]
    lines = [f"{'':<12}" + "".join(f"{period:>22}" for period in (*periods, "all"))]
    for bucket in shown:
        cells = [
            (deals.get((period, bucket), 0), amounts.get((period, bucket), Decimal(0))) for period in periods
        ]
        cells.append((sum(count for count, _ in cells), sum((amount for _, amount in cells), Decimal(0))))
        lines.append(f"{bucket:<12}" + "".join(f"{amount:>16,.0f} ({count:>3})" for count, amount in cells))
    return lines
