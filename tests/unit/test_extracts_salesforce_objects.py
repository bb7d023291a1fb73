"""What Salesforce's objects beside the opportunity become, and histories told twice."""

from decimal import Decimal

import pytest

from orchestration.extracts import read_manifest
from tests.unit.extract_folders import FIRST, Workplace

DEAL, SHORT, OTHER = "0068d000002OrZqAAK", "0068d000002OrZq", "0068d000002OrZrAAK"
ANNA, BEN = "0058d000002C3D2AAK", "0058d000002C3CyAAK"
OPPORTUNITY = (
    "Id,Name,StageName,CloseDate,Amount,OwnerId,RecordTypeId,IsDeleted,IsClosed,IsWon,Probability\n"
    f"{DEAL},Deal,Proposta,2026-05-01,100,{BEN},0128d000001J21VAAS,0,0,0,40\n"
)


@pytest.fixture
def salesforce(tmp_path):
    workplace = Workplace(tmp_path, crm="salesforce")

    def land(**files):
        workplace.write(FIRST, {"Opportunity.csv": OPPORTUNITY, **files})
        workplace.land()
        assert workplace.quarantine("file", "column", "value", "reason") == []
        return workplace

    return land


def test_ids_of_15_characters_are_those_of_18(salesforce):
    history = f"OpportunityId,CreatedDate,StageName\n{SHORT},2026-01-02 10:00:00,Proposta\n"
    landed = salesforce(**{"OpportunityHistory.csv": history})
    assert landed.rows("deal_changes", "deal_id") == landed.rows("deals", "deal_id") == [(DEAL,)]


def test_a_change_that_both_histories_tell_is_one_with_its_old_value(salesforce):
    columns = "Id,OpportunityId,CreatedDate,StageName,Amount,CloseDate"
    landed = salesforce(
        **{
            "OpportunityHistory.csv": f"{columns}\n"
            f"1,{DEAL},2026-01-02 10:00:00,Contatto,100.0,2026-05-01 00:00:00\n"
            f"2,{DEAL},2026-01-05 10:00:00,Proposta,100.0,2026-05-01 00:00:00\n"
            f"3,{DEAL},2026-01-09 10:00:00,Proposta,90.0,2026-05-01 00:00:00\n",
            "OpportunityFieldHistory.csv": "Id,OpportunityId,CreatedDate,Field,OldValue,NewValue\n"
            f"1,{DEAL},2026-01-02 10:00:00,created,,\n"
            f"2,{DEAL},2026-01-05 10:00:00,StageName,Contatto,Proposta\n"
            f"3,{DEAL},2026-01-09 10:00:00,Amount,100,90\n",
        }
    )
    changes = landed.rows("deal_changes", "field", "new_value", "old_value")
    assert sorted(changes) == [
        ("amount", "100.00", None), ("amount", "90.00", "100.00"), ("close_date", "2026-05-01", None),
        ("stage", "Contatto", None), ("stage", "Proposta", "Contatto"),
    ]  # fmt: skip


def test_of_a_changed_owner_or_record_type_only_the_row_of_ids_counts(salesforce):
    landed = salesforce(
        **{
            "RecordType.csv": "Id,Name,DeveloperName,SobjectType\n"
            "0128d000001J21VAAS,Partners,Partners,Opportunity\n"
            "0128d000001J21WAAS,Direct,Direct,Opportunity\n",
            "OpportunityFieldHistory.csv": "Id,OpportunityId,CreatedDate,Field,DataType,OldValue,NewValue\n"
            f"1,{DEAL},2026-01-05 10:00:00,Owner,Text,Anna,Ben\n"
            f"2,{DEAL},2026-01-05 10:00:00,Owner,EntityId,{ANNA[:15]},{BEN[:15]}\n"
            f"3,{DEAL},2026-01-06 10:00:00,RecordType,Text,Direct,Partners\n"
            f"4,{DEAL},2026-01-06 10:00:00,RecordType,EntityId,0128d000001J21WAAS,0128d000001J21VAAS\n",
        }
    )
    assert landed.rows("deal_changes", "field", "new_value", "old_value") == [
        ("owner_id", BEN, ANNA),
        ("pipeline", "Partners", "Direct"),
    ]
    assert landed.rows("deals", "pipeline") == [("Partners",)]


