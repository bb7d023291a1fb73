"""Pipedrive's exports and API answers: each shape becomes the same facts, and Won and Lost are stages."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from orchestration.simulation import SimulationSettings, simulate
from orchestration.simulation.extracts import extract
from orchestration.simulation.forms import pipedrive as pipedrive_form
from tests.unit.extract_folders import FIRST, SECOND, Workplace
from tests.unit.pipedrive_lists import list_view

EXPORTED = (
    "Deal - ID,Deal - Title,Deal - Creator,Deal - Owner,Deal - Value,"
    "Deal - Currency of Value,Deal - Weighted value,Deal - Currency of Weighted value,"
    "Deal - Probability,Deal - Organization,Deal - Organization ID,Deal - Pipeline,"
    "Deal - Contact person,Deal - Contact person ID,Deal - Stage,Deal - Label,Deal - Status,"
    "Deal - Deal created,Deal - Update time,Deal - Last stage change,"
    "Deal - Next activity date,Deal - Last activity date,Deal - Won time,"
    "Deal - Last email received,Deal - Last email sent,Deal - Lost time,Deal - Deal closed on,"
    "Deal - Lost reason,Deal - Visible to,Deal - Total activities,Deal - Done activities,"
    "Deal - Activities to do,Deal - Email messages count,Deal - Expected close date,"
    "Deal - Product quantity,Deal - Product amount,Deal - Product name,Deal - Source origin,"
    "Deal - Source origin ID,Deal - Source channel,Deal - Source channel ID,"
    "Deal - Archive status,Deal - Archive time,Deal - Sequence enrollment"
)
WON = {
    "ID": "7", "Title": "Fleet", "Owner": "Ann Other", "Value": "1200.50", "Currency of Value": "USD",
    "Probability": "40", "Organization": "Acme", "Organization ID": "70", "Pipeline": "Sales",
    "Contact person": "Bo Third", "Contact person ID": "700", "Stage": "Offer", "Status": "Won",
    "Deal created": "2026-01-05 10:00:00", "Update time": "2026-02-21 00:30:00",
    "Last stage change": "2026-02-01 09:00:00", "Won time": "2026-02-21 00:30:00",
    "Deal closed on": "2026-02-21 00:30:00", "Expected close date": "2026-03-31", "Product quantity": "2",
    "Product amount": "1200.50", "Product name": "Van", "Source origin": "Manually created",
    "Source channel": "Webinar", "Archive status": "Archived", "Archive time": "2026-02-22 08:00:00",
}  # fmt: skip
DEAL = {
    "id": 7, "title": "Fleet", "value": 1200.5, "currency": "USD", "add_time": "2026-01-05 09:00:00",
    "update_time": "2026-02-20 23:30:00", "stage_change_time": "2026-02-01 08:00:00", "status": "won",
    "probability": None, "stage_id": 2, "pipeline_id": 1, "user_id": 5, "org_id": 70, "person_id": 700,
    "expected_close_date": "2026-03-31", "close_time": "2026-02-20 23:30:00",
    "won_time": "2026-02-20 23:30:00",
    "lost_time": None, "lost_reason": None, "deleted": False, "is_archived": True,
}  # fmt: skip
SALES = {"pipeline_id": 1, "pipeline_name": "Sales"}
STAGES = [
    {
        "id": 1,
        "name": "Talk",
        "pipeline_id": 1,
        "pipeline_name": "Sales",
        "order_nr": 1,
        "deal_probability": 20,
    },
    {
        "id": 2,
        "name": "Offer",
        "pipeline_id": 1,
        "pipeline_name": "Sales",
        "order_nr": 2,
        "deal_probability": 60,
    },
]
FACTS = (
    "deal_id",
    "stage",
    "pipeline",
    "amount",
    "is_closed",
    "is_won",
    "close_date",
    "closed_at",
    "created_at",
)
WON_FACTS = (
    "7", "Won", "Sales", Decimal("1200.50"), True, True, date(2026, 2, 21), datetime(2026, 2, 20, 23, 30),
    datetime(2026, 1, 5, 9),
)  # fmt: skip


@pytest.fixture
def pipedrive(tmp_path):
    return Workplace(tmp_path, crm="pipedrive")


def exported(*deals, header=EXPORTED):
    """A list view's export: its header, and the fields that each deal has."""
    names = header.split(",")
    rows = [",".join(deal.get(name.removeprefix("Deal - "), "") for name in names) for deal in deals]
    return "\n".join([header, *rows]) + "\n"


