"""What a gate does when it does not let something through, and what hands cannot do around it."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import yaml

from orchestration.simulation import write_extracts
from tests.integration.conftest import UNTIL
from tests.integration.test_refresh import spoil
from tests.refreshes import PROJECT, SIMULATED, environment


def test_a_failed_gate_leaves_the_publication_and_no_hand_gets_round_it(refreshed):
    workplace = refreshed.workplace
    before = workplace.manifest
    impossible = {**SIMULATED, "thresholds": {"deals_present": 1_000_000}}
    try:
        workplace.company_file.write_text(yaml.safe_dump(impossible))
        finished = workplace.refresh()
        by_hand = materialise_by_hand(workplace, "key:published/current")
    finally:
        workplace.company_file.write_text(yaml.safe_dump(SIMULATED))
    assert finished.returncode == 1
    assert "the gate 'core' failed: deals, deals_present" in finished.stdout
    assert f"readers still see {before['version']}" in finished.stdout
    assert by_hand.returncode != 0
    assert "Nothing was published and `current` has not moved" in by_hand.stdout + by_hand.stderr
    assert "the gate 'forecast' has not checked this build" in by_hand.stdout + by_hand.stderr
    assert workplace.manifest == before


def test_an_extract_that_fails_its_gate_is_held_and_the_rest_is_published(refreshed):
    workplace = refreshed.workplace
    day = UNTIL + timedelta(days=1)
    raw = workplace.data / "raw" / "sales"
    write_extracts(refreshed.truth, raw.with_name("elsewhere"), [UNTIL])
    shutil.move(raw.with_name("elsewhere") / str(UNTIL), raw / str(day))
    spoil(raw / str(day) / "deals.csv", every=2, count=300)
    try:
        finished = workplace.refresh()
    finally:
        shutil.rmtree(raw / str(day))
    assert finished.returncode == 1
    assert f"the extract sales {day} did not pass its gate and waits" in finished.stdout
    assert workplace.manifest["as_of"] == str(day)  # the day after the newest extract that counts
    assert workplace.manifest["newest_extracts"] == {"sales": str(UNTIL)}


def materialise_by_hand(workplace, selection):
    """Materialise single assets, as a person can in the UI."""
    return subprocess.run(
        [
            Path(sys.executable).with_name("dagster"),
            "asset",
            "materialize",
            "--select",
            selection,
            "-m",
            "orchestration.definitions",
        ],
        cwd=PROJECT,
        env={
            **environment(),
            "FUNNELCAST_COMPANY": str(workplace.company_file),
            "FUNNELCAST_DATA": str(workplace.data),
            "DAGSTER_HOME": str(workplace.data / "dagster"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