def test_activities_refer_to_deal_account_lead_or_contact_by_the_kind_of_id(salesforce):
    task = (
        "Id,WhatId,WhoId,Status,OwnerId,TaskSubtype,CallType,ActivityDate,CompletedDateTime,IsClosed"
        ",AccountId,IsDeleted"
    )
    nothing = "000000000000000AAA"
    landed = salesforce(
        **{
            "Task.csv": f"{task}\n"
            f"00T1,{DEAL},003A,Completed,{ANNA},Call,Outbound,,2026-02-01 09:00:00,1,001B,0\n"
            f"00T2,001A,00QA,Completed,{ANNA},Email,,2026-02-02 00:00:00,,1,,0\n"
            f"00T3,{nothing},00QB,Open,{ANNA},Task,,2026-02-03 00:00:00,,0,,0\n"
            f"00T4,{DEAL},003A,Completed,{ANNA},Call,Inbound,,2026-02-04 09:00:00,1,,1\n",
            "Event.csv": "Id,WhatId,WhoId,OwnerId,StartDateTime,EndDateTime\n"
            f"00U1,{DEAL},003A,{ANNA},2026-02-05 09:00:00,2026-02-05 10:00:00\n",
        }
    )
    columns = ("activity_id", "deal_id", "account_id", "lead_id", "contact_id", "kind", "direction")
    assert landed.rows("activities", *columns) == [
        ("00T1", DEAL, "001B", None, "003A", "call", "outbound"),
        ("00T2", None, "001A", "00QA", None, "email", None),
        ("00U1", DEAL, None, None, "003A", "meeting", None),
    ]


def test_products_have_their_names_from_the_file_of_products(salesforce):
    landed = salesforce(
        **{
            "Product2.csv": "Id,Name,Family,ProductCode\n01t1,Pump,Hardware,P\n",
            "OpportunityLineItem.csv": "Id,OpportunityId,Product2Id,Name,Quantity,TotalPrice,IsDeleted\n"
            f"00k1,{DEAL},01t1,Deal Pump,2,80.5,0\n00k2,{DEAL},01t9,Deal Advice,1,20,0\n"
            f"00k3,{DEAL},01t1,Deal Pump,1,40,1\n",
        }
    )
    assert landed.rows("deal_products", "line_id", "product", "family", "quantity", "amount") == [
        ("00k1", "Pump", "Hardware", 2.0, Decimal("80.50")),
        ("00k2", "Deal Advice", None, 1.0, Decimal("20.00")),
    ]


def test_contacts_splits_and_campaigns_are_landed_without_what_was_deleted(salesforce):
    landed = salesforce(
        **{
            "OpportunityContactRole.csv": "Id,OpportunityId,ContactId,Role,IsPrimary,IsDeleted\n"
            f"1,{DEAL},003A,Decision Maker,1,0\n2,{DEAL},003B,,1,0\n3,{DEAL},003B,User,0,1\n",
            "OpportunitySplit.csv": "Id,OpportunityId,SplitOwnerId,SplitPercentage\n"
            f"1,{DEAL},{ANNA},60\n2,{DEAL},{BEN},40\n",
            "Campaign.csv": "Id,Name,Status,StartDate,ActualCost,CurrencyIsoCode\n"
            "701A,Fair,Completed,2026-02-01 00:00:00,5000,EUR\n",
            "CampaignMember.csv": "Id,CampaignId,LeadId,ContactId,Status,FirstRespondedDate\n"
            "1,701A,00QA,000000000000000AAA,Responded,2026-02-03 00:00:00\n",
        }
    )
    assert landed.rows("deal_contacts", "contact_id", "role") == [
        ("003A", "Decision Maker"),
        ("003B", "Primary"),
    ]
    assert landed.rows("deal_splits", "owner_id", "share") == [(ANNA, 0.6), (BEN, 0.4)]
    assert landed.rows("campaigns", "campaign_id", "cost") == [("701A", Decimal("5000.00"))]
    assert landed.rows("campaign_members", "campaign_id", "lead_id", "contact_id") == [("701A", "00QA", None)]


def test_a_team_is_the_name_of_the_role_and_a_manager_who_the_user_says(salesforce):
    landed = salesforce(
        **{
            "User.csv": "Id,Name,IsActive,UserRoleId,ManagerId,Department\n"
            f"{ANNA},Anna,1,00EA,,Sales\n{BEN},Ben,1,000000000000000AAA,{ANNA[:15]},Presales\n",
            "UserRole.csv": "Id,Name,ParentRoleId\n00EA,North,\n",
        }
    )
    assert landed.rows("owners", "owner_id", "team", "manager_id") == [
        (ANNA, "North", None),
        (BEN, "Presales", ANNA),
    ]


def test_deleted_leads_do_not_count_and_a_converted_one_names_its_deal(salesforce):
    landed = salesforce(
        **{
            "Lead.csv": "Id,Status,IsConverted,Company,ConvertedDate,ConvertedOpportunityId,IsDeleted\n"
            f"00QA,Converted,1,Acme,2026-01-05 00:00:00,{SHORT},0\n00QB,Open,0,Beta,,,0\n"
            "00QC,Open,0,Beta,,,1\n"
        }
    )
    assert landed.rows("leads", "lead_id", "deal_id") == [("00QA", DEAL), ("00QB", None)]