def answer(*rows):
    return json.dumps({"success": True, "data": list(rows), "additional_data": {"next_cursor": None}})


def changed(number, field, old, new, at, deal=7):
    data = {
        "id": number,
        "item_id": deal,
        "user_id": 5,
        "field_key": field,
        "old_value": old,
        "new_value": new,
    }
    return {"object": "dealChange", "timestamp": at, "data": {**data, "log_time": at}}


def stage_history(workplace):
    return [
        (at.isoformat(), old, new)
        for field, at, old, new in sorted(
            workplace.rows("deal_changes", "field", "changed_at", "old_value", "new_value"),
            key=lambda row: row[1],
        )
        if field == "stage"
    ]


def test_a_list_view_and_the_api_give_the_same_deal(tmp_path):
    for name, files in (
        ("list", {"anything.csv": exported(WON)}),
        ("api", {"deals.json": answer(DEAL), "stages.json": answer(*STAGES)}),
    ):
        workplace = Workplace(tmp_path / name, crm="pipedrive")
        workplace.write(FIRST, files)
        workplace.land()
        assert workplace.rows("deals", *FACTS) == [WON_FACTS]
        assert stage_history(workplace) == [("2026-02-01T08:00:00", None, "Offer")]
        assert workplace.rows("deal_contacts", "contact_id") == [("700",)]
        assert sorted(workplace.rows("stages", "pipeline", "stage", "probability", "is_won")) == [
            ("Sales", "Lost", 0.0, False),
            ("Sales", "Offer", 0.4 if name == "list" else 0.6, False),
            *([("Sales", "Talk", 0.2, False)] if name == "api" else []),
            ("Sales", "Won", 1.0, True),
        ]


def test_a_list_view_names_owner_account_product_and_source(pipedrive):
    pipedrive.write(FIRST, {"deals-1.csv": exported(WON)})
    pipedrive.land()
    assert pipedrive.rows("deals", "owner_id", "account_id", "lead_source", "is_deleted") == [
        ("Ann Other", "70", "Webinar", False)
    ]
    assert pipedrive.rows("owners", "owner_id", "owner_name") == [("Ann Other", "Ann Other")]
    assert pipedrive.rows("accounts", "account_id", "account_name") == [("70", "Acme")]
    assert pipedrive.rows("deal_products", "product", "quantity") == [("Van", 2.0)]


def test_owners_of_a_list_view_are_those_of_the_users(pipedrive):
    user = {"id": 5, "name": "Ann Other", "email": "ann@acme.example", "active_flag": True, "role_id": 1}
    pipedrive.write(FIRST, {"deals.csv": exported(WON), "users.json": answer(user)})
    pipedrive.land()
    assert pipedrive.rows("deals", "owner_id") == [("5",)]
    assert pipedrive.rows("owners", "owner_id", "owner_name", "email") == [
        ("5", "Ann Other", "ann@acme.example")
    ]


