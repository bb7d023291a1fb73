"""Landing is idempotent: only changes are written, what is gone gets a tombstone, the manifest decides."""

import json
import os
import re
import shutil
from datetime import datetime

import polars as pl
import pytest

from orchestration.extracts import ExtractError, commit_extracts, read_manifest
from orchestration.extracts import lake as lake_module
from tests.unit.extract_folders import FIRST, SECOND, THIRD, Workplace

HEADER = "deal_id,stage,amount"
CHANGES = "deal_id,field,changed_at,new_value\n"


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def deals(*rows):
    return {"deals.csv": "\n".join((HEADER, *rows)) + "\n"}


def test_the_second_night_writes_only_changes_and_tombstones(workplace):
    workplace.write(FIRST, deals("D1,A,1", "D2,A,2", "D3,A,3"))
    workplace.land()
    workplace.write(SECOND, deals("D0,A,0", "D2,A,2.00", "D1,B,1"))
    workplace.land()
    assert workplace.rows("deals", "deal_id", "stage", "is_tombstone", day=SECOND) == [
        ("D0", "A", False), ("D1", "B", False), ("D3", None, True),
    ]  # fmt: skip
    assert workplace.account("deals.csv", SECOND) == (3, 2, 1, 0, 0)


def test_a_row_that_comes_back_is_written_again(workplace):
    for day, rows in ((FIRST, ["D1,A,1", "D2,A,2"]), (SECOND, ["D1,A,1"]), (THIRD, ["D1,A,1", "D2,A,2"])):
        workplace.write(day, deals(*rows))
    workplace.land()
    assert workplace.rows("deals", "deal_id", "is_tombstone", day=THIRD) == [("D2", False)]


def test_events_are_never_taken_back(workplace):
    workplace.write(
        FIRST, {**deals("D1,A,1"), "deal_changes.csv": CHANGES + "D1,stage,2026-01-01T00:00:00Z,A\n"}
    )
    workplace.write(
        SECOND, {**deals("D1,A,1"), "deal_changes.csv": CHANGES + "D1,stage,2026-01-02T00:00:00Z,B\n"}
    )
    workplace.land()
    assert workplace.rows("deal_changes", "changed_at", "is_tombstone") == [
        (datetime(2026, 1, 1), False), (datetime(2026, 1, 2), False),
    ]  # fmt: skip


def test_a_delivery_of_changes_takes_nothing_back(workplace):
    workplace.source = {"delivery": "changes"}
    workplace.write(FIRST, deals("D1,A,1", "D2,A,2"))
    workplace.write(SECOND, deals("D2,B,2"))
    workplace.land()
    assert workplace.rows("deals", "deal_id", "is_tombstone", day=SECOND) == [("D2", False)]


def test_a_file_that_is_missing_one_night_takes_nothing_back(workplace):
    workplace.write(FIRST, {**deals("D1,A,1"), "accounts.csv": "account_id\nA1\n"})
    workplace.write(SECOND, deals("D1,A,1"))
    workplace.land()
    assert workplace.rows("accounts", "account_id", "is_tombstone") == [("A1", False)]


@pytest.mark.parametrize("broken", ["D2,A,x", "D2,A", "D2,A,2\nD2,B,3"])
def test_a_quarantined_row_is_unreadable_and_not_absent(workplace, broken):
    workplace.source = {"dimensions": {"step": "stage"}}
    workplace.write(FIRST, deals("D1,A,1", "D2,A,2"))
    workplace.write(SECOND, deals("D1,A,1", broken))
    workplace.land()
    assert workplace.rows("deals", "deal_id", day=SECOND) == []
    assert workplace.rows("deal_dimensions", "deal_id", day=SECOND) == []


def test_a_dimension_that_empties_gets_a_tombstone(workplace):
    workplace.source = {"dimensions": {"step": "stage"}}
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.write(SECOND, deals("D1,,1"))
    workplace.land()
    assert workplace.rows("deal_dimensions", "deal_id", "dimension", "value", "is_tombstone", day=SECOND) == [
        ("D1", "step", None, True)
    ]


