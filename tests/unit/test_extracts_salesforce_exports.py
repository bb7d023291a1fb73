"""One opportunity as each of Salesforce's ways to export writes it: the same facts."""

import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.unit.extract_folders import FIRST, Workplace

NOTHING = "000000000000000AAA"
LONG, OWNER = "0068d000002OrZqAAK", "0058d000002C3D2AAK"


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


DATA_EXPORT = zipped(
    {
        "Opportunity.csv": '"Id","IsDeleted","AccountId","Name","StageName","Amount","CloseDate","IsClosed",'
        '"IsWon","ForecastCategory","OwnerId","CreatedDate","LastStageChangeDate"\n'
        f'"{LONG}","0","{NOTHING}","Müller","Closed Won","1234.5","2026-02-01 00:00:00","1","1","Closed",'
        f'"{OWNER}","2026-01-05 09:30:00","2026-02-01 16:00:00"\n',
        "OpportunityHistory.csv": '"Id","OpportunityId","CreatedDate","StageName","Amount","CloseDate"\n'
        f'"0088d000009OWe8AAG","{LONG}","2026-01-05 09:30:00","Prospecting","1234.5","2026-02-01 00:00:00"\n',
        "Attachments/picture.png": "",
    }
)
DATA_LOADER = (
    '"ID","ISDELETED","ACCOUNTID","NAME","STAGENAME","AMOUNT","CLOSEDATE","ISCLOSED","ISWON",'
    '"FORECASTCATEGORY","OWNERID","CREATEDDATE","LASTSTAGECHANGEDATE"\n'
    f'"{LONG}","false","","Müller","Closed Won","1234.5","2026-02-01","true","true","Closed",'
    f'"{OWNER}","2026-01-05T09:30:00.000Z","2026-02-01T16:00:00.000Z"\n'
)
REST = json.dumps(
    {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {
                    "type": "Opportunity",
                    "url": f"/services/data/v60.0/sobjects/Opportunity/{LONG}",
                },
                "Id": LONG,
                "IsDeleted": False,
                "AccountId": None,
                "Name": "Müller",
                "StageName": "Closed Won",
                "Amount": 1234.5,
                "CloseDate": "2026-02-01",
                "IsClosed": True,
                "IsWon": True,
                "ForecastCategory": "Closed",
                "OwnerId": OWNER,
                "CreatedDate": "2026-01-05T09:30:00.000+0000",
                "LastStageChangeDate": "2026-02-01T16:00:00.000+0000",
            }
        ],
    }
)
FIVETRAN = (
    "_fivetran_synced,id,_fivetran_deleted,account_id,name,stage_name,amount,close_date,is_closed,is_won,"
    "forecast_category,owner_id,created_date,last_stage_change_date\n"
    f"2026-03-01 04:00:00,{LONG},false,,Müller,Closed Won,1234.5,2026-02-01 00:00:00,true,true,Closed,"
    f"{OWNER},2026-01-05 09:30:00,2026-02-01 16:00:00\n"
)
REPORT = (
    '"Opportunity ID","Opportunity Name","Stage","Amount","Close Date","Closed","Won","Forecast Category",'
    '"Opportunity Owner ID","Created Date","Last Stage Change Date"\n'
    f'"{LONG[:15]}","Müller","Closed Won","1.234,50","01.02.2026","1","1","Closed","{OWNER[:15]}",'
    '"05.01.2026 10:30","01.02.2026 17:00"\n'
    f'"{LONG[:14]}r","Meier","Prospecting","0,50","28.02.2026","0","0","Pipeline","{OWNER[:15]}",'
    '"15.01.2026 10:30",""\n\n"Open deals"\n"Copyright (c) 2000-2026 salesforce.com, inc."\n'
)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("WE_00D8d000000abcEAA_1.ZIP", DATA_EXPORT),
        ("extract.csv", DATA_LOADER),
        ("query.json", REST),
        ("opportunity.csv", FIVETRAN),
        ("report1711875301234.csv", REPORT.encode("latin-1")),
    ],
    ids=["data-export", "data-loader", "rest", "fivetran", "report"],
)
def test_an_opportunity_is_the_same_however_it_was_exported(file, content, tmp_path):
    workplace = Workplace(tmp_path, crm="salesforce")
    workplace.write(FIRST, {file: content})
    workplace.land()
    columns = ("deal_id", "deal_name", "stage", "amount", "close_date", "is_won", "owner_id", "account_id")
    first, *_ = workplace.rows("deals", *columns, "created_at", "closed_at", "forecast_category")
    assert first == (
        LONG, "Müller", "Closed Won", Decimal("1234.50"), date(2026, 2, 1), True, OWNER, None,
        datetime(2026, 1, 5, 9, 30), datetime(2026, 2, 1, 16, 0), "Closed",
    )  # fmt: skip
    assert workplace.quarantine("file", "line", "value") == []
