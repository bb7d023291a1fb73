"""DAGSTER_HOME under the data folder: run history in SQLite, no pop-ups, no telemetry."""

import os
from pathlib import Path

from orchestration.data_folder import DataFolder

SETTINGS = """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency: {runs: {max_concurrent_runs: 1}}
"""


def use_dagster_home(folder: DataFolder) -> Path:
    """Make this data folder's Dagster home, if it is not there, and use it in this process."""
    home = folder.dagster
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(SETTINGS)
    os.environ["DAGSTER_HOME"] = str(home)
    return home