def test_the_words_of_the_import_template_are_understood(pipedrive):
    header = (
        "Deal - Pipedrive System ID,Deal - Title*,Organization,Deal - Stage (pipeline),Deal - Pipeline,"
        "Deal - Status,Deal - Value,Deal - Currency of value,Deal - Creation date,Deal - Closed on,"
        "Deal - Lost time"
    )
    closed = "2026-02-21 00:30:00"
    row = f"7,Fleet,Acme,Offer (Sales),Sales,Lost,10,USD,2026-01-05 10:00:00,{closed},{closed}"
    pipedrive.write(FIRST, {"deals.csv": f"{header}\n{row}\n8{row[1:].replace('Lost', 'Open')}\n"})
    pipedrive.land()
    assert pipedrive.rows("deals", "deal_id", "stage", "account_id", "currency", "is_won") == [
        ("7", "Lost", "Acme", "USD", False),
        ("8", "Offer", "Acme", "USD", False),
    ]


@pytest.mark.parametrize("status", ["Deal - Stage", "Deal - Status"])
def test_any_column_but_id_title_and_stage_or_status_may_be_left_out(pipedrive, status):
    pipedrive.write(FIRST, {"deals.csv": exported(WON, header=f"Deal - ID,Deal - Title,{status}")})
    pipedrive.land()
    assert pipedrive.rows("deals", "deal_id", "stage") == [("7", "Won" if "us" in status else "Offer")]
    assert stage_history(pipedrive) == []


def test_a_deal_that_never_moved_has_been_in_its_stage_since_its_creation(pipedrive):
    lost = {**WON, "Status": "Lost", "Won time": "", "Lost time": WON["Won time"], "Last stage change": ""}
    pipedrive.write(FIRST, {"deals.csv": exported(lost)})
    pipedrive.land()
    assert pipedrive.rows("deals", "stage", "is_closed", "is_won") == [("Lost", True, False)]
    assert stage_history(pipedrive) == [("2026-01-05T09:00:00", None, "Offer")]


def test_the_flow_of_a_deal_lost_and_reopened_shows_the_stage_it_came_back_to(pipedrive):
    flow = [
        changed(6, "status", "open", "won", "2026-02-20 23:30:00"),
        changed(5, "stage_id", "1", "2", "2026-02-01 08:00:00"),
        changed(4, "status", "lost", "open", "2026-01-25 08:00:00"),
        changed(3, "lost_reason", None, "Price", "2026-01-20 08:00:00"),
        changed(2, "status", "open", "lost", "2026-01-20 08:00:00"),
        {
            "object": "activity",
            "timestamp": "2026-01-19 08:00:00",
            "data": {"id": 2, "deal_id": 7, "subject": "Call"},
        },
        changed(1, "add_time", None, "2026-01-05 09:00:00", "2026-01-05 09:00:00"),
    ]
    files = {"deals.json": answer(DEAL), "stages.json": answer(*STAGES), "flow/7.json": answer(*flow)}
    pipedrive.write(FIRST, files)
    pipedrive.land()
    assert stage_history(pipedrive) == [
        ("2026-01-20T08:00:00", "Talk", "Lost"),
        ("2026-01-25T08:00:00", "Lost", "Talk"),
        ("2026-02-01T08:00:00", "Talk", "Offer"),
        ("2026-02-20T23:30:00", "Offer", "Won"),
    ]
    assert pipedrive.quarantine("file") == []


def test_the_flow_tells_amounts_dates_owners_and_pipelines(pipedrive):
    flow = [
        changed(1, "value", "0", "900", "2026-01-06 08:00:00"),
        changed(2, "expected_close_date", "2026-03-01", "2026-03-31", "2026-01-07 08:00:00"),
        changed(3, "user_id", "4", "5", "2026-01-08 08:00:00"),
        changed(4, "pipeline", "2", "1", "2026-01-09 08:00:00"),
        changed(5, "value", "900", "900", "2026-01-09 08:00:00"),
    ]
    pipelines = answer(
        {"id": 1, "name": "Sales", "order_nr": 1, "url_title": "s"},
        {"id": 2, "name": "Partners", "order_nr": 2, "url_title": "p"},
    )
    files = {"deals.json": answer(DEAL), "flow.json": answer(*flow), "pipelines.json": pipelines}
    pipedrive.write(FIRST, {**files, "stages.json": answer(*STAGES)})
    pipedrive.land()
    changes = pipedrive.rows("deal_changes", "field", "old_value", "new_value", "changed_by")
    assert {change for change in changes if change[0] != "stage"} == {
        ("amount", None, "900.00", "5"),
        ("close_date", "2026-03-01", "2026-03-31", "5"),
        ("owner_id", "4", "5", "5"),
        ("pipeline", "Partners", "Sales", "5"),
        ("amount", "900.00", "900.00", "5"),
    }


