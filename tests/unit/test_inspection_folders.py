"""What a folder of exports of no known CRM is taken to be, and the files to start from."""

from datetime import date

import pytest
import yaml

from orchestration.cli import main
from orchestration.company_file import load_company
from orchestration.extracts.errors import ExtractError
from orchestration.inspection.inspecting import inspect, write
from orchestration.inspection.report import report

DEALS = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Moses Frase,GTXPro,Isdom,Won,2016-10-20,2017-03-01,1054
A2,Moses Frase,GTX Basic,Isdom,Engaging,2016-10-25,,
A3,Zane Levy,GTXPro,Cancity,Lost,2016-10-25,2017-03-07,0
A4,Zane Levy,MG Special,Cancity,Prospecting,,,
A5,Zane Levy,GTX Basic,Cancity,Won,2016-11-25,2017-03-09,80
A6,Moses Frase,GTX Basic,Isdom,Won,2016-11-26,2017-03-10,90
"""
PRODUCTS = "product,series\nGTX Pro,GTX\nGTX Basic,GTX\nMG Special,MG\nMG Advanced,MG\n"
TEAMS = "sales_agent,manager,regional_office\nMoses Frase,Cara Losch,East\nZane Levy,Cara Losch,West\n"


def folder(root, **files):
    for name, content in files.items():
        path = root / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@pytest.fixture
def hardware(tmp_path):
    return folder(tmp_path / "exports", sales_pipeline=DEALS, products=PRODUCTS, sales_teams=TEAMS)


def columns_of(found, entity="deals"):
    tables = yaml.safe_load(found.mapping)["tables"]
    return next(
        landing["columns"]
        for table in tables.values()
        for landing in table.get("lands", [])
        if landing["entity"] == entity
    )


def test_deals_of_an_unknown_crm_are_found_by_names_and_contents(hardware):
    columns = columns_of(inspect(hardware))
    assert columns["deal_id"] == "opportunity_id"
    assert columns["stage"] == "deal_stage"
    assert columns["amount"] == "close_value"
    assert columns["created_at"] == "engage_date"
    assert columns["is_won"] == {"from": "deal_stage", "values": {"Won": True, "*": False}}
    assert columns["closed_at"] == {"from": "close_date", "only_if": "is_closed"}


def test_landing_takes_every_row_by_the_starting_mapping(hardware):
    trial = inspect(hardware).trial
    assert trial.problem is None
    assert trial.deals == {"all": 6, "won": 3, "lost": 1, "open": 2}
    assert trial.set_aside == []
    assert trial.newest == date(2017, 3, 10)


def test_a_misspelt_product_is_joined_by_what_to_ignore(hardware):
    found = inspect(hardware)
    join = next(join for join in found.found_joins if join.column == "product")
    assert (round(join.found, 2), join.missing, join.ignore) == (0.67, (("GTXPro", 2),), ("spaces",))
    assert "not found: 'GTXPro' (2); with `ignore: [spaces]` 100.0%" in " ".join(report(found).split())


def test_a_date_named_for_a_stage_says_when_it_was_entered(hardware):
    assert columns_of(inspect(hardware), "deal_changes") == {
        "deal_id": "opportunity_id",
        "changed_at": "engage_date",
        "field": "=stage",
        "new_value": "=Engaging",
    }


def test_owners_come_from_the_file_that_deals_name_rows_of(hardware):
    assert columns_of(inspect(hardware), "owners") == {
        "owner_id": "sales_agent",
        "owner_name": "sales_agent",
        "manager_id": "manager",
        "team": "regional_office",
    }


def test_stages_are_in_the_order_of_a_usual_process(hardware):
    rows = yaml.safe_load(inspect(hardware).mapping)["rows"]["stages"]
    assert [row["stage"] for row in rows] == ["Prospecting", "Engaging", "Won", "Lost"]
    assert [row["process_step"] for row in rows] == ["qualified", "qualified", "customer", "lost"]


def test_the_files_to_start_from_are_a_company_file_and_its_mapping(hardware, tmp_path):
    company, mapping = write(inspect(hardware), tmp_path / "start")
    source = load_company(company).sources[0]
    assert (source.crm, source.path, source.extract_date) == (mapping.name, hardware, date(2017, 3, 10))
    with pytest.raises(ExtractError, match="exists already"):
        write(inspect(hardware), tmp_path / "start")


def test_the_report_is_readable_at_100_columns_and_names_nobody(hardware):
    text = report(inspect(hardware))
    assert max(map(len, text.splitlines())) <= 100
    for name in ("Moses", "Frase", "Zane", "Losch"):
        assert name not in text


def test_an_outcome_beside_the_stage_decides_what_is_won(tmp_path):
    rows = ["ID;Título;Etapa;Estado;Importe;Moneda;Fecha de creación;Fecha prevista;Fecha de cierre"]
    rows += [
        "1;Uno;Demo;Ganado;1.200,50;EUR;31/01/2026;01/03/2026;05/03/2026",
        "2;Dos;Contacto;Abierto;2.000,00;EUR;01/02/2026;15/03/2026;",
        "3;Tres;Demo;Perdido;300,00;USD;02/02/2026;16/03/2026;06/03/2026",
        "4;Cuatro;Demo;Abierto;400,00;EUR;03/02/2026;17/03/2026;",
    ]
    found = inspect(folder(tmp_path, oportunidades="\n".join(rows).encode("cp1252")))
    columns = columns_of(found)
    assert columns["stage"] == {
        "first_given": [
            {"from": "Estado", "values": {"Ganado": "Ganado", "Perdido": "Perdido", "*": None}},
            "Etapa",
        ]
    }
    assert columns["close_date"] == {"first_given": ["Fecha de cierre", "Fecha prevista"]}
    assert found.trial.deals == {"all": 4, "won": 1, "lost": 1, "open": 2}
    assert "reporting_currency: EUR" in found.company
    assert any("deals in USD need exchange rates to EUR" in check for check in found.checks)


def test_flags_stand_in_for_stages(tmp_path):
    deals = "Deal Number,Value,Opened,Closed Date,Is Won,Is Closed\n1,10,2026-01-01,2026-02-01,TRUE,TRUE\n"
    deals += "2,20,2026-01-02,2026-02-02,FALSE,TRUE\n3,30,2026-01-03,,FALSE,FALSE\n"
    trial = inspect(folder(tmp_path, deals=deals)).trial
    assert trial.deals == {"all": 3, "won": 1, "lost": 1, "open": 1}
    assert trial.stages == {"default": {"Open": None, "Won": "customer", "Lost": "lost"}}


def test_a_file_of_the_same_deals_over_time_is_their_history(tmp_path):
    deals = "Deal ID,Deal Stage,Value,Created\nD1,Closed Won,10,2026-01-01\nD2,Demo,20,2026-01-02\n"
    history = "Deal ID,Stage,Timestamp\nD1,Demo,2026-01-05T10:00:00Z\nD1,Closed Won,2026-01-09T10:00:00Z\n"
    history += "D2,Demo,2026-01-06T10:00:00Z\n"
    found = inspect(folder(tmp_path, deals=deals, stage_history=history))
    assert columns_of(found, "deal_changes") == {
        "deal_id": "Deal ID", "changed_at": "Timestamp", "field": "=stage", "new_value": "Stage",
    }  # fmt: skip


def test_dates_that_nothing_decides_wait_for_a_line_in_the_mapping(tmp_path):
    deals = "Deal ID,Stage,Amount,Created on\n1,Won,10,3/4/2026\n2,Lost,20,5/6/2026\n3,Demo,30,7/8/2026\n"
    found = inspect(folder(tmp_path / "in", export=deals))
    assert "add `date_order: dmy` or `date_order: mdy`" in found.trial.problem
    assert "    # date_order: dmy" in found.mapping.splitlines()
    decided = found.mapping.replace("    # date_order: dmy", "    date_order: dmy")
    assert yaml.safe_load(decided)["tables"]["export"]["date_order"] == "dmy"


def test_the_newest_of_dated_folders_is_looked_at(tmp_path, hardware):
    for day in ("2026-01-31", "2026-02-28"):
        folder(tmp_path / "dated" / day, sales_pipeline=DEALS)
    found = inspect(tmp_path / "dated")
    assert found.folder.extract_date == date(2026, 2, 28)
    assert "extract_date" not in found.company


def test_a_file_without_a_header_line_is_told(tmp_path):
    found = inspect(folder(tmp_path, leads="a1,2026-01-01,17\na2,2026-01-02,18\na3,2026-01-02,19\n"))
    assert "its first line looks like a row" in report(found)


@pytest.mark.parametrize("names", [(), ("a.pdf", "b.pdf")])
def test_a_folder_without_data_is_an_error_that_says_what_is_accepted(tmp_path, capsys, names):
    for name in names:
        (tmp_path / name).write_bytes(b"%PDF-1.7")
    assert main(["inspect", str(tmp_path)]) == 2
    assert "accepted are .csv" in capsys.readouterr().err


def test_a_broken_zip_is_told_and_the_rest_is_looked_at(hardware, capsys):
    (hardware / "export.zip").write_bytes(b"PK\x03\x04 this is no zip")
    assert main(["inspect", str(hardware)]) == 1
    told = capsys.readouterr().out
    assert "Landing would hold these files: export.zip: cannot be read as a zip" in told
    assert "sales_pipeline.csv holds the deals" in " ".join(told.split())
