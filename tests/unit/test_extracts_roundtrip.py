"""Whatever a company is and however its extracts are written, the same facts are read back, or are named."""

import tempfile
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestration.extracts import read_manifest
from tests.unit.extract_folders import FIRST, Workplace
from tests.unit.random_extracts import (
    ANCHOR,
    ANCHOR_CHANGES,
    IDS,
    STYLES,
    Change,
    Deal,
    changes,
    deals,
    write,
)

DEAL_HEADER = ("Record", "Title", "Value", "Opened on", "Close Date", "Won?")
CHANGE_HEADER = ("Record", "What", "When", "New value")
# A failing example is shown as it was drawn: to make it smaller takes minutes.
BOUNDED = settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate])
ZONES = {"UTC": "UTC", "Europe/Berlin": "Europe/Berlin", "company": "America/New_York"}


def mapping(zone):
    deal = dict(zip(Deal._fields, DEAL_HEADER, strict=True))
    change = dict(zip(Change._fields, CHANGE_HEADER, strict=True))
    return {
        "time_zone": zone,
        "tables": {
            "deals": {"header": list(DEAL_HEADER), "lands": [{"entity": "deals", "columns": deal}]},
            "changes": {
                "header": list(CHANGE_HEADER),
                "lands": [{"entity": "deal_changes", "columns": change}],
            },
        },
    }


def utc(moment, zone):
    return moment and moment.replace(tzinfo=ZoneInfo(ZONES[zone])).astimezone(UTC).replace(tzinfo=None)


def newest(workplace, entity, key):
    """The lake's rows of an entity as they are after the last night."""
    files = read_manifest(workplace.folder).files(entity)
    rows = pl.concat([pl.read_parquet(file) for file in files]).sort("extract_date", maintain_order=True)
    return rows.unique(key, keep="last").filter(~pl.col("is_tombstone"))


@st.composite
def nights(draw):
    """What each extract holds: deals as they then are, and the changes of that night."""
    ids = st.lists(st.sampled_from(IDS), unique=True)
    night = ids.flatmap(lambda chosen: st.tuples(*(deals(each) for each in chosen)))
    return draw(st.lists(st.tuples(night, st.lists(changes(), max_size=5)), min_size=1, max_size=3))


@BOUNDED
@given(nights(), STYLES, st.booleans(), st.sampled_from(list(ZONES)))
def test_a_company_in_any_format_and_delivery_is_read_back(company, style, is_full, zone):
    with tempfile.TemporaryDirectory() as folder:
        workplace = Workplace(Path(folder), time_zone="America/New_York")
        workplace.source = {"delivery": "full" if is_full else "changes"}
        workplace.map(**mapping(zone))
        facts, events = {}, []
        for number, (changed, happened) in enumerate(company):
            day = FIRST + timedelta(days=number)
            anchor = ANCHOR._replace(amount=ANCHOR.amount + number)
            events += [*(ANCHOR_CHANGES if not number else []), *happened]
            facts = (
                {deal.deal_id: deal for deal in changed}
                if is_full
                else facts | {deal.deal_id: deal for deal in changed}
            )
            facts[anchor.deal_id] = anchor
            extract = workplace.root / "raw" / "sales" / day.isoformat()
            write(extract, style, "a", DEAL_HEADER, [anchor, *changed])
            told = list(dict.fromkeys(events if is_full else [*ANCHOR_CHANGES, *happened]))
            write(extract, style, "b", CHANGE_HEADER, told)
            if len(company) % 2:  # each night a refresh, or all of them at once
                workplace.land()
        workplace.land()
        assert workplace.quarantine("file", "line", "column", "value") == []
        found = newest(workplace, "deals", ["deal_id"]).select(Deal._fields).rows()
        assert sorted(found) == sorted(
            deal._replace(created_at=utc(deal.created_at, zone)) for deal in facts.values()
        )
        columns = ["deal_id", "field", "changed_at", "new_value"]
        assert set(newest(workplace, "deal_changes", columns).select(columns).rows()) == {
            (deal, field, utc(moment, zone), f"{value:.2f}" if isinstance(value, Decimal) else value)
            for deal, field, moment, value in events
        }


SPOILED = {
    "Record": [None],
    "Value": ["12,34,5", "much", "1.2.3", "<b>7</b>"],
    "Opened on": ["31/31/2026", "soon", "2026-02-30 10:00", "1812-01-01"],
    "Close Date": ["2026-13-01", "never", "=TODAY()", "99/99/9999"],
    "Won?": ["perhaps", "2", "TRUE!"],
}


@st.composite
def spoiled_rows(draw):
    """Rows of deals, and the cells of them that were spoilt by row and column."""
    chosen = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1))
    rows = [list(draw(deals(each))._replace(deal_name="named")) for each in chosen]
    places = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(list(SPOILED)))
    cells = {place: draw(st.sampled_from(SPOILED[place[1]])) for place in draw(st.sets(places, min_size=1))}
    for (row, column), value in cells.items():
        rows[row][DEAL_HEADER.index(column)] = value
    return rows, cells


@BOUNDED
@given(spoiled_rows(), STYLES.map(lambda style: replace(style, is_native=False)))
def test_each_spoilt_cell_is_named_by_file_line_and_column_and_the_other_rows_land(spoilt, style):
    rows, cells = spoilt
    with tempfile.TemporaryDirectory() as folder:
        workplace = Workplace(Path(folder))
        workplace.map(**mapping("UTC"))
        extract = workplace.root / "raw" / "sales" / FIRST.isoformat()
        places = write(extract, style, "a", DEAL_HEADER, [ANCHOR, *rows])[1:]
        workplace.land()
        assert sorted(workplace.quarantine("file", "line", "column", "value"), key=str) == sorted(
            ((*places[row], column, value) for (row, column), value in cells.items()), key=str
        )
        bad = {row for row, _ in cells}
        sound = {row[0] for number, row in enumerate(rows) if number not in bad}
        assert {deal for (deal,) in workplace.rows("deals", "deal_id")} == sound | {"A0"}
        accounts = read_manifest(workplace.folder).landed_files().select(pl.col("^rows_.*$").sum()).row(0)
        assert accounts == (len(rows) + 1, len(rows) + 1 - len(bad), 0, len(bad), 0)
