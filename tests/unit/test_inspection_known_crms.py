"""Which CRM's exports files are taken to be."""

import pytest

from orchestration.extracts.errors import ExtractError
from orchestration.inspection.crms import best, built_in, understood
from orchestration.inspection.folder import find_folder, read_profiles
from orchestration.inspection.inspecting import inspect
from orchestration.inspection.report import report

SALESFORCE = """Id,Name,StageName,CloseDate,Amount,IsClosed,IsWon,CreatedDate,Segment__c
006000000000001AAA,One,Closed Won,31/03/2026,10,TRUE,TRUE,01/02/2026,SMB
006000000000002AAA,Two,Handover,01/04/2026,20,FALSE,FALSE,02/02/2026,SMB
006000000000003AAA,Three,Contract Sent,02/04/2026,30,FALSE,FALSE,03/02/2026,Key
006000000000004AAA,Four,Contract Sent,02/04/2026,,FALSE,FALSE,03/02/2026,Key
"""


@pytest.fixture
def salesforce(tmp_path):
    (tmp_path / "report1.csv").write_text(SALESFORCE)
    return tmp_path


def test_a_crm_is_known_by_the_columns_of_its_deals(salesforce):
    found = inspect(salesforce)
    assert found.known.crm == "salesforce"
    assert found.known.targets[0]["StageName"][0] == "deals.stage"
    assert "This is salesforce" in report(found)
    assert found.mapping == ""


def test_its_company_file_suggests_columns_to_cut_by_and_steps_for_stages(salesforce):
    company = inspect(salesforce).company
    assert "    # dimensions: {segment_c: Segment__c}" in company.splitlines()
    assert "    Contract Sent: negotiation" in company.splitlines()
    assert "Handover" not in company


def test_a_mapping_can_be_forced(salesforce):
    found = inspect(salesforce, crm="canonical")
    assert found.known.crm == "canonical"
    with pytest.raises(ExtractError, match="accepted are canonical, "):
        inspect(salesforce, crm="siebel")


def test_canonical_files_are_known(tmp_path):
    (tmp_path / "deals.csv").write_text(
        "deal_id,stage,amount,currency,created_at\nD1,Won,10,EUR,2026-01-01\nD2,Lost,1,EUR,2026-01-02\n"
    )
    assert inspect(tmp_path).known.crm == "canonical"


def test_what_landing_would_set_aside_is_told_with_its_lines(tmp_path):
    (tmp_path / "deals.csv").write_text(
        "deal_id,stage,amount,currency,created_at\nD1,Won,ten,EUR,2026-01-01\nD2,Lost,1,EUR,2026-01-02\n"
    )
    text = " ".join(report(inspect(tmp_path)).split())
    assert "1 of deals.csv amount: an amount below 10^16 is accepted, such as 1234.50" in text
    assert "(line 2 'ten')" in text


def test_mappings_that_tie_are_both_named(salesforce):
    folder = find_folder(salesforce)
    tables = read_profiles(folder).tables
    mapping = built_in()["salesforce"]
    tied = [understood(name, mapping, tables, folder.root) for name in ("salesforce", "twin")]
    assert [each.crm for each in best(tied)] == ["salesforce", "twin"]
    found = inspect(salesforce)
    found.ties = ["twin"]
    assert "twin would understand as many columns; `crm:` in the company file decides" in " ".join(
        report(found).split()
    )


def test_deals_without_flags_are_counted_by_their_stage(tmp_path):
    (tmp_path / "deals.csv").write_text(
        "deal_id,stage,amount,created_at\nD1,A,1,2026-01-01\nD2,B,1,2026-01-02\n"
    )
    (tmp_path / "stages.csv").write_text("stage,is_closed,is_won\nA,true,true\nB,false,false\n")
    assert inspect(tmp_path).trial.deals == {"all": 2, "won": 1, "lost": 0, "open": 1}