def test_copies_collapse_and_conflicting_rows_are_all_quarantined(workplace):
    workplace.write(FIRST, deals("D1,A,1", "D2,A,2", "D1,A,1.00", "D2,B,2", "D1,A,1", "D3,A,3", ",A,4"))
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D3",)]
    assert workplace.account("deals.csv") == (7, 2, 0, 3, 2)
    assert workplace.quarantine("line", "column", "value", "reason") == [
        (3, "deal_id", "D2", "several different rows have this key; accepted is one, or exact copies"),
        (5, "deal_id", "D2", "several different rows have this key; accepted is one, or exact copies"),
        (8, "deal_id", None, "is blank; accepted is a value in every row, as deal_id is needed"),
    ]


def test_landing_again_does_nothing(workplace):
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.land()
    before = workplace.lake_bytes()
    assert workplace.stage() == []
    workplace.land()
    assert workplace.lake_bytes() == before


def test_the_same_extracts_give_the_same_bytes(tmp_path):
    lakes = []
    for name in ("one", "two"):
        workplace = Workplace(tmp_path / name)
        workplace.write(FIRST, deals(*(f"D{number},A,{number}" for number in range(5000)), "X,A,x"))
        if name == "one":
            workplace.land()
        workplace.write(SECOND, deals(*(f"D{number},A,{number + number % 3}" for number in range(4000))))
        workplace.land()
        lakes.append(workplace.lake_bytes())
    assert lakes[0] == lakes[1]
    assert len(lakes[0]) == 3


def test_an_older_extract_that_arrives_late_lands_those_after_it_anew(tmp_path):
    nights = {FIRST: deals("D1,A,1"), SECOND: deals("D1,B,1", "D2,A,2"), THIRD: deals("D1,B,1")}
    late, punctual = Workplace(tmp_path / "late"), Workplace(tmp_path / "punctual")
    for day in (FIRST, THIRD, SECOND):
        late.write(day, nights[day])
        late.land()
    for day in (FIRST, SECOND, THIRD):
        punctual.write(day, nights[day])
    punctual.land()
    assert late.lake_bytes() == punctual.lake_bytes()
    assert late.rows("deals", "deal_id", "stage", "is_tombstone", day=THIRD) == [("D2", None, True)]


def test_a_corrected_extract_replaces_the_one_of_its_date(workplace):
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.write(SECOND, deals("D1,B,1"))
    workplace.land()
    workplace.write(FIRST, deals("D1,B,1"))
    assert [(each.extract_date) for each in workplace.stage()] == [FIRST, SECOND]
    workplace.land()
    assert workplace.rows("deals", "stage", "extract_date") == [("B", FIRST)]


def test_a_late_extract_cannot_come_before_one_whose_files_are_gone(workplace):
    workplace.write(SECOND, deals("D1,A,1"))
    workplace.land()
    shutil.rmtree(workplace.root / "raw" / "sales" / SECOND.isoformat())
    workplace.write(FIRST, deals("D1,A,1"))
    assert re.search("the files of 2026-03-02 are gone", workplace.problem())


def test_a_landed_extract_may_be_archived(workplace):
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.land()
    shutil.rmtree(workplace.root / "raw" / "sales" / FIRST.isoformat())
    workplace.write(SECOND, deals("D1,B,1"))
    workplace.land()
    assert workplace.rows("deals", "stage") == [("A",), ("B",)]


def test_another_reading_of_the_same_files_lands_them_anew(workplace):
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.land()
    workplace.source = {"dimensions": {"step": "stage"}}
    workplace.land()
    assert workplace.rows("deal_dimensions", "value") == [("A",)]


def test_staged_extracts_count_for_nothing_and_are_staged_once(workplace):
    workplace.write(FIRST, deals("D1,A,1"))
    [staged] = workplace.stage()
    written = (staged.path / "deals.parquet").stat().st_mtime_ns
    [again] = workplace.stage()
    assert again == staged
    assert (again.path / "deals.parquet").stat().st_mtime_ns == written
    assert read_manifest(workplace.folder).extracts == ()
    frame = pl.read_parquet(again.entity("deals"))
    assert frame.select("source_name", "extract_date", "is_tombstone").row(0) == ("sales", FIRST, False)


