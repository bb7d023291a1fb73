"""docs/errors.md says precisely what the program prints for twenty of the worst inputs."""

from pathlib import Path

from tests.worst_inputs import WORST_INPUTS, page, seen

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_of_errors_says_what_is_printed():
    assert DOCUMENT.read_text(encoding="utf-8").splitlines() == "\n".join(page()).splitlines()


def test_there_are_twenty_inputs_and_each_is_told_in_one_line_or_more(tmp_path):
    assert len(WORST_INPUTS) == 20
    for number, worst in enumerate(WORST_INPUTS):
        assert seen(worst, tmp_path / str(number)), worst.title
