"""An extract that cannot be read is held by itself: all else lands, and once put right it does too."""

import os
from pathlib import Path

import pytest

from orchestration.check_results import results_frame
from orchestration.extracts import ExtractError, commit_extracts, read_manifest, stage_extracts
from orchestration.raw_gate import check_staged, passed
from tests.unit.extract_folders import FIRST, SECOND, THIRD, Workplace

EMPTY = {"deals.csv": ""}


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def deals(*rows):
    return {"deals.csv": "\n".join(("deal_id,stage", *rows)) + "\n"}


def night(workplace):
    """What one night lands and why it holds the others, by name."""
    staged = workplace.stage()
    commit_extracts(workplace.folder, staged)
    landed = [extract.name for extract in staged if not extract.problem]
    return landed, {extract.name: extract.problem for extract in staged if extract.problem}


def test_those_before_and_after_an_unreadable_extract_land_once(workplace):
    workplace.write(FIRST, deals("D1,A"))
    workplace.write(SECOND, EMPTY)
    workplace.write(THIRD, deals("D1,B"))
    landed, held = night(workplace)
    assert landed == ["sales 2026-03-01", "sales 2026-03-03"]
    assert list(held) == ["sales 2026-03-02"]
    before = workplace.lake_bytes()
    assert night(workplace) == ([], held)
    assert workplace.lake_bytes() == before
    assert workplace.rows("deals", "stage") == [("A",), ("B",)]


def test_an_extract_that_is_put_right_lands_and_those_after_it_anew(workplace, tmp_path):
    workplace.write(FIRST, EMPTY)
    workplace.write(SECOND, deals("D1,B"))
    night(workplace)
    workplace.write(FIRST, deals("D1,A"))
    assert night(workplace) == (["sales 2026-03-01", "sales 2026-03-02"], {})
    undisturbed = Workplace(tmp_path / "undisturbed")
    undisturbed.write(FIRST, deals("D1,A"))
    undisturbed.write(SECOND, deals("D1,B"))
    undisturbed.land()
    assert workplace.lake_bytes() == undisturbed.lake_bytes()


def test_what_was_landed_stays_where_its_files_have_become_unreadable(workplace):
    workplace.write(FIRST, deals("D1,A"))
    workplace.write(SECOND, deals("D1,B"))
    workplace.land()
    workplace.write(FIRST, EMPTY)
    workplace.write(THIRD, deals("D1,C"))
    landed, held = night(workplace)
    assert (landed, list(held)) == (["sales 2026-03-03"], ["sales 2026-03-01"])
    assert workplace.rows("deals", "stage") == [("A",), ("B",), ("C",)]


def test_a_correction_waits_while_a_later_extract_of_the_lake_cannot_be_read(workplace):
    workplace.write(FIRST, deals("D1,A"))
    workplace.write(SECOND, deals("D1,B"))
    workplace.land()
    workplace.write(FIRST, deals("D1,X"))
    workplace.write(SECOND, EMPTY)
    landed, held = night(workplace)
    assert landed == []
    assert "but the files of 2026-03-02 cannot be read" in held["sales 2026-03-01"]
    assert workplace.rows("deals", "stage") == [("A",), ("B",)]
    workplace.write(SECOND, deals("D1,B"))
    assert night(workplace)[1] == {}
    assert workplace.rows("deals", "stage") == [("X",), ("B",)]


def test_a_correction_waits_while_later_files_are_gone_and_newer_extracts_land(workplace):
    workplace.write(FIRST, deals("D1,A"))
    second = workplace.write(SECOND, deals("D1,B"))
    workplace.land()
    (second / "deals.csv").rename(workplace.root / "away.csv")
    second.rmdir()
    workplace.write(FIRST, deals("D1,X"))
    workplace.write(THIRD, deals("D1,C"))
    landed, held = night(workplace)
    assert (landed, list(held)) == (["sales 2026-03-03"], ["sales 2026-03-01"])
    assert night(workplace) == ([], held)


