"""What was landed, and what waits to be decided about."""

from collections.abc import Iterator
from dataclasses import asdict

import polars as pl

from orchestration.check_results import blocking
from orchestration.extracts.held_extracts import read_held
from orchestration.raw_gate import extract_of
from orchestration.settings import PROJECT, RunSettings
from orchestration.summary.checks import explained
from orchestration.summary.lines import count, line, wrapped
from orchestration.warehouse import company_lake, connected, query_value


def landed_lines(settings: RunSettings) -> Iterator[str]:
    """Deals, what stands beside them, and what was set aside."""
    files = company_lake(settings.folder, settings.company).landed_files()
    newest = files.filter(pl.col("extract_date") == pl.col("extract_date").max().over("source_name"))
    rows = newest.group_by("entity").agg(_landed_rows()).sort("entity")
    with connected(settings.warehouse, read_only=True) as connection:
        deals = query_value(connection, "select count(distinct deal_id) from raw.deals")
        excluded = query_value(connection, "select count(distinct deal_id) from raw.excluded_deals")
    quarantined = count(int(newest["rows_quarantined"].sum() or 0), "row")
    yield line("Landed", f"{count(deals, 'deal')}; {quarantined} quarantined in the newest extract")
    if not settings.is_preview and newest["rows_quarantined"].sum():
        yield line("", f"to correct, with the reason: {settings.folder.quarantine}")
    others = [
        f"{count:,} {entity.replace('_', ' ')}"
        for entity, count in rows.iter_rows()
        if entity != "deals" and count and not entity.startswith("(")
    ]
    if others:
        yield from wrapped(f"beside them {', '.join(others)}")
    if settings.company.exclusions:
        yield line(
            "Excluded",
            f"{count(excluded, 'deal')}, as the company file says: see quality.exclusions_applied",
        )


def _landed_rows() -> pl.Expr:
    return (pl.col("rows_in") - pl.col("rows_quarantined") - pl.col("rows_duplicate")).sum()


def held_lines(settings: RunSettings, results: pl.DataFrame) -> Iterator[str]:
    """The extracts that the raw gate holds, each with the reasons and how to decide."""
    names = {extract_of(name) for name in blocking(results.filter(pl.col("gate") == "raw"))["dataset"]}
    for held in read_held(settings.folder):
        if held.name not in names:
            continue
        rest = (
            "the lake keeps what it had of that date" if held.is_correction else "the rest goes on without it"
        )
        yield line("Held", f"the extract {held.name} did not pass its gate and waits; {rest}")
        for reason in held.reasons:
            yield from explained("because", asdict(reason))
        if held.is_readable:
            where = "" if settings.folder.root == PROJECT / "data" else f" --data {settings.folder.root}"
            yield line("", f"decide: funnelcast accept {held.name}{where}, or reject instead of accept")
