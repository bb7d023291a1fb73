from datetime import date

import pytest

from orchestration.company_file import CompanyFileError
from orchestration.data_folder import DataFolder
from orchestration.settings import RunSettings
from orchestration.warehouse import WarehouseError
from tests.unit.test_company import written


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name in ("COMPANY", "DATA", "AS_OF", "PREVIEW"):
        monkeypatch.delenv(f"FUNNELCAST_{name}", raising=False)
    return lambda **given: RunSettings.resolve(data=str(tmp_path), **given)


def test_the_environment_fills_what_is_not_given(settings, monkeypatch):
    monkeypatch.setenv("FUNNELCAST_AS_OF", "2026-01-02")
    monkeypatch.setenv("FUNNELCAST_PREVIEW", "1")
    assert settings().asked_as_of == date(2026, 1, 2)
    assert settings().is_preview
    assert settings(as_of="2026-03-04").asked_as_of == date(2026, 3, 4)


def test_an_as_of_that_is_no_date_is_an_error_of_ours(settings):
    with pytest.raises(ValueError, match="as_of 'yesterday': a date is accepted, written YYYY-MM-DD"):
        settings(as_of="yesterday")


def test_a_data_folder_that_is_a_file_is_an_error_of_ours(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is a file; a folder is accepted"):
        RunSettings.resolve(data=str(tmp_path / "file"))


def test_a_threshold_that_no_check_has_is_an_error_that_lists_those_there_are(settings, tmp_path):
    path = written(tmp_path, more="thresholds: {quarantined: 0.5}")
    with pytest.raises(CompanyFileError, match=r"thresholds\.quarantined: no check .* quarantined_share"):
        assert settings(company_file=str(path)).company


def test_steps_after_landing_refuse_before_it_and_for_another_date(settings):
    with pytest.raises(WarehouseError, match="run the job refresh"):
        settings().current_build()
    build = settings().build
    build.start()
    build.describe("abc", date(2026, 1, 2))
    assert settings().current_build().as_of == date(2026, 1, 2)
    with pytest.raises(WarehouseError, match="is as of 2026-01-02, not 2026-01-01"):
        settings(as_of="2026-01-01").current_build()


def test_a_run_as_of_an_older_date_than_the_published_one_has_a_warehouse_of_its_own(settings, tmp_path):
    version = DataFolder(tmp_path).published / "versions" / "v"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text('{"as_of": "2026-01-02"}')
    (DataFolder(tmp_path).published / "current").symlink_to("versions/v")
    assert settings().warehouse == tmp_path / "warehouse" / "warehouse.duckdb"
    assert settings(as_of="2026-01-01").warehouse.parent.name == "as_of_2026-01-01"