def test_a_held_extract_is_left_out_and_waits(workplace):
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.write(SECOND, deals("D1,B,1"))
    first, second = workplace.stage()
    manifest = commit_extracts(workplace.folder, [first])
    assert [extract.extract_date for extract in manifest.extracts] == [FIRST]
    assert workplace.stage() == [second]


def test_a_run_killed_before_the_manifest_changes_nothing_and_is_made_good(workplace, monkeypatch, tmp_path):
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.land()
    workplace.write(SECOND, deals("D1,B,1"))
    workplace.write(FIRST, deals("D1,A,2"))

    def killed(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(lake_module, "write_manifest", killed)
    with pytest.raises(KeyboardInterrupt):
        workplace.land()
    monkeypatch.undo()
    assert workplace.rows("deals", "stage", "extract_date") == [("A", FIRST)]
    workplace.land()
    undisturbed = Workplace(tmp_path / "undisturbed")
    undisturbed.write(FIRST, deals("D1,A,2"))
    undisturbed.write(SECOND, deals("D1,B,1"))
    undisturbed.land()
    assert workplace.lake_bytes() == undisturbed.lake_bytes()


def test_a_lake_of_a_newer_version_is_an_error(workplace):
    workplace.write(FIRST, deals("D1,A,1"))
    workplace.land()
    path = workplace.folder.lake / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format_version": 99}))
    with pytest.raises(ExtractError, match="format version 99"):
        read_manifest(workplace.folder)


def test_a_missing_or_empty_source_folder_is_a_problem_of_its_source(workplace):
    assert re.search(r"source sales: there is no folder .*raw/sales", workplace.problem())
    (workplace.root / "raw" / "sales").mkdir(parents=True)
    assert re.search(r"raw/sales holds no extract, but nothing", workplace.problem())
    (workplace.root / "raw" / "sales" / FIRST.isoformat()).mkdir()
    assert re.search(r"2026-03-01 holds no data file", workplace.problem())


def test_files_without_a_dated_folder_need_a_date(workplace):
    extract = workplace.write(FIRST, deals("D1,A,1"))
    (extract / "deals.csv").rename(extract.parent / "deals.csv")
    extract.rmdir()
    assert re.search(r"deals\.csv without a date; accepted are folders named like", workplace.problem())
    workplace.source = {"extract_date": FIRST}
    workplace.land()
    assert workplace.rows("deals", "extract_date") == [(FIRST,)]


@pytest.mark.parametrize("path", ["../raw", "raw/../../etc"])
def test_a_path_out_of_the_data_folder_is_refused(workplace, path):
    workplace.source = {"path": path}
    with pytest.raises(ExtractError, match=r"'\.\.' is not accepted"):
        workplace.stage()


def test_links_out_of_the_data_folder_are_refused(tmp_path):
    workplace = Workplace(tmp_path / "data")
    outside = Workplace(tmp_path / "outside").write(FIRST, deals("D1,A,1"))
    extract = workplace.write(FIRST, {})
    extract.mkdir(parents=True)
    os.symlink(outside / "deals.csv", extract / "deals.csv")
    assert re.search("is a link out of", workplace.problem())
    shutil.rmtree(extract.parent)
    os.symlink(outside.parent, extract.parent)
    assert re.search("is a link out of", workplace.problem())


def test_an_absolute_path_is_read_where_it_is_and_never_written(tmp_path):
    outside = Workplace(tmp_path / "outside").write(FIRST, deals("D1,A,1"))
    before = sorted(tmp_path.joinpath("outside").rglob("*"))
    workplace = Workplace(tmp_path / "data", source={"path": str(outside.parent)})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert sorted(tmp_path.joinpath("outside").rglob("*")) == before


def test_twenty_spoiled_lines_are_those_twenty(workplace):
    good = [f"D{number},A,{number}" for number in range(1000)]
    spoiled = {
        3 + 40 * number: line for number, line in enumerate(["D,A", "D,A,1,2", ",A,1", "D,A,x", 'D,"A,1'] * 4)
    }
    lines = [spoiled.get(line, good[line - 2]) for line in range(2, 1002)]
    workplace.write(FIRST, deals(*lines))
    workplace.land()
    assert [line for (line,) in workplace.quarantine("line")] == sorted(spoiled)
    assert workplace.account("deals.csv") == (1000, 980, 0, 20, 0)
