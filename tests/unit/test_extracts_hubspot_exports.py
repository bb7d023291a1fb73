"""Files that people export from HubSpot: labels for names, local times, one column for each stage."""

from datetime import datetime

import pytest

from tests.unit.extract_folders import FIRST, Workplace

EXPORT = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Close Date,Create Date,Amount,Currency,Deal owner,Deal Type,"
    "Is Closed Won,Is closed lost,Last Modified Date,Forecast category,Next step,Closed Lost Reason,"
    "Original Source,Associated Company IDs (Primary),Associated Contact IDs,"
    '"Date entered ""Contract Sent (Sales Pipeline)""","Date entered \'Contract Sent (Sales Pipeline)\'",'
    '"Date entered ""Closed Won (Sales Pipeline)""",Date entered current stage\n'
    "11,Big,Closed Won (Sales Pipeline),Sales Pipeline,2026-02-20 09:30,2026-01-05 08:00,1200.50,USD,"
    "Anna Adler,New Business,true,false,2026-02-21 10:00,Closed won,,,Referrals,77,301;302,"
    "2026-02-01 12:15,2026-02-01 12:15,2026-02-20 09:30,2026-02-20 09:30\n"
    "12,Small,Contract Sent (Sales Pipeline),Sales Pipeline,2026-07-01 10:00,2026-01-06 08:00,,EUR,"
    "Ben Brandt,Existing Business,false,false,2026-02-21 10:00,Best case,Call,,,,,"
    "2026-02-02 12:15,2026-02-02 12:15,,2026-02-02 12:15\n"
)


@pytest.fixture
def hubspot(tmp_path):
    return Workplace(tmp_path, crm="hubspot")


def test_an_export_of_deals_with_labels_is_read_in_the_companys_local_time(hubspot):
    hubspot.write(FIRST, {"hubspot-crm-exports-all-deals-2026-03-01-1.csv": EXPORT})
    hubspot.land()
    columns = ("deal_id", "stage", "pipeline", "amount", "currency", "owner_id", "account_id", "deal_type")
    assert [tuple(map(str, row)) for row in hubspot.rows("deals", *columns)] == [
        ("11", "Closed Won", "Sales Pipeline", "1200.50", "USD", "Anna Adler", "77", "new"),
        ("12", "Contract Sent", "Sales Pipeline", "None", "EUR", "Ben Brandt", "None", "expansion"),
    ]
    columns = ("created_at", "close_date", "closed_at", "is_closed", "is_won", "forecast_category")
    assert [tuple(map(str, row)) for row in hubspot.rows("deals", *columns)] == [
        ("2026-01-05 07:00:00", "2026-02-20", "2026-02-20 08:30:00", "True", "True", "Closed"),
        ("2026-01-06 07:00:00", "2026-07-01", "None", "False", "False", "Best Case"),
    ]


def test_columns_of_when_a_stage_was_entered_are_its_history_and_their_twins_add_nothing(hubspot):
    hubspot.write(FIRST, {"deals.csv": EXPORT})
    hubspot.land()
    changes = hubspot.rows("deal_changes", "deal_id", "field", "changed_at", "new_value")
    assert sorted(changes) == [
        ("11", "stage", datetime(2026, 2, 1, 11, 15), "Contract Sent"),
        ("11", "stage", datetime(2026, 2, 20, 8, 30), "Closed Won"),
        ("12", "stage", datetime(2026, 2, 2, 11, 15), "Contract Sent"),
    ]
    assert hubspot.account("deals.csv") == (2, 2, 0, 0, 0)


def test_the_contacts_of_a_deal_are_one_row_each(hubspot):
    hubspot.write(FIRST, {"deals.csv": EXPORT})
    hubspot.land()
    assert hubspot.rows("deal_contacts", "deal_id", "contact_id") == [("11", "301"), ("11", "302")]


def test_the_default_stages_are_known_where_the_pipelines_are_not_exported(hubspot):
    hubspot.write(FIRST, {"deals.csv": EXPORT})
    hubspot.land()
    stages = {row[0]: row[1:] for row in hubspot.rows("stages", "stage", "process_step", "probability")}
    assert stages["Contract Sent"] == ("negotiation", 0.9)
    assert stages["Closed Won"] == ("customer", 1.0)


def test_an_older_export_calls_the_record_id_deal_id(hubspot):
    hubspot.write(FIRST, {"x.csv": "Deal ID,Deal Name,Deal Stage\n5,A,Closed Lost\n"})
    hubspot.land()
    assert hubspot.rows("deals", "deal_id", "stage") == [("5", "Closed Lost")]


def test_a_close_date_is_no_time_of_closing_where_nothing_says_that_the_deal_is_closed(hubspot):
    hubspot.write(FIRST, {"x.csv": "Record ID,Deal Name,Deal Stage,Close Date\n5,A,Demo,2026-02-20 09:30\n"})
    hubspot.land()
    days = [tuple(map(str, row)) for row in hubspot.rows("deals", "close_date", "closed_at")]
    assert days == [("2026-02-20", "None")]


@pytest.mark.parametrize(
    "properties", [("dealstage", "amount", "closedate"), ("Deal Stage", "Amount", "Close Date")]
)
def test_an_export_of_property_history_is_changes_of_the_properties_that_are_followed(hubspot, properties):
    stage, amount, close_date = properties
    hubspot.write(
        FIRST,
        {
            "deals.csv": EXPORT,
            "history.csv": "Record ID,Property,Value,Timestamp,Source\n"
            f"11,{stage},contractsent,2026-02-01 12:15,CRM_UI\n"
            f"11,{amount},1200.5,2026-02-01 12:15,CRM_UI\n"
            f"11,{close_date},2026-07-01 00:30,2026-02-01 12:15,CRM_UI\n"
            "11,hs_num_notes,contractsent,2026-02-01 12:15,AUTOMATION\n",
        },
    )
    hubspot.land()
    changes = {row[:2] for row in hubspot.rows("deal_changes", "field", "new_value")}
    assert {("stage", "Contract Sent"), ("amount", "1200.50"), ("close_date", "2026-07-01")} <= changes
    assert hubspot.account("history.csv")[0] == 4


