"""Salesforce's own headers and a loader's tables of its objects, where they are at hand."""

import csv
import io

import pytest

from orchestration.extracts import read_manifest
from tests.refreshes import SHARED_DATA, needs_shared_data
from tests.unit.extract_folders import FIRST, Workplace

HEADERS = SHARED_DATA / "crm_export_headers"
SEEDS = SHARED_DATA / "fivetran_salesforce_seeds"
pytestmark = needs_shared_data
MOMENT, DAY, NOTHING = "2026-03-31 14:05:00", "2026-03-31 00:00:00", "000000000000000AAA"
VALUES = {
    "Id": "0068d000002OrZqAAK", "OpportunityId": "0068d000002OrZqAAK", "WhatId": "0068d000002OrZqAAK",
    "WhoId": "00Q8d000002OrZqAAK", "OwnerId": "0058d000002C3D2AAK", "StageName": "Negociación",
    "CloseDate": DAY, "PrevCloseDate": DAY, "ActivityDate": DAY, "IsoCode": "EUR", "CurrencyIsoCode": "EUR",
    "ForecastCategory": "BestCase", "ForecastCategoryName": "Best Case",
}  # fmt: skip
LANDED = {
    "CurrencyType": "exchange_rates",
    "Opportunity": "deals",
    "OpportunityHistory": "deal_changes",
    "Quote": "(lookup)",
    "Task": "activities",
}


def made_up(column):
    """A value such as the Data Export Service writes into this column."""
    if column in VALUES:
        return VALUES[column]
    if column.endswith("Id"):
        return NOTHING
    if column.startswith(("Is", "Has")):
        return "1" if column == "IsClosed" else "0"
    if column.endswith(("Date", "Modstamp", "DateTime")):
        return MOMENT
    if column.startswith(("Amount", "Prev", "Expected", "Probability", "Total", "Conversion", "Stage")):
        return "4.0"
    return ""


def export(file):
    """The header of an export with one made-up row under it."""
    header = next(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, map(made_up, header)])
    return text.getvalue()


@pytest.mark.parametrize("name", LANDED)
def test_each_export_is_recognised_by_its_header_and_its_row_lands(name, tmp_path):
    workplace = Workplace(tmp_path, crm="salesforce")
    prefix = "salesforce_data_export_service"
    files = {"a.csv": export(HEADERS / f"{prefix}.{name}.header.txt")}
    if name != "Opportunity":
        files["b.csv"] = export(HEADERS / f"{prefix}.Opportunity.header.txt")
    workplace.write(FIRST, files)
    workplace.land()
    landed = read_manifest(workplace.folder).landed_files()
    assert landed.filter(file="a.csv").select("entity", "rows_in", "rows_quarantined").row(0) == (
        LANDED[name], 1, 0,
    )  # fmt: skip
    assert workplace.rows("deals", "deal_id", "stage", "is_closed") == [
        ("0068d000002OrZqAAK", "Negociación", True)
    ]
    if name == "Task":
        assert workplace.rows("activities", "deal_id", "lead_id") == [
            ("0068d000002OrZqAAK", "00Q8d000002OrZqAAK")
        ]


def test_a_loaders_tables_are_landed_whole_with_every_row_accounted_for(tmp_path):
    workplace = Workplace(
        tmp_path, crm="salesforce", source={"path": str(SEEDS), "extract_date": "2020-01-01"}
    )
    workplace.land()
    landed = {
        file.removeprefix("sf_").removesuffix("_data.csv"): (entity, rows, quarantined)
        for file, entity, rows, quarantined in read_manifest(workplace.folder)
        .landed_files()
        .select("file", "entity", "rows_in", "rows_quarantined")
        .rows()
        if file.endswith(".csv")
    }
    assert landed == {
        "account": ("accounts", 10, 0),
        "account_history": ("accounts", 10, 0),
        "contact": ("(lookup)", 4, 0),
        "contact_history": ("(lookup)", 4, 0),
        "event": ("activities", 10, 0),
        "lead": ("leads", 1, 0),
        "opportunity": ("deals", 10, 0),
        "opportunity_history": ("deals", 10, 0),
        "opportunity_line_item": ("deal_products", 10, 0),
        "order": ("(not used)", 0, 0),
        "product_2": ("(lookup)", 2, 0),
        "task": ("activities", 10, 0),
        "user": ("owners", 10, 0),
        "user_role": ("(lookup)", 10, 0),
    }
    deals = {deal for (deal,) in workplace.rows("deals", "deal_id")}
    assert {deal for (deal,) in workplace.rows("deal_changes", "deal_id")} <= deals
    assert all(deal.startswith("006") for (deal,) in workplace.rows("activities", "deal_id") if deal)
