"""What HubSpot's API answers: nested JSON, stages by their ids, history of properties, associations."""

import json
from datetime import date, datetime

import pytest

from tests.unit.extract_folders import FIRST, Workplace

PIPELINES = {
    "results": [
        {
            "id": "default",
            "label": "Sales",
            "displayOrder": 0,
            "archived": False,
            "stages": [
                {
                    "id": stage,
                    "label": label,
                    "displayOrder": order,
                    "metadata": {"isClosed": is_closed, "probability": probability},
                    "archived": False,
                }
                for stage, label, order, is_closed, probability in (
                    ("appointmentscheduled", "First Call", 0, "false", "0.2"),
                    ("987", "Demo", 1, "false", "0.4"),
                    ("closedwon", "Signed", 2, "true", "1.0"),
                )
            ],
        }
    ]
}
OWNERS = [
    {
        "id": "70",
        "email": "ada@x.example",
        "firstName": "Ada",
        "lastName": "Lee",
        "userId": 900,
        "archived": False,
        "teams": [
            {"id": "1", "name": "All", "primary": False},
            {"id": "2", "name": "DACH", "primary": True},
        ],
    },
    {
        "id": "71",
        "email": "b@x.example",
        "firstName": "",
        "lastName": "Ort",
        "userId": None,
        "archived": True,
    },
]


def deal(number, history=None, associations=None, archived=False, **properties):
    """A deal as the API answers it."""
    return {
        "id": str(number),
        "properties": {"dealname": f"Deal {number}", "dealstage": "987", "pipeline": "default", **properties},
        **({"propertiesWithHistory": history} if history else {}),
        **({"associations": associations} if associations else {}),
        "createdAt": "2026-01-05T08:00:00.000Z",
        "updatedAt": "2026-01-09T08:00:00.000Z",
        "archived": archived,
        **({"archivedAt": "2026-01-09T08:00:00.000Z"} if archived else {}),
    }


@pytest.fixture
def landed(tmp_path):
    """Lands one extract of these files."""

    def land(**files):
        hubspot = Workplace(tmp_path, crm="hubspot")
        texts = {f"{name}.json": json.dumps(content) for name, content in files.items()}
        hubspot.write(FIRST, texts)
        hubspot.land()
        return hubspot

    return land


def test_stages_and_pipelines_are_called_by_their_labels(landed):
    hubspot = landed(page_1={"results": [deal(1), deal(2, dealstage="gone")]}, pipelines=PIPELINES)
    assert hubspot.rows("deals", "pipeline", "stage") == [("Sales", "Demo"), ("Sales", "gone")]
    columns = ("pipeline", "stage", "stage_order", "process_step", "probability", "is_closed", "is_won")
    assert hubspot.rows("stages", *columns) == [
        ("Sales", "First Call", 0, "qualified", 0.2, False, False),
        ("Sales", "Demo", 1, None, 0.4, False, False),
        ("Sales", "Signed", 2, "customer", 1.0, True, True),
    ]


def test_default_stages_have_their_labels_without_a_file_of_pipelines(landed):
    assert landed(deals=[deal(1, dealstage="contractsent")]).rows("deals", "stage") == [("Contract Sent",)]


def test_epoch_milliseconds_are_moments_and_days(landed):
    close = datetime(2026, 7, 1, 22, 30)  # the day after in Berlin
    milliseconds = str(int((close - datetime(1970, 1, 1)).total_seconds() * 1000))
    hubspot = landed(deals=[deal(1, closedate=milliseconds, createdate="1767600000000")])
    assert hubspot.rows("deals", "created_at", "close_date") == [
        (datetime(2026, 1, 5, 8), date(2026, 7, 2)),
    ]