def test_owners_and_organizations_inside_deals_of_the_first_api_are_read(pipedrive):
    deal = {
        **DEAL,
        "user_id": {"id": 5, "name": "Ann Other", "email": "ann@acme.example", "value": 5},
        "org_id": {"name": "Acme", "people_count": 1, "value": 70},
        "person_id": {
            "name": "Bo Third",
            "email": [{"value": "bo@third.example", "primary": True}],
            "value": 700,
        },
    }
    pipedrive.write(FIRST, {"deals.json": answer(deal)})
    pipedrive.land()
    assert pipedrive.rows("deals", "owner_id", "account_id", "stage", "pipeline") == [("5", "70", "Won", "1")]
    assert pipedrive.rows("owners", "owner_id", "email") == [("5", "ann@acme.example")]
    assert pipedrive.rows("accounts", "account_id", "account_name") == [("70", "Acme")]
    assert pipedrive.rows("deal_contacts", "contact_id") == [("700",)]


def test_deleted_is_deleted_and_archived_is_not(pipedrive):
    deals = [
        {**DEAL, "id": 1, "status": "deleted", "deleted": True, "won_time": None, "close_time": None},
        {**DEAL, "id": 2, "is_archived": True},
        {**DEAL, "id": 3, "status": "open", "won_time": None, "close_time": None, "value": 0},
    ]
    pipedrive.write(FIRST, {"deals.json": answer(*deals), "stages.json": answer(*STAGES)})
    pipedrive.land()
    assert pipedrive.rows("deals", "deal_id", "stage", "is_closed", "is_deleted", "amount") == [
        ("1", "Offer", False, True, Decimal("1200.50")),
        ("2", "Won", True, False, Decimal("1200.50")),
        ("3", "Offer", False, False, None),
    ]


def test_a_deal_won_after_the_last_extract_keeps_its_last_open_stage(pipedrive):
    open_deal = {**DEAL, "status": "open", "won_time": None, "close_time": None, "is_archived": False}
    for day, deal in ((FIRST, open_deal), (SECOND, DEAL)):
        pipedrive.write(day, {"deals.json": answer(deal), "stages.json": answer(*STAGES)})
        pipedrive.land()
    assert pipedrive.rows("deals", "stage", day=SECOND) == [("Won",)]
    assert stage_history(pipedrive) == [("2026-02-01T08:00:00", None, "Offer")]


def test_leads_activities_and_products_of_the_api_are_landed(pipedrive):
    lead = {
        "id": "adf21080-0e10-11eb-879b-05d71fb426ec", "title": "Vans", "owner_id": 5, "is_archived": False,
        "source_name": "API", "person_id": 700, "organization_id": None,
        "add_time": "2026-01-02T10:00:00.000Z",
    }  # fmt: skip
    activity = {
        "id": 9, "subject": "Call", "type": "call", "done": True, "deal_id": 7, "org_id": 70,
        "person_id": 700, "user_id": 5, "due_date": "2026-01-10",
        "marked_as_done_time": "2026-01-10 12:00:00",
    }  # fmt: skip
    product = {
        "id": 3, "deal_id": 7, "product_id": 30, "name": "Van", "item_price": 600.25, "quantity": 2,
        "sum": 1200.5, "currency": "USD",
    }  # fmt: skip
    planned = {**activity, "id": 10, "done": False, "marked_as_done_time": ""}
    files = {"leads": lead, "products_of_deals": product}
    pipedrive.write(FIRST, {f"{name}.json": answer(row) for name, row in files.items()})
    pipedrive.write(FIRST, {"deals.json": answer(DEAL), "activities.json": answer(activity, planned)})
    pipedrive.land()
    assert pipedrive.rows("leads", "lead_id", "source", "status", "created_at") == [
        (lead["id"], "API", "Open", datetime(2026, 1, 2, 10, tzinfo=UTC).replace(tzinfo=None))
    ]
    assert pipedrive.rows("activities", "activity_id", "deal_id", "kind", "occurred_at") == [
        ("9", "7", "call", datetime(2026, 1, 10, 12))
    ]
    assert pipedrive.rows("deal_products", "line_id", "product", "amount") == [
        ("3", "Van", Decimal("1200.50"))
    ]


