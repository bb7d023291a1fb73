"""An extract that its gate holds: said beside the numbers, and landed once a person has accepted it."""

import shutil
import subprocess
import sys
from datetime import timedelta

import pytest

from orchestration.simulation import write_extracts
from tests.integration.conftest import UNTIL
from tests.refreshes import PROJECT, SIMULATED, Workplace, environment

DAY = UNTIL + timedelta(days=1)
DEALS_LEFT = 400


@pytest.fixture
def workplace(refreshed, tmp_path):
    """The refreshed company, and a second night whose export broke off."""
    data = tmp_path / "data"
    shutil.copytree(refreshed.workplace.data, data, symlinks=True)
    write_extracts(refreshed.truth, tmp_path / "again", [UNTIL])
    second = data / "raw" / "sales" / str(DAY)
    shutil.move(tmp_path / "again" / str(UNTIL), second)
    lines = (second / "deals.csv").read_text().splitlines(keepends=True)
    (second / "deals.csv").write_text("".join(lines[: 1 + DEALS_LEFT]))
    return Workplace(data, refreshed.workplace.company_file)


def funnelcast(workplace, *arguments):
    finished = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments, "--data", str(workplace.data)],
        cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return finished.returncode, finished.stdout + finished.stderr


def test_a_held_extract_is_said_beside_the_numbers_and_lands_once_accepted(workplace):
    held = workplace.refresh()
    assert held.returncode == 1
    assert f"the extract sales {DAY} did not pass its gate and waits" in held.stdout
    assert f"decide: funnelcast accept sales {DAY}" in held.stdout
    assert workplace.manifest["as_of"] == str(DAY)  # the day after the newest extract that counts
    assert workplace.manifest["newest_extracts"] == {"sales": str(UNTIL)}
    assert workplace.manifest["held_extracts"] == [f"sales {DAY}"]
    assert workplace.query('select extract_date, "check" from quality.held_extracts') == [
        (DAY, "full_extract_shrunk")
    ]

    assert f"Held: the extract sales {DAY}" in funnelcast(workplace, "accept")[1]
    status, told = funnelcast(workplace, "accept", "sales", str(DAY))
    assert status == 0
    assert f"300 deals of the lake are not in it and will count as deleted on {DAY}" in told
    assert "full_extract_shrunk" in workplace.succeed()
    assert workplace.manifest["newest_extracts"] == {"sales": str(DAY)}
    assert workplace.manifest["held_extracts"] == []
    [(deleted,)] = workplace.query("select count(*) from core.fct_deals where is_deleted")
    assert deleted >= 300
    assert funnelcast(workplace, "accept") == (0, "Nothing is held.\n")


def test_deciding_about_nothing_says_so(tmp_path):
    workplace = Workplace.of(tmp_path, SIMULATED)
    status, told = funnelcast(workplace, "reject", "sales", "2020-01-01")
    assert (status, told) == (2, "There is no held extract sales 2020-01-01; held is nothing\n")
