"""A held extract waits, counts for nothing, and lands or is left out as a person decides."""

import json
import re
from datetime import date

import pytest

from orchestration.extracts import ExtractError
from orchestration.extracts import staging as staging_module
from orchestration.held_decisions import accept, listing, reject
from tests.unit.extract_folders import FIRST, SECOND, THIRD, Workplace

FOURTH = date(2026, 3, 4)
TODAY = date(2026, 3, 10)
SHRUNK = ["full_extract_shrunk"]


@pytest.fixture
def workplace(tmp_path):
    """A company of ten deals, in the lake since the first night."""
    workplace = Workplace(tmp_path)
    workplace.write(FIRST, deals(10))
    assert workplace.night() == ["sales 2026-03-01"]
    return workplace


def deals(count, stage="A"):
    return {
        "deals.csv": "deal_id,stage,currency\n"
        + "".join(f"D{n},{stage},EUR\n" for n in range(10, 10 + count))
    }


def tombstones(workplace):
    return [day for is_gone, day in workplace.rows("deals", "is_tombstone", "extract_date") if is_gone]


def test_a_full_extract_much_smaller_is_held_before_anything_counts_as_deleted(workplace):
    workplace.write(SECOND, deals(5))
    assert workplace.night() == []
    assert workplace.held() == {"sales 2026-03-02": SHRUNK}
    assert tombstones(workplace) == []


def test_a_second_cut_extract_is_not_held_against_the_first(workplace):
    workplace.write(SECOND, deals(5))
    workplace.write(THIRD, deals(5))
    workplace.night()
    assert workplace.held() == {"sales 2026-03-02": SHRUNK, "sales 2026-03-03": SHRUNK}
    assert workplace.night() == []


def test_the_night_after_a_held_one_lands_on_its_own_and_only_once(workplace):
    workplace.write(SECOND, deals(5))
    workplace.write(THIRD, deals(9))
    assert workplace.night() == ["sales 2026-03-03"]
    assert workplace.night() == []
    assert tombstones(workplace) == [THIRD]


def test_a_held_extract_is_not_read_again_while_its_files_are_the_same(workplace, monkeypatch):
    workplace.write(SECOND, deals(5))
    workplace.night()
    monkeypatch.setattr(staging_module, "read_extract", None)
    assert workplace.night() == []
    assert workplace.held() == {"sales 2026-03-02": SHRUNK}


def test_an_accepted_extract_lands_and_those_after_it_anew(workplace, tmp_path):
    workplace.write(SECOND, deals(5))
    workplace.write(THIRD, deals(9))
    workplace.night()
    told = accept(workplace.folder, "sales", SECOND, TODAY)
    assert "5 deals of the lake are not in it and will count as deleted on 2026-03-02" in told
    assert workplace.night() == ["sales 2026-03-02", "sales 2026-03-03"]
    assert workplace.held() == {}
    assert tombstones(workplace) == [SECOND] * 5
    assert workplace.night() == []


def test_what_follows_an_accepted_extract_is_held_against_it(workplace):
    workplace.write(SECOND, deals(5))
    workplace.write(THIRD, deals(5))
    workplace.night()
    accept(workplace.folder, "sales", SECOND, TODAY)
    assert workplace.night() == ["sales 2026-03-02", "sales 2026-03-03"]


def test_an_accepted_extract_is_held_again_by_another_kind_of_failure(workplace):
    workplace.write(SECOND, deals(5))
    workplace.night()
    accept(workplace.folder, "sales", SECOND, TODAY)
    content = json.loads((workplace.root / "decisions.json").read_text())
    content["decisions"][0]["checks"] = ["stage_missing_limit"]
    (workplace.root / "decisions.json").write_text(json.dumps(content))
    assert workplace.night() == []
    assert workplace.held() == {"sales 2026-03-02": SHRUNK}


def test_an_acceptance_is_of_these_files_alone(workplace):
    workplace.write(SECOND, deals(5))
    workplace.night()
    accept(workplace.folder, "sales", SECOND, TODAY)
    workplace.write(SECOND, deals(4))
    assert workplace.night() == []


def test_an_acceptance_outlives_another_reading_of_the_same_files(workplace):
    workplace.write(SECOND, deals(5))
    workplace.night()
    accept(workplace.folder, "sales", SECOND, TODAY)
    workplace.source = {"dimensions": {"step": "stage"}}
    assert workplace.night() == ["sales 2026-03-01", "sales 2026-03-02"]


