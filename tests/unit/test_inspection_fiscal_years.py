"""The fiscal year that a file of periods shows, and how a company file says it."""

from datetime import timedelta

import pytest
import yaml

from orchestration.company import FiscalYear
from orchestration.extracts.tables import open_tables
from orchestration.fiscal import fiscal_months
from orchestration.inspection.fiscal_years import fiscal_years
from orchestration.inspection.inspecting import inspect

DEALS = "Id,Name,StageName,CloseDate,CreatedDate\n006000000000001AAA,One,Proposal,2026-03-31,2026-02-01\n"
HEADER = "Id,FiscalYearSettingsId,Type,StartDate,EndDate,FullyQualifiedLabel\n"


def written(tmp_path, settings):
    """A file of the periods that a company with these settings has in three years."""
    months = list(fiscal_months(settings, 2022, 2024))
    lines = [
        f"026{number},022,Month,{month.start},{month.end - timedelta(days=1)},M{month.number} FY {month.year}"
        for number, month in enumerate(months)
    ]
    for number in range(0, len(months), 12):
        year = months[number : number + 12]
        lines.append(
            f"027{number},022,Year,{year[0].start},{year[-1].end - timedelta(days=1)},FY {year[0].year}"
        )
    path = tmp_path / "Period.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    "settings",
    [
        {"start_month": 1},
        {"start_month": 2, "named_by": "end_year"},
        {"start_month": 7, "named_by": "start_year"},
        {
            "start_month": 2,
            "pattern": "454",
            "week_starts": "sunday",
            "ends": "nearest",
            "named_by": "start_year",
        },
        {"start_month": 2, "pattern": "445", "week_starts": "monday", "ends": "last", "named_by": "end_year"},
        {
            "start_month": 10,
            "pattern": "544",
            "week_starts": "sunday",
            "ends": "last",
            "named_by": "end_year",
        },
    ],
)
def test_periods_show_the_settings_they_were_made_with(tmp_path, settings):
    expected = FiscalYear.model_validate(settings)
    found = fiscal_years(open_tables(written(tmp_path, expected)))
    assert found is not None
    shown = list(fiscal_months(FiscalYear.model_validate(found.setting), 2023, 2024))
    assert shown == list(fiscal_months(expected, 2023, 2024))
    assert found.reason == "3 years of Period.csv"


def test_a_file_without_kinds_of_periods_shows_nothing(tmp_path):
    (tmp_path / "contracts.csv").write_text("Id,Type,StartDate,EndDate\n1,Support,2026-01-01,2026-12-31\n")
    assert fiscal_years(open_tables(tmp_path / "contracts.csv")) is None


def test_the_starting_company_file_says_it(tmp_path):
    written(tmp_path, FiscalYear(start_month=2))
    (tmp_path / "Opportunity.csv").write_text(DEALS)
    company = yaml.safe_load(inspect(tmp_path).company)
    assert company["fiscal_year"] == {"start_month": 2, "named_by": "end_year"}
