from datetime import date

from orchestration.company_file import load_company
from orchestration.data_folder import DataFolder
from orchestration.extracts.manifest import LandedExtract, write_manifest
from orchestration.warehouse import company_lake, default_as_of
from tests.unit.test_company import written


def test_a_source_taken_out_of_the_company_file_counts_no_more(tmp_path):
    folder = DataFolder(tmp_path / "data")
    write_manifest(
        folder,
        [
            LandedExtract(source, day, "fingerprint", "lineage", "full", "end_of_day")
            for source, day in (("sales", date(2026, 1, 1)), ("old_crm", date(2026, 5, 1)))
        ],
    )
    company = load_company(written(tmp_path))
    lake = company_lake(folder, company)
    assert [extract.source_name for extract in lake.extracts] == ["sales"]
    assert default_as_of(company, lake) == date(2026, 1, 2)
