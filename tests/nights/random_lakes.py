"""Random small lakes, and sequences of nights over them: extracts that land, are late or corrected."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from hypothesis import strategies as st

from orchestration.company import Company
from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.manifest import LakeManifest, LandedExtract
from orchestration.nights import describe_inputs
from orchestration.warehouse import _settings_tables, write_table
from tests.dbt.literal_rows import Row, lake_frame

DAYS = [date(2026, 2, 1) + timedelta(days=day) for day in range(12)]
SOURCES = ("crm", "second")
DEALS = {"crm": ("a", "b", "c", "d"), "second": ("s-a", "s-b")}
PIPELINES = ("sales", "renewals", None)
STAGES = ("Qualify", "Demo", "Won", "Lost", "Unheard of")
STEPS = {"Qualify": "qualified", "Demo": "meeting", "Won": "customer", "Lost": "lost", "Unheard of": None}
LEADS = ("lead-1", "lead-2")
OWNERS = ("anna", "ben", "carl")
COMPANY = Company.model_validate(
    {
        "company": "Acme",
        "time_zone": "Europe/Berlin",
        "reporting_currency": "EUR",
        "segments": ["region"],
        "sources": [
            {"name": "crm", "path": "crm"},
            {"name": "second", "path": "second", "id_prefix": "s-", "taken": "start_of_day"},
        ],
    }
)

Lake = dict[tuple[str, date], list[Row]]  # the rows of each extract

days = st.sampled_from(DAYS).map(str)
moments = st.builds(lambda day, hour: f"{day} {hour:02}:00", days, st.sampled_from((0, 9, 22, 23)))
amounts = st.sampled_from(("100.00", "250.50", "9000.00"))
currencies = st.sampled_from(("EUR", "USD", None))
flags = st.sampled_from((None, None, False, True))


def rarely(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly nothing."""
    return st.one_of(st.none(), st.none(), st.none(), values)


