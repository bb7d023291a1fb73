"""Scenario files: a good one is read, a bad one is told by file, line, key and value, and left out."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.scenario_files import ReadScenarios, read_scenarios

SEGMENTS = ("all", "owner", "team", "pipeline", "deal_type", "region")
HEAD = "name: slow\ndescription: Everything is slower\n"


def read(folder: Path, *texts: str, **options) -> ReadScenarios:
    for number, text in enumerate(texts, start=1):
        (folder / f"{number}.yaml").write_text(text)
    return read_scenarios(folder, SEGMENTS, **options)


def problem(folder: Path, text: str) -> str:
    found = read(folder, text)
    assert not found.by_file
    assert found.problems
    return "\n".join(each.problem for each in found.problems)


def test_the_scenarios_of_the_repository_can_be_used_by_any_company() -> None:
    found = read_scenarios(Path("data/scenarios"), ("all",))
    assert [scenario.name for scenario in found.scenarios] == ["better_closing", "fewer_new_deals"]
    assert not found.problems


def test_a_company_without_scenarios_has_no_fingerprint_of_them(tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        assert read_scenarios(folder, SEGMENTS) == ReadScenarios({}, [], "")


def test_every_kind_of_change_is_read(tmp_path) -> None:
    text = (
        HEAD
        + """\
changes:
  - drop: {deals: [a, "1042"]}
  - drop: {where: {region: EMEA, stage: [Demo, Offer]}}
  - win: {deal: b, on: 2026-11-15, amount: 50000}
  - shift: {days: 30, deals: c}
  - conversion: {by: 1.1, stage: Offer, pipeline: new business, of: open}
  - arrivals: {by: 0.8}
  - size: {by: 1.05}
"""
    )
    found = read(tmp_path, text)
    assert not found.problems
    [scenario] = found.scenarios
    undone = found.problem_table({"slow": ["a: not open"]})
    assert undone.rows() == [("1.yaml", "slow", "a: not open")]
    dropped, _, won, shifted = (scenario.changes[number] for number in range(4))
    assert dropped.drop
    assert dropped.drop.deals == ["a", "1042"]
    assert won.win
    assert won.win.on == date(2026, 11, 15)
    assert shifted.shift
    assert shifted.shift.deals == ["c"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            "  - arrivals: {by: 0.8}\n  - drop: {owner: U1}\n",
            "line 5: changes.1.drop.owner: is not a key here; accepted are deals, where",
        ),
        ("  - {}\n", "line 4: changes.0: exactly one of drop, win, shift, conversion, arrivals, size"),
        ("  - drop: {}\n", "line 4: changes.0.drop: exactly one of deals, where is accepted"),
        (
            "  - drop:\n      deals: [1042]\n",
            "line 5: changes.0.drop.deals.0: '1042': a text is accepted; a number or a date needs quotes",
        ),
        ("  - win: {deal: a, on: 2026-02-30}\n", "line 4: changes.0.win.on: '2026-02-30': accepted is"),
        ("  - win: {on: 2026-02-03}\n", "line 4: changes.0.win.deal: is missing"),
        ("  - arrivals: {by: -1}\n", "changes.0.arrivals.by: '-1': accepted is greater than or equal to 0"),
        ("  - arrivals: {by: 20 %}\n", "changes.0.arrivals.by: '20 %': accepted is a valid number"),
        ("  - shift: {deals: [a], days: 1.5}\n", "changes.0.shift.days: '1.5': accepted is a valid integer"),
        ("  - size: {by: 2, of: old}\n", "changes.0.size.of: 'old': accepted is 'all', 'open' or 'new'"),
        ("  - conversion: {by: 1, pipeline: p}\n", "without a stage it is not accepted"),
        (
            "  - drop: {where: {continent: Asia}}\n",
            "line 4: changes.0.drop.where.continent: is not what deals are chosen by; accepted are all,"
            " deal_type, owner, pipeline, region, stage, team",
        ),
    ],
)  # fmt: skip
def test_a_bad_change_is_told_with_its_line_key_and_what_is_accepted(tmp_path, changes, told) -> None:
    assert told in problem(tmp_path, HEAD + "changes:\n" + changes)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a mapping of keys to values is accepted, with name, description, changes"),
        ("name: [", "is not valid YAML"),
        ("name: a\nname: b\n", "key name stands twice"),
        ("name: !!python/object/apply:os.system ['echo hi']", "is not valid YAML"),
        (HEAD, "changes: is missing"),
        ('name: a\ndescription: "x\\e[2J"\nchanges: []\n', "line 2: description: 'x"),
        (HEAD + "changes: []\n", "line 3: changes: List should have at least 1 item"),
        ("name: base\ndescription: x\nchanges: [{arrivals: {by: 1}}]\n", "'base' is the forecast itself"),
        (HEAD.replace("slow", "Two words") + "changes: [{arrivals: {by: 1}}]\n", "line 1: name: 'Two words'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_scenario_is_told(tmp_path, text, told) -> None:
    assert told in problem(tmp_path, text)


def test_bytes_that_are_no_text_are_told_without_a_path_of_this_machine(tmp_path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"name: \xff")
    (tmp_path / "folder.yaml").mkdir()
    found = read_scenarios(tmp_path, SEGMENTS)
    assert [each.file for each in found.problems] == ["bad.yaml", "folder.yaml"]
    assert found.problems[0].problem.startswith("cannot be read: 'utf-8' codec")
    assert found.problems[1].problem == "is no file"
    assert not any(str(tmp_path) in each.problem for each in found.problems)


def test_other_files_of_the_folder_are_left_alone(tmp_path) -> None:
    for name in (".#slow.yaml", "README.md", "slow.yaml~"):
        (tmp_path / name).write_text("name: [")
    assert read_scenarios(tmp_path, SEGMENTS) == ReadScenarios({}, [], "")


def test_a_bad_file_leaves_the_others(tmp_path) -> None:
    found = read(tmp_path, "name: [", HEAD + "changes: [{arrivals: {by: 2}}]\n")
    assert list(found.by_file) == ["2.yaml"]
    assert [each.file for each in found.problems] == ["1.yaml"]


def test_a_name_that_is_used_twice_is_told_with_both_files(tmp_path) -> None:
    text = HEAD + "changes: [{arrivals: {by: 2}}]\n"
    found = read(tmp_path, text, text)
    assert list(found.by_file) == ["1.yaml"]
    assert "line 1: name: 'slow' is used in 1.yaml too" in found.problems[0].problem


def test_a_run_can_choose_scenarios_and_bring_another(tmp_path) -> None:
    texts = [f"name: {name}\ndescription: x\nchanges: [{{arrivals: {{by: 2}}}}]\n" for name in "abc"]
    found = read(tmp_path, *texts[:2], only=["b", "z"], another=texts[2])
    assert [scenario.name for scenario in found.scenarios] == ["b", "c"]
    assert list(found.by_file) == ["2.yaml", "run config"]
    assert found.problems[0].problem == "there is no scenario 'z'; there are a, b, c"


def test_whatever_is_read_changes_the_fingerprint(tmp_path) -> None:
    text = HEAD + "changes: [{arrivals: {by: 2}}]\n"
    seen = {read(tmp_path, text).fingerprint, read(tmp_path, text).fingerprint}
    assert len(seen) == 1
    seen |= {read(tmp_path, text + "# a note\n").fingerprint, read(tmp_path, "name: [").fingerprint}
    seen |= {read(tmp_path, text, only=["slow"]).fingerprint, read(tmp_path, text, another=text).fingerprint}
    assert len(seen) == 5