def test_stray_files_and_folders_are_told_and_the_dated_extracts_land(workplace):
    extract = workplace.write(FIRST, deals("D1,A"))
    (extract.parent / "deals.csv").write_text("deal_id\nD1\n")
    (extract.parent / "2026-02-31").mkdir()
    staged = workplace.stage()
    assert [(each.name, bool(each.problem)) for each in staged] == [
        ("sales undated", True), ("sales undated", True), ("sales 2026-03-01", False),
    ]  # fmt: skip
    assert "2026-02-31: is no date" in staged[0].problem
    assert "without a date" in staged[1].problem


def test_a_file_that_may_not_be_read_is_a_problem_of_its_extract(workplace, monkeypatch):
    refused = workplace.write(FIRST, deals("D1,A")) / "deals.csv"
    workplace.write(SECOND, deals("D1,B"))
    opened = Path.open

    def refuse(path, *arguments, **options):
        if path == refused:
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    landed, held = night(workplace)
    assert landed == ["sales 2026-03-02"]
    assert held == {"sales 2026-03-01": f"{refused}: cannot be read: Permission denied"}


def test_a_folder_that_may_not_be_read_is_never_passed_over(workplace, monkeypatch):
    extract = workplace.write(FIRST, {**deals("D1,A"), "deals/more.csv": "deal_id,stage\nD2,A\n"})
    listed = os.scandir

    def refuse(path):
        if str(path) == str(extract / "deals"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert workplace.problem() == f"source sales: {extract}: cannot be read: Permission denied"


def test_the_raw_gate_holds_what_cannot_be_read_and_says_why(workplace):
    workplace.write(FIRST, EMPTY)
    workplace.write(SECOND, {"deals.csv": "deal_id,stage,currency\nD1,A,EUR\n"})
    staged = workplace.stage()
    results = check_staged(staged, {})
    [unreadable] = [result for result in results if result.dataset.startswith("sales 2026-03-01")]
    assert (unreadable.dataset, unreadable.check) == ("sales 2026-03-01 landed_files", "extract_readable")
    assert (unreadable.severity, unreadable.status) == ("critical", "failed")
    assert unreadable.observed == staged[0].problem
    assert "deals.csv: is empty" in unreadable.observed
    assert passed(staged, results_frame("build", results)) == staged[1:]


def test_a_source_without_a_folder_is_held_and_the_lake_stays(workplace):
    workplace.write(FIRST, deals("D1,A"))
    workplace.land()
    (workplace.root / "raw" / "sales").rename(workplace.root / "raw" / "moved")
    staged = workplace.stage()
    results = check_staged(staged, {})
    assert [(result.dataset, result.check) for result in results] == [
        ("sales undated landed_files", "extract_readable")
    ]
    assert passed(staged, results_frame("build", results)) == []
    assert len(commit_extracts(workplace.folder, staged).extracts) == 1
    assert len(read_manifest(workplace.folder).extracts) == 1


def test_another_source_lands_although_one_has_no_folder(workplace):
    workplace.write(FIRST, deals("D1,A"))
    [sales] = workplace.company.sources
    shop = sales.model_copy(update={"name": "shop", "path": Path("raw/shop"), "id_prefix": "shop-"})
    company = workplace.company.model_copy(update={"sources": [shop, sales]})
    staged = stage_extracts(company, workplace.root, workplace.folder)
    assert [(each.name, bool(each.problem)) for each in staged] == [
        ("shop undated", True), ("sales 2026-03-01", False),
    ]  # fmt: skip


def test_a_mapping_that_is_missing_stops_all(workplace):
    workplace.write(FIRST, EMPTY)
    workplace.crm = "gone.yaml"
    with pytest.raises(ExtractError, match=r"there is no file .*gone\.yaml"):
        workplace.stage()