def test_an_amount_that_is_also_the_number_of_a_stage_stays_an_amount(hubspot):
    hubspot.write(
        FIRST,
        {
            "deals.csv": "deal_id,property_dealname,deal_pipeline_stage_id\n1,A,500\n",
            "deal_pipeline_stage.csv": "stage_id,label,display_order,probability\n500,Demo,1,0.3\n",
            "deal_property_history.csv": "deal_id,name,value,timestamp\n"
            "1,dealstage,500,2026-01-01 6:49:18\n1,amount,500,2026-01-01 6:49:18\n",
        },
    )
    hubspot.land()
    assert hubspot.rows("deals", "stage") == [("Demo",)]
    assert hubspot.rows("deal_changes", "field", "new_value") == [("stage", "Demo"), ("amount", "500.00")]


def test_contacts_are_leads_from_the_day_that_they_became_one(hubspot):
    hubspot.write(
        FIRST,
        {
            "deals.csv": EXPORT,
            "contacts.csv": "Record ID,First Name,Last Name,Email,Create Date,Became a Lead Date,"
            "Became a Sales Qualified Lead Date,Became an Opportunity Date,Lead Status,Original Source\n"
            "301,Ada,L,a@x.example,2025-11-01 09:00,2025-11-02 09:00,2025-11-05 09:00,"
            "2026-01-05 08:00,Connected,Referrals\n"
            "302,Bob,M,b@x.example,2025-11-01 09:00,,,,,\n",
        },
    )
    hubspot.land()
    columns = ("lead_id", "created_at", "qualified_at", "converted_at", "status", "source")
    assert [tuple(map(str, row)) for row in hubspot.rows("leads", *columns)] == [
        ("301", "2025-11-02 08:00:00", "2025-11-05 08:00:00", "2026-01-05 07:00:00", "Connected", "Referrals")
    ]


def test_companies_are_accounts(hubspot):
    hubspot.write(
        FIRST,
        {
            "deals.csv": EXPORT,
            "all-companies.csv": "Record ID,Company name,Industry,Country/Region,"
            "Create Date\n77,Acme,Retail,Germany,2025-01-01 08:00\n",
        },
    )
    hubspot.land()
    columns = ("account_id", "account_name", "industry", "country")
    assert hubspot.rows("accounts", *columns) == [("77", "Acme", "Retail", "Germany")]


@pytest.mark.parametrize(
    "header",
    [
        "Record ID,Deal Name,Last Activity Date,State,Deal Stage,Close Date,Deal owner,Amount,"
        "Date of last meeting booked in meetings tool,Pipeline,Associated Product,Products,LMS,"
        "Associated Product IDs",
        "Record ID,Deal Name,Deal Stage,Pipeline,Create Date,Deal Type,Amount in company currency,"
        "Currency in company currency,Associated Company IDs (Primary),Associated Company Names (Primary),"
        "Associated Contact IDs,Associated Note,Is Closed Won,Is closed lost,Date entered current stage",
        "id,dealname,dealstage,pipeline,closedate,createdate,amount,hubspot_owner_id,deal_currency_code,"
        "dealtype,hs_is_closed,hs_is_closed_won,hs_lastmodifieddate,hs_v2_date_entered_closedwon,"
        "hs_date_entered_closedwon,hs_manual_forecast_category,hs_next_step,closed_lost_reason,"
        "hs_merged_object_ids,archived,amount_in_home_currency",
    ],
)
def test_a_file_is_recognised_by_its_columns_whatever_it_is_called(hubspot, header):
    row = {
        "Record ID": "7",
        "id": "7",
        "Deal Name": "A",
        "dealname": "A",
        "Deal Stage": "Won",
        "dealstage": "Won",
    }
    line = ",".join(row.get(name, "") for name in header.split(","))
    hubspot.write(FIRST, {"whatever.csv": f"{header}\n{line}\n"})
    hubspot.land()
    assert hubspot.rows("deals", "deal_id", "deal_name", "stage") == [("7", "A", "Won")]


def test_a_file_of_salesforce_is_none_of_hubspots(hubspot):
    hubspot.write(
        FIRST,
        {
            "deals.csv": EXPORT,
            "Opportunity.csv": "Id,Name,StageName,CloseDate,Amount,CreatedDate\n1,A,Won,2026-01-01,1,3\n",
            "Account.csv": "Id,Name,Industry,BillingCountry,ParentId,CreatedDate\n1,A,B,C,,2026-01-01\n",
            "Lead.csv": "Id,FirstName,Email,Company,Status,IsConverted,CreatedDate\n1,A,C,D,E,0,3\n",
            "User.csv": "Id,Name,Email,IsActive,FirstName,LastName,CreatedDate\n1,A,B,1,C,D,2026-01-01\n",
            "OpportunityHistory.csv": "Id,OpportunityId,CreatedDate,StageName,Amount\n1,2,2026-01-01,Won,1\n",
        },
    )
    manifest = hubspot.land()
    files = dict(manifest.landed_files().select("file", "entity").rows())
    assert {name for name, entity in files.items() if entity == "(not used)"} == files.keys() - {"deals.csv"}