@dataclass(frozen=True)
class Night:
    """What the lake shows on one night, and as of when everything is computed."""

    lake: Lake
    as_of: date
    excluded: tuple[str, ...]

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Write no row: hypothesis warns where an example is long."""
        printer.text(f"night as of {self.as_of}, {len(self.lake)} extracts")


@st.composite
def nights(draw: st.DrawFn) -> list[Night]:
    """Three or four nights: extracts land in order or late, one may be corrected, the as-of date moves on."""
    dates = {
        source: draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=4, unique=True))
        for source in SOURCES
    }
    whole = {
        (source, day): draw(extracts(source, day, is_first=day == min(dates[source])))
        for source in SOURCES
        for day in sorted(dates[source])
    }
    arriving = sorted(whole, key=lambda key: key[1])
    if draw(st.integers(0, 4)) == 0:
        arriving = list(draw(st.permutations(arriving)))
    as_of = draw(st.sampled_from(DAYS[2:8]))
    sequence: list[Night] = []
    landed = draw(st.integers(1, len(arriving)))
    for _ in range(draw(st.integers(3, 4))):
        lake = {key: whole[key] for key in arriving[:landed]}
        if sequence and draw(st.integers(0, 9)) == 0:
            corrected = draw(st.sampled_from(sorted(lake)))
            whole[corrected] = lake[corrected] = draw(extracts(*corrected, is_first=False))
        excluded = draw(rarely(st.sampled_from(DEALS["crm"])))
        sequence.append(Night(lake, as_of, (excluded,) if excluded else ()))
        landed = min(landed + draw(st.integers(0, 2)), len(arriving))
        as_of += timedelta(days=draw(st.sampled_from((0, 1, 1, 2, 5))))
    return sequence


@st.composite
def extracts(draw: st.DrawFn, source: str, day: date, is_first: bool) -> list[Row]:
    """What one extract adds to the lake; nothing in it has to make sense.

    Settings mostly come with the first: a later one has everything built anew.
    """
    rows: list[Row] = []
    for deal_id in DEALS[source]:
        kind = draw(st.sampled_from(("same", "same", "changed", "changed", "gone")))
        if kind == "changed":
            rows.append(draw(deals(source, deal_id)))
        elif kind == "gone":
            rows.append({"entity": "deals", "deal_id": deal_id, "is_tombstone": True})
        rows += draw(st.lists(changes(deal_id), max_size=2))
        value = draw(rarely(st.sampled_from(("north", "south"))))
        if value:
            rows.append(
                {"entity": "deal_dimensions", "deal_id": deal_id, "dimension": "region", "value": value}
            )
    rows += draw(
        st.lists(leads(DEALS[source]), max_size=2, unique_by=lambda row: row["lead_id"])
        if source == "crm"
        else st.just([])
    )
    rows += draw(
        st.lists(splits(DEALS[source]), max_size=2, unique_by=lambda row: (row["deal_id"], row["owner_id"]))
    )
    rows += draw(
        st.lists(
            settings(),
            max_size=4 if is_first else draw(st.sampled_from((0, 0, 0, 1))),
            unique_by=lambda row: json.dumps([row[key] for key in list(row)[:3]]),
        )
    )
    return [{"source_name": source, "extract_date": str(day), **row} for row in rows]


@st.composite
def deals(draw: st.DrawFn, source: str, deal_id: str) -> Row:
    """One version of a deal."""
    return {
        "entity": "deals",
        "deal_id": deal_id,
        "source_deal_id": deal_id.removeprefix("s-"),
        "pipeline": draw(st.sampled_from(PIPELINES)),
        "stage": draw(st.sampled_from(STAGES)),
        "amount": draw(amounts),
        "currency": None if source == "second" else draw(currencies),
        "created_at": draw(rarely(moments)) or f"{DAYS[0]} 09:00",
        "close_date": draw(st.one_of(st.none(), days)),
        "closed_at": draw(rarely(moments)),
        "is_closed": draw(flags),
        "is_won": draw(flags),
        "owner_id": draw(st.sampled_from(OWNERS)),
        "lead_id": draw(rarely(st.sampled_from(LEADS))),
        "deal_type": draw(st.sampled_from((None, "new"))),
        "modified_at": draw(rarely(moments)),
        "is_deleted": draw(rarely(st.booleans())),
        "deleted_at": draw(rarely(rarely(moments))),
        "merged_into_deal_id": draw(rarely(st.sampled_from(DEALS[source]))),
        "merged_at": draw(rarely(moments)),
    }


@st.composite
def leads(draw: st.DrawFn, deal_ids: Sequence[str]) -> Row:
    """One version of a lead, or that it is gone."""
    lead = {"entity": "leads", "lead_id": draw(st.sampled_from(LEADS))}
    if draw(st.integers(0, 4)) == 0:
        return {**lead, "is_tombstone": True}
    return {
        **lead,
        "owner_id": draw(st.sampled_from(OWNERS)),
        "deal_id": draw(rarely(st.sampled_from(deal_ids))),
        "created_at": draw(rarely(moments)),
        "qualified_at": draw(rarely(moments)),
        "converted_at": draw(rarely(moments)),
    }


@st.composite
def splits(draw: st.DrawFn, deal_ids: Sequence[str]) -> Row:
    """One share of a deal, or that it is gone."""
    share = {
        "entity": "deal_splits",
        "deal_id": draw(st.sampled_from(deal_ids)),
        "owner_id": draw(st.sampled_from(OWNERS)),
    }
    if draw(st.integers(0, 4)) == 0:
        return {**share, "is_tombstone": True}
    return {**share, "share": draw(st.sampled_from((0.25, 0.5, 1.0)))}


@st.composite
def changes(draw: st.DrawFn, deal_id: str) -> Row:
    """One recorded change."""
    values = {
        "stage": st.sampled_from(STAGES),
        "pipeline": st.sampled_from(PIPELINES[:2]),
        "amount": amounts,
        "currency": st.sampled_from(("EUR", "USD")),
        "close_date": days,
        "owner_id": st.sampled_from(OWNERS),
    }
    field = draw(st.sampled_from(list(values)))
    return {
        "entity": "deal_changes",
        "deal_id": deal_id,
        "field": field,
        "changed_at": draw(moments),
        "new_value": draw(values[field]),
        "old_value": draw(rarely(values[field])),
    }


@st.composite
def settings(draw: st.DrawFn) -> Row:
    """A stage, an owner or an exchange rate."""
    kind = draw(st.sampled_from(("stages", "owners", "exchange_rates")))
    if kind == "stages":
        stage = draw(st.sampled_from(STAGES))
        return {
            "entity": kind,
            "pipeline": draw(st.sampled_from(PIPELINES)),
            "stage": stage,
            "stage_order": draw(st.integers(1, 3)),
            "process_step": STEPS[stage],
            "probability": draw(st.sampled_from((0.25, 0.5))),
        }
    if kind == "owners":
        team = draw(st.sampled_from(("North", "South")))
        return {
            "entity": kind,
            "owner_id": draw(st.sampled_from(OWNERS)),
            "valid_from": draw(days),
            "team": team,
        }
    rate = draw(st.sampled_from((0.8, 0.9)))
    return {"entity": kind, "currency": "USD", "valid_from": draw(days), "rate_to_reporting": rate}


def write_night(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Schema `raw` as landing hands it over that night."""
    rows = [row for key in sorted(night.lake) for row in night.lake[key]]
    for entity in ENTITIES:
        write_table(
            connection, f"raw.{entity}", lake_frame(entity, [row for row in rows if row["entity"] == entity])
        )
    manifest = LakeManifest(Path(), tuple(_landed(night.lake, key) for key in sorted(night.lake)))
    for name, frame in _settings_tables(COMPANY, manifest, night.as_of).items():
        write_table(connection, f"raw.{name}", frame)
    excluded = [{"deal_id": each, "exclusion": "tests", "extract_date": DAYS[0]} for each in night.excluded]
    schema = {"deal_id": pl.String, "exclusion": pl.String, "extract_date": pl.Date}
    write_table(connection, "raw.excluded_deals", pl.DataFrame(excluded, schema=schema))
    describe_inputs(connection, COMPANY, manifest)


def _landed(lake: Lake, key: tuple[str, date]) -> LandedExtract:
    """An extract whose lineage names all of its source before it, as the lake's does."""
    source, day = key
    before: Sequence[tuple[str, date]] = [
        each for each in sorted(lake) if each[0] == source and each[1] <= day
    ]
    content = json.dumps([[str(each), lake[each]] for each in before])
    lineage = hashlib.sha256(content.encode()).hexdigest()
    return LandedExtract(source, day, lineage, lineage, "full", "end_of_day")
