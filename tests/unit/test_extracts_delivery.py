"""Extracts as the world delivers them: half written, late, again, purged by the CRM, and from elsewhere."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from datetime import datetime

import polars as pl
import pytest

from orchestration.extracts import read_manifest, stage_extracts
from orchestration.extracts.still_written import Patience
from tests.unit.extract_folders import FIRST, SECOND, THIRD, Workplace

CHANGES = "deal_id,field,changed_at,new_value\n"


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def deals(*rows):
    return {"deals.csv": "\n".join(("deal_id,stage", *rows)) + "\n"}


def staged(workplace, seconds):
    """What is staged with this patience, and what was said while waiting."""
    said = []
    found = stage_extracts(
        workplace.company, workplace.root, workplace.folder, Patience(seconds, said.append)
    )
    return found, said


def test_a_file_that_is_written_for_a_moment_longer_is_waited_for_and_read_whole(workplace):
    path = workplace.write(FIRST, deals("D1,A")) / "deals.csv"
    written = threading.Event()

    def write():
        with path.open("a") as file:
            for number in range(2, 30):
                file.write(f"D{number},A\n")
                file.flush()
                written.set()
                time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    written.wait()
    [extract], said = staged(workplace, 10)
    writer.join()
    assert extract.problem is None
    assert extract.files[0].rows_in == 29
    assert re.search(r"Waiting up to 10 s for .*deals\.csv: it is still being written", said[0])


def test_what_a_process_holds_open_to_write_is_held_and_read_the_next_time(workplace):
    path = workplace.write(FIRST, deals("D1,A", "D2,")) / "deals.csv"
    a_minute_ago = time.time() - 60
    os.utime(path, (a_minute_ago, a_minute_ago))
    program = "import sys; file = open(sys.argv[1], 'a'); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout.readline()
        [extract], _ = staged(workplace, 0.3)
        assert extract.problem == f"{path}: is still being written; the next refresh reads it"
        writer.stdin.close()
    [extract], _ = staged(workplace, 0.3)
    assert extract.problem is None


def test_an_extract_that_is_still_written_keeps_no_other_waiting_long(workplace):
    workplace.write(FIRST, deals("D1,A"))
    path = workplace.write(SECOND, deals("D1,B")) / "deals.csv"
    os.utime(path)
    found, _ = staged(workplace, 0)
    assert [(each.name, bool(each.problem)) for each in found] == [
        ("sales 2026-03-01", False), ("sales 2026-03-02", True),
    ]  # fmt: skip


def test_marks_of_unfinished_and_finished_uploads_are_no_data(workplace):
    stray = ["deals.csv.part", "more.csv.tmp", "deals.csv.crdownload", "x.csv.filepart", ".deals.csv.a1B2c3"]
    nothing = dict.fromkeys([*stray, "_SUCCESS", "README", ".deals.csv"], "deal_id\nD9\n")
    workplace.write(FIRST, {**deals("D1,A"), **nothing})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert read_manifest(workplace.folder).landed_files()["file"].to_list() == ["deals.csv"]


def test_the_same_extract_under_another_date_writes_nothing(workplace):
    for day in (FIRST, SECOND):
        workplace.write(day, deals("D1,A"))
    workplace.land()
    assert workplace.rows("deals", "extract_date") == [(FIRST,)]
    assert workplace.account("deals.csv", SECOND) == (1, 0, 1, 0, 0)


def test_a_missed_night_is_caught_up_by_the_next(workplace, tmp_path):
    workplace.write(FIRST, deals("D1,A"))
    workplace.land()
    workplace.write(SECOND, deals("D1,B"))
    workplace.write(THIRD, deals("D1,C"))
    workplace.land()
    assert workplace.rows("deals", "stage", "extract_date") == [("A", FIRST), ("B", SECOND), ("C", THIRD)]


def test_several_sources_arrive_on_nights_of_their_own(workplace):
    workplace.others = ("shop",)
    workplace.write(FIRST, deals("D1,A"))
    workplace.write(SECOND, deals("D1,S"), "shop")
    workplace.land()
    workplace.write(FIRST, deals("D1,R"), "shop")
    assert [each.name for each in workplace.stage()] == ["shop 2026-03-01", "shop 2026-03-02"]
    workplace.land()
    assert workplace.rows("deals", "deal_id", "stage", "extract_date") == [
        ("D1", "A", FIRST), ("shop-D1", "R", FIRST), ("shop-D1", "S", SECOND),
    ]  # fmt: skip


def test_landing_all_of_raw_into_an_empty_lake_gives_the_same_bytes(workplace):
    nights = {
        FIRST: {**deals("D1,A", "D2,A"), "deal_changes.csv": CHANGES + "D1,stage,2026-01-01T00:00:00Z,A\n"},
        THIRD: {**deals("D1,C"), "deal_changes.csv": CHANGES + "D1,stage,2026-02-01T00:00:00Z,C\n"},
        SECOND: deals("D1,B", "D2,A", "D3,A,too many"),
    }
    for day, files in nights.items():
        workplace.write(day, files)
        workplace.land()
    workplace.write(FIRST, deals("D1,A", "D2,B"))
    workplace.land()
    nightly = workplace.lake_bytes()
    for kept in (workplace.folder.lake, workplace.folder.quarantine, workplace.folder.staged):
        shutil.rmtree(kept)
    workplace.land()
    assert workplace.lake_bytes() == nightly
    assert len(nightly) >= 4


def test_history_that_the_crm_purged_stays_also_after_landing_anew(workplace):
    old = "D1,stage,2025-01-01T00:00:00Z,A\n"
    new = "D1,stage,2026-02-01T00:00:00Z,B\n"
    workplace.write(FIRST, {**deals("D1,A"), "deal_changes.csv": CHANGES + old})
    workplace.write(SECOND, {**deals("D1,B"), "deal_changes.csv": CHANGES + new})
    both = [(datetime(2025, 1, 1), "A"), (datetime(2026, 2, 1), "B")]
    workplace.land()
    assert workplace.rows("deal_changes", "changed_at", "new_value") == both
    workplace.source = {"dimensions": {"step": "stage"}}  # read anew, all of it
    workplace.land()
    assert workplace.rows("deal_changes", "changed_at", "new_value") == both
    assert not any(is_gone for (is_gone,) in workplace.rows("deal_changes", "is_tombstone"))


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_link_out_of_the_data_folder_is_held_and_the_others_land(tmp_path, what):
    workplace = Workplace(tmp_path / "data")
    outside = Workplace(tmp_path / "outside").write(FIRST, deals("D9,A"))
    workplace.write(FIRST, deals("D1,A"))
    linked = workplace.root / "raw" / "sales" / str(SECOND)
    if what == "folder":
        linked.symlink_to(outside)
    else:
        linked.mkdir()
        (linked / "deals.csv").symlink_to(outside / "deals.csv")
    first, second = workplace.stage()
    assert (first.problem, "is a link out of" in (second.problem or "")) == (None, True)


def test_a_member_of_a_zip_that_climbs_out_writes_nothing_outside(tmp_path):
    workplace = Workplace(tmp_path / "deep" / "data")
    path = workplace.write(FIRST, {"export.zip": b""}) / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../../../deals.csv", "deal_id,stage,amount\nD1,A,x\nD2,A,2\n")
    os.utime(path, (0, 0))
    workplace.stage()
    written = [each for each in tmp_path.rglob("*") if each.is_file() and each != path]
    kept = (workplace.folder.lake, workplace.folder.staged, workplace.folder.quarantine)
    assert [each for each in written if not any(each.is_relative_to(inside) for inside in kept)] == []


def test_an_absolute_folder_that_may_only_be_read_is_read(tmp_path):
    outside = Workplace(tmp_path / "outside").write(FIRST, {"deals.csv": "deal_id,amount\nD1,1\nD2,x\n"})
    workplace = Workplace(tmp_path / "data", source={"path": str(outside.parent)})
    for path in (outside / "deals.csv", outside, outside.parent):
        path.chmod(0o444 if path.is_file() else 0o555)
    try:
        workplace.land()
    finally:
        for path in (outside.parent, outside):
            path.chmod(0o755)
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert [path.name for path in outside.iterdir()] == ["deals.csv"]


def test_formulas_and_markup_in_values_stay_text(workplace):
    values = ["=1+1", "<script>alert(1)</script>", "'; drop table deals; --"]
    rows = pl.DataFrame({"deal_id": [f"D{n}" for n in range(3)], "deal_name": values}).write_csv()
    workplace.write(FIRST, {"deals.csv": rows})
    workplace.land()
    assert workplace.rows("deals", "deal_name") == [(value,) for value in values]