def test_a_rejected_extract_is_left_out_silently_until_its_files_change(workplace):
    workplace.write(SECOND, deals(5))
    workplace.night()
    reject(workplace.folder, "sales", SECOND, TODAY)
    assert workplace.night() == []
    assert workplace.held() == {}
    workplace.write(THIRD, deals(9))
    assert workplace.night() == ["sales 2026-03-03"]
    workplace.write(SECOND, deals(10, "B"))
    assert workplace.night() == ["sales 2026-03-02", "sales 2026-03-03"]


def test_a_rejection_can_be_taken_back(workplace):
    workplace.write(SECOND, deals(5))
    workplace.night()
    reject(workplace.folder, "sales", SECOND, TODAY)
    assert listing(workplace.folder) == "Rejected, until their files change: sales 2026-03-02"
    assert "The next refresh checks it again" in accept(workplace.folder, "sales", SECOND, TODAY)
    workplace.night()
    assert workplace.held() == {"sales 2026-03-02": SHRUNK}


def test_a_correction_that_is_held_leaves_what_the_lake_had(workplace):
    workplace.write(SECOND, deals(10, "B"))
    workplace.night()
    before = workplace.lake_bytes()
    workplace.write(SECOND, deals(3))
    assert workplace.night() == []
    assert workplace.lake_bytes() == before
    workplace.write(THIRD, deals(9, "C"))
    assert workplace.night() == ["sales 2026-03-03"]
    assert "Held: the correction of the extract sales 2026-03-02" in listing(workplace.folder)


def test_what_is_older_than_a_held_correction_waits_with_it(workplace):
    workplace.write(SECOND, deals(10, "B"))
    workplace.night()
    workplace.write(SECOND, deals(3))
    workplace.write(FIRST, deals(10, "X"))
    assert workplace.night() == []
    assert workplace.held() == {"sales 2026-03-01": ["extract_readable"], "sales 2026-03-02": SHRUNK}
    assert "the files of 2026-03-02 are a correction that is held" in listing(workplace.folder)
    accept(workplace.folder, "sales", SECOND, TODAY)
    assert workplace.night() == ["sales 2026-03-01", "sales 2026-03-02"]


def test_an_extract_of_the_lake_is_not_held_when_one_before_it_is_corrected(workplace):
    workplace.write(SECOND, deals(9))
    workplace.night()
    workplace.write(FIRST, deals(30))
    assert workplace.night() == ["sales 2026-03-01", "sales 2026-03-02"]
    assert tombstones(workplace) == [SECOND] * 21


def test_the_list_says_what_is_held_why_and_what_to_do(workplace):
    assert listing(workplace.folder) == "Nothing is held."
    workplace.write(SECOND, deals(5))
    workplace.night()
    told = listing(workplace.folder)
    assert told.startswith("Held: the extract sales 2026-03-02\n  full_extract_shrunk: ")
    assert "accept the extract" in told


def test_deciding_about_what_is_not_held_lists_what_is(workplace):
    workplace.write(SECOND, deals(5))
    workplace.night()
    for decide in (accept, reject):
        with pytest.raises(ExtractError, match="no held extract sales 2026-03-09; held is sales 2026-03-02"):
            decide(workplace.folder, "sales", date(2026, 3, 9), TODAY)


def test_an_unreadable_extract_cannot_be_accepted_and_can_be_rejected(workplace):
    workplace.write(SECOND, {"deals.csv": ""})
    workplace.night()
    with pytest.raises(ExtractError, match=r"cannot be accepted: nothing of it can be read .*is empty"):
        accept(workplace.folder, "sales", SECOND, TODAY)
    assert re.search("It cannot be accepted: nothing of it can be read", listing(workplace.folder))
    reject(workplace.folder, "sales", SECOND, TODAY)
    workplace.night()
    assert workplace.held() == {}


def test_each_source_decides_for_itself(workplace):
    workplace.others = ("shop",)
    workplace.write(FIRST, deals(10), "shop")
    for source in ("sales", "shop"):
        workplace.write(SECOND, deals(3), source)
    workplace.night()
    assert list(workplace.held()) == ["sales 2026-03-02", "shop 2026-03-02"]
    accept(workplace.folder, "shop", SECOND, TODAY)
    assert workplace.night() == ["shop 2026-03-02"]
    assert list(workplace.held()) == ["sales 2026-03-02"]


def test_decisions_of_a_newer_program_are_an_error(workplace):
    (workplace.root / "decisions.json").write_text('{"format_version": 99, "decisions": []}')
    with pytest.raises(ExtractError, match="format version 99"):
        workplace.stage()
