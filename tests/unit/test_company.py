from pathlib import Path

import pytest

from orchestration.company_file import CompanyFileError, load_company

MINIMAL = {
    "company": "company: Acme",
    "time_zone": "time_zone: Europe/Berlin",
    "reporting_currency": "reporting_currency: EUR",
    "sources": "sources: [{name: sales, path: raw/sales}]",
}


def written(folder: Path, **lines: str) -> Path:
    path = folder / "company.yaml"
    path.write_text("\n".join({**MINIMAL, **lines}.values()))
    return path


def test_the_demo_company_file_loads():
    company = load_company(Path("data/company.yaml"))
    assert company.segment_names == ["all", "owner", "team", "pipeline", "deal_type", "region"]


def test_a_minimal_file_takes_sensible_defaults(tmp_path):
    company = load_company(written(tmp_path))
    assert company.fiscal_year.start_month == 1
    assert company.forecast.horizon == 4
    assert company.sources[0].delivery == "full"
    assert company.amount_meaning is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"time_zone": "time_zone: Mars/Olympus"}, "time_zone: 'Mars/Olympus': a time zone of the IANA list"),
        ({"reporting_currency": "reporting_currency: eur"}, "reporting_currency: 'eur': a currency code"),
        ({"company": "company: ''"}, "company: ''"),
        (
            {"more": "forecst: {}"},
            "forecst: is not a key here; accepted are alerts, amount_meaning, company, demo",
        ),
        ({"more": "fiscal_year: {start_month: 13}"}, "fiscal_year.start_month: '13'"),
        ({"more": "fiscal_year: {pattern: '454', weeks: 1}"}, "accepted are ends, named_by, pattern"),
        ({"more": "company: Acme"}, "key company stands twice"),
        ({"more": "holidays: XX"}, "holidays: 'XX': a country code of the holidays library"),
        ({"more": "amount_meaning: mrr"}, "amount_meaning: 'mrr': accepted is 'tcv', 'acv' or 'arr'"),
        ({"more": "process: {Sales: {New: qualifed}}"}, "process.Sales.New: 'qualifed'"),
        ({"more": "exclusions: [{name: tests, where: [{column: stage}]}]"}, "exactly one of is_in, contains"),
        ({"sources": "sources: []"}, "sources"),
        (
            {"sources": "sources: [{name: a, path: x}, {name: a, path: y, id_prefix: b}]"},
            "name 'a' is used twice",
        ),
        ({"sources": "sources: [{name: a, path: x}, {name: b, path: y}]"}, "id_prefix '' is used twice"),
        ({"sources": "sources: [{name: a, path: x, dimensions: {owner: O}}]"}, "name of a built-in segment"),
        ({"sources": "sources: [{name: a}]"}, "sources.0.path: is missing"),
    ],
)
def test_an_error_names_the_file_the_key_the_value_and_what_is_accepted(tmp_path, line, message):
    path = written(tmp_path, **line)
    with pytest.raises(CompanyFileError) as error:
        load_company(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)


def test_a_missing_file_and_broken_yaml_are_errors_of_ours(tmp_path):
    with pytest.raises(CompanyFileError, match="there is no such company file"):
        load_company(tmp_path / "none.yaml")
    (tmp_path / "company.yaml").write_text("company: [")
    with pytest.raises(CompanyFileError, match="is not valid YAML"):
        load_company(tmp_path / "company.yaml")


def test_yaml_that_would_run_code_is_refused(tmp_path):
    (tmp_path / "company.yaml").write_text("company: !!python/object/apply:os.system ['echo hi']")
    with pytest.raises(CompanyFileError, match="is not valid YAML"):
        load_company(tmp_path / "company.yaml")


def test_norway_on_and_no_are_words_and_no_flags(tmp_path):
    path = written(tmp_path, more="holidays: NO\nalerts: [{to_env: ALERT_URL, on: [failed_gate]}]")
    company = load_company(path)
    assert company.holidays == "NO"
    assert company.alerts[0].on == ["failed_gate"]


def test_a_day_that_does_not_exist_is_told_with_its_key(tmp_path):
    path = written(tmp_path, more="demo: {until: 2026-02-30}")
    with pytest.raises(CompanyFileError, match=r"demo\.until: '2026-02-30': accepted is a valid date"):
        load_company(path)