def test_plain_headers_of_activities_and_those_of_organizations_and_persons_are_known(pipedrive):
    activities = (
        "ID,Subject,Deal ID,Done,Marked as done time,Add time,Type\n"
        "9,Call,7,Done,2026-01-10 13:00:00,2026-01-09 10:00:00,Call\n"
    )
    organizations = "Organization - ID,Organization - Name\n70,Acme\n"
    persons = "Person - ID,Person - Name,Person - Email - Work\n700,Bo Third,bo@third.example\n"
    files = {"a.csv": activities, "o.csv": organizations, "p.csv": persons, "d.csv": exported(WON)}
    pipedrive.write(FIRST, files)
    pipedrive.land()
    assert pipedrive.rows("activities", "activity_id", "occurred_at") == [("9", datetime(2026, 1, 10, 12))]
    assert pipedrive.rows("accounts", "account_id", "account_name") == [("70", "Acme")]


OTHERS = {
    "Salesforce opportunities": "Id,Name,StageName,CloseDate,OwnerId,AccountId,IsDeleted",
    "Salesforce accounts": "Id,Name,OwnerId,Industry,BillingCountry,CreatedDate,Website",
    "Salesforce users": "Id,Name,Email,IsActive,UserRoleId,ManagerId,Username",
    "Salesforce roles": "Id,Name,ParentRoleId,DeveloperName",
    "Salesforce tasks": "Id,Subject,Status,Type,ActivityDate,WhatId,OwnerId",
    "Salesforce leads": "Id,Status,IsConverted,Company,LastName,Title,OwnerId,LeadSource",
    "HubSpot deals": "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline",
    "HubSpot deals of the API": "id,properties.dealname,properties.dealstage,archived,createdAt,updatedAt",
    "HubSpot pipelines": "id,label,displayOrder,archived",
    "HubSpot owners": "id,email,firstName,lastName,userId,archived",
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_crms_are_not_taken_for_pipedrives(pipedrive, name):
    header = OTHERS[name]
    pipedrive.write(
        FIRST, {"deals.csv": exported(WON), "other.csv": f"{header}\n{',' * header.count(',')}\n"}
    )
    pipedrive.land()
    assert pipedrive.account("other.csv") == (0, 0, 0, 0, 0)


def test_a_simulated_company_is_the_same_in_a_list_view_as_through_the_api(tmp_path):
    company = simulate(SimulationSettings(deals=250, seed=5, until=FIRST, years=1))
    tables = pipedrive_form.translated(extract(company, FIRST))
    facts = (
        "deal_id",
        "stage",
        "pipeline",
        "amount",
        "currency",
        "is_won",
        "close_date",
        "closed_at",
        "is_deleted",
    )
    found = {}
    for name, files in (
        ("list", {"export.csv": list_view(tables).write_csv()}),
        ("api", {name: content for name, content in pipedrive_form.files(tables).items() if "json" in name}),
    ):
        workplace = Workplace(tmp_path / name, crm="pipedrive")
        workplace.write(FIRST, files)
        workplace.land()
        found[name] = sorted(workplace.rows("deals", *facts))
    assert found["list"] == found["api"]
    assert sum(deal[5] for deal in found["list"]) > 30
