"""Exports that nobody prepared, inspected: what is written to start from runs without a line edited."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
import yaml

from orchestration.inspection.inspecting import inspect
from orchestration.inspection.report import report
from tests.refreshes import PROJECT, Workplace, environment

FOLDERS = (
    "maven_crm/original", "maven_crm/resaved_us_dates", "olist", "olist/variants", "preppin_salesforce",
    "salesforce_devorg_powerbi", "fivetran_salesforce_seeds", "fivetran_hubspot_seeds",
)  # fmt: skip


@pytest.fixture(scope="module")
def maven(tmp_path_factory, shared_data):
    """The hardware seller's files, inspected and refreshed by two commands."""
    start = tmp_path_factory.mktemp("start")
    files = shared_data / "maven_crm" / "original"
    words = ("inspect", str(files), "--write", str(start / "own"))
    command = [sys.executable, "-m", "orchestration.cli", *words]
    told = subprocess.run(
        command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=True
    ).stdout
    workplace = Workplace(start / "data", start / "own" / "company.yaml")
    workplace.succeed()
    return workplace, told


def test_wins_per_quarter_are_those_of_the_extract_with_no_line_edited(maven):
    workplace, _ = maven
    assert workplace.query(
        "select date_trunc('quarter', closed_date)::date, count(*), sum(amount)"
        " from core.fct_deals where is_won group by all order by 1"
    ) == [
        (date(2017, 1, 1), 531, Decimal("1134672.00")),
        (date(2017, 4, 1), 1254, Decimal("3086111.00")),
        (date(2017, 7, 1), 1257, Decimal("2982255.00")),
        (date(2017, 10, 1), 1196, Decimal("2802496.00")),
    ]


def test_every_deal_has_a_series_though_a_product_is_misspelt(maven):
    workplace, told = maven
    assert workplace.query(
        "select segment_value, count(*) from core.fct_deal_segments where segment_name = 'series'"
        " group by all order by 1"
    ) == [("GTK", 40), ("GTX", 5697), ("MG", 3063)]
    assert "not found: 'GTXPro' (1,480); with `ignore: [spaces]` 100.0%" in " ".join(told.split())


def test_both_twins_are_understood_alike(shared_data):
    mappings = []
    for twin in ("original", "resaved_us_dates"):
        found = inspect(shared_data / "maven_crm" / twin)
        assert found.trial.deals == {"all": 8800, "won": 4238, "lost": 2473, "open": 2089}
        mappings.append(yaml.safe_load(found.mapping))
    assert mappings[0] == mappings[1]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_is_told_at_100_columns(shared_data, folder):
    assert max(map(len, report(inspect(shared_data / folder)).splitlines())) <= 100
