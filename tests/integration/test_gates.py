"""What a gate does when it does not let something through, and what hands cannot do around it."""

import subprocess
import sys
from pathlib import Path

import yaml

from tests.refreshes import PROJECT, SIMULATED, environment


def test_a_failed_gate_leaves_the_publication_and_no_hand_gets_round_it(refreshed):
    workplace = refreshed.workplace
    before = workplace.manifest
    impossible = {**SIMULATED, "thresholds": {"deals_present": 1_000_000}}
    try:
        workplace.company_file.write_text(yaml.safe_dump(impossible))
        finished = workplace.refresh()
        part = materialise_by_hand(workplace, "key:core/dim_company")
        by_hand = materialise_by_hand(workplace, "key:published/current")
    finally:
        workplace.company_file.write_text(yaml.safe_dump(SIMULATED))
    assert finished.returncode == 1
    assert "the gate 'core' failed: deals, deals_present" in finished.stdout
    assert f"readers still see {before['version']}" in finished.stdout
    assert part.returncode == 0, part.stdout + part.stderr
    assert by_hand.returncode != 0
    assert "Nothing was published and `current` has not moved" in by_hand.stdout + by_hand.stderr
    assert "the gate 'core models' has not checked this build" in by_hand.stdout + by_hand.stderr
    assert "the gate 'forecast' has not checked this build" in by_hand.stdout + by_hand.stderr
    assert workplace.manifest == before


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