def test_history_of_properties_is_changes_by_the_owner_who_is_the_user(landed):
    def value(value, **more):
        return {"value": value, "timestamp": "2026-01-05T08:00:00.147Z", **more}

    history = {
        "dealstage": [value("closedwon", updatedByUserId=900), value("987")],
        "amount": [value("987")],
        "pipeline": [value("default")],
        "hubspot_owner_id": [value("70")],
        "closedate": [value("2026-07-01T22:30:00Z")],
        "hs_manual_forecast_category": [value("BEST_CASE")],
        "hs_num_contacts": [value("987")],
    }
    hubspot = landed(deals=[deal(1, history)], pipelines=PIPELINES, owners={"results": OWNERS})
    assert hubspot.rows("deal_changes", "field", "new_value", "changed_by") == [
        ("stage", "Signed", "70"),
        ("stage", "Demo", None),
        ("amount", "987.00", None),
        ("pipeline", "Sales", None),
        ("owner_id", "70", None),
        ("close_date", "2026-07-02", None),
        ("forecast_category", "Best Case", None),
    ]


def test_an_owner_has_both_names_the_primary_team_and_is_active_unless_archived(landed):
    hubspot = landed(deals=[deal(1)], owners={"results": OWNERS})
    assert hubspot.rows("owners", "owner_id", "owner_name", "team", "is_active") == [
        ("70", "Ada Lee", "DACH", True),
        ("71", "Ort", None, False),
    ]


def test_archived_deals_are_deleted_and_merged_ones_name_the_deal_that_they_became_part_of(landed):
    hubspot = landed(deals=[deal(1, hs_merged_object_ids="8;9"), deal(2, archived=True)])
    assert sorted(hubspot.rows("deals", "deal_id", "merged_into_deal_id", "is_deleted", "deleted_at")) == [
        ("1", None, False, None),
        ("2", None, True, datetime(2026, 1, 9, 8)),
        ("8", "1", None, None),
        ("9", "1", None, None),
    ]


def test_associations_give_a_deal_its_company_its_contacts_and_the_lead_that_it_came_from(landed):
    associations = {
        "companies": {"results": [{"id": "77", "type": "deal_to_company"}]},
        "contacts": {"results": [{"id": "301", "type": "deal_to_contact"}]},
        "line items": {"results": [{"id": "5", "type": "deal_to_line_item"}]},
    }
    contacts = [
        {
            "id": number,
            "properties": {"createdate": "2025-11-01T08:00:00Z", "lifecyclestage": "lead", **dates},
        }
        for number, dates in (
            ("301", {"hs_v2_date_entered_lead": "2025-11-02T08:00:00Z"}),
            ("302", {}),
        )
    ]
    hubspot = landed(deals=[deal(1, None, associations)], contacts={"results": contacts})
    assert hubspot.rows("deals", "account_id", "lead_id") == [("77", "301")]
    assert hubspot.rows("deal_contacts", "deal_id", "contact_id") == [("1", "301")]
    assert hubspot.rows("leads", "lead_id", "deal_id") == [("301", "1")]


def test_engagements_are_activities_of_the_deal_that_they_are_associated_with(landed):
    call = {
        "id": "55",
        "properties": {"hs_timestamp": "2026-01-07T08:00:00Z", "hs_call_direction": "INBOUND"},
        "associations": {"deals": {"results": [{"id": "1", "type": "call_to_deal"}]}},
    }
    meeting = {
        "id": "56",
        "properties": {
            "hs_timestamp": "2026-01-08T08:00:00Z",
            "hs_meeting_title": "Demo",
            "hs_meeting_start_time": "2026-01-08T09:00:00Z",
        },
    }
    hubspot = landed(deals=[deal(1)], calls={"results": [call]}, meetings={"results": [meeting]})
    columns = ("activity_id", "deal_id", "kind", "direction", "occurred_at")
    assert hubspot.rows("activities", *columns) == [
        ("55", "1", "call", "inbound", datetime(2026, 1, 7, 8)),
        ("56", None, "meeting", None, datetime(2026, 1, 8, 9)),
    ]