def test_a_stage_of_the_organisations_own_closes_as_its_deals_do(tmp_path):
    workplace = Workplace(tmp_path, crm="salesforce")
    columns = "Id,Name,StageName,StageSortOrder,CloseDate,IsClosed,IsWon,Probability"
    workplace.write(
        FIRST,
        {
            "Opportunity.csv": f"{columns}\n1,A,Negociación,4,2026-05-01,0,0,60\n"
            "2,B,Ganada,5,2026-02-01,1,1,100\n3,C,Perdida,6,2026-02-01,1,0,0\n"
        },
    )
    workplace.land()
    rows = workplace.rows("stages", "stage", "stage_order", "is_closed", "is_won", "probability")
    own = {row[0]: row[1:] for row in rows if row[0] in ("Negociación", "Ganada", "Perdida")}
    assert own == {
        "Negociación": (4, False, False, 0.6),
        "Ganada": (5, True, True, 1.0),
        "Perdida": (6, True, False, 0.0),
    }


def test_the_steps_of_closing_stages_are_told_by_their_flags(salesforce):
    columns = "MasterLabel,ApiName,SortOrder,IsClosed,IsWon,DefaultProbability"
    landed = salesforce(
        **{
            "OpportunityStage.csv": f"{columns}\nProposta,Proposta,1,0,0,40\n"
            "Vinta,Vinta,2,1,1,100\nPersa,Persa,3,1,0,0\n"
        }
    )
    assert landed.rows("stages", "stage", "process_step", "probability") == [
        ("Proposta", None, 0.4),
        ("Vinta", "customer", 1.0),
        ("Persa", "lost", 0.0),
    ]


def test_fiscal_periods_quotes_and_contacts_are_known_and_make_nothing(salesforce):
    landed = salesforce(
        **{
            "Period.csv": "Id,StartDate,EndDate,Type,FullyQualifiedLabel\n"
            "026A,2026-02-01,2026-04-30,Quarter,Q1\n",
            "Quote.csv": f"Id,OpportunityId,QuoteNumber,Name\n0Q0A,{DEAL},1,Quote\n",
            "Contact.csv": "Id,LastName,AccountId,Email\n003A,Grant,001A,g@acme.example\n",
        }
    )
    for file in ("Period.csv", "Quote.csv", "Contact.csv"):
        assert landed.account(file)[0] == 1
    assert landed.rows("accounts", "account_id") == []


@pytest.mark.parametrize(
    ("header", "entity"),
    [
        ("Id,ParentId,Name,ContentType,BodyLength,OwnerId,CreatedDate", "(not used)"),  # Attachment
        ("Id,Name,AccountId,ParentId,Product2Id,Price,Quantity,Status", "(not used)"),  # Asset
        ("Id,AccountId,ContractNumber,Status,StartDate,BillingCity,OwnerId", "(not used)"),  # Contract
        ("Id,OpportunityId,UserId,TeamMemberRole,CreatedDate", "(not used)"),  # OpportunityTeamMember
        ("Id,Name,IsActive,Username,LastName,AccountId,Email,ManagerId", "owners"),  # User
        ("Id,CampaignId,LeadId,ContactId,Status,LastName,AccountId,Email", "campaign_members"),
        ("Id,ParentId,Name,Type,StartDate,Status,ActualCost", "campaigns"),
        ("Id,LastName,Name,Industry,BillingCity,PersonContactId,CreatedDate", "accounts"),  # of a person
    ],
)
def test_objects_are_told_apart_by_their_columns_whatever_the_file_is_called(header, entity, tmp_path):
    workplace = Workplace(tmp_path, crm="salesforce")
    workplace.write(FIRST, {"Opportunity.csv": OPPORTUNITY, "extract.csv": f"{header}\n"})
    workplace.land()
    files = read_manifest(workplace.folder).landed_files()
    assert files.filter(file="extract.csv")["entity"].to_list() == [entity]


def test_a_forecasting_quota_has_the_days_of_its_period_and_amounts_alone_count(salesforce):
    landed = salesforce(
        **{
            "Quota.csv": "Id,QuotaOwnerId,PeriodId,StartDate,QuotaAmount,IsAmount,CurrencyIsoCode\n"
            f"0J90,{ANNA},0269,2026-02-01 00:00:00,5000,1,EUR\n"
            f"0J91,{BEN},0268,2026-02-01 00:00:00,30,0,\n",
            "Period.csv": "Id,StartDate,EndDate,Type,QuarterLabel\n"
            "0269,2026-02-01 00:00:00,2026-02-28 00:00:00,Month,\n",
        }
    )
    [(owner, start, end, amount, currency)] = landed.rows(
        "quotas", "owner_id", "period_start", "period_end", "amount", "currency"
    )
    assert (owner, str(start), str(end)) == (ANNA, "2026-02-01", "2026-02-28")
    assert (amount, currency) == (Decimal("5000.00"), "EUR")
