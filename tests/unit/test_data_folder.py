import subprocess
import sys

import pytest

from orchestration.data_folder import DataFolder, DataFolderError


def test_a_second_refresh_waits_for_the_first_and_says_so(tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib; from orchestration.data_folder import DataFolder\n"
            f"with DataFolder(pathlib.Path({str(tmp_path)!r})).locked(print):\n"
            "    print('held', flush=True); sys.stdin.readline()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    said = []

    def on_wait(message):
        said.append(message)
        holder.communicate("\n")

    with DataFolder(tmp_path).locked(on_wait):
        assert holder.returncode == 0
    assert f"process {holder.pid}" in said[0]


def test_a_preview_writes_to_a_copy_that_goes_again(tmp_path):
    folder = DataFolder(tmp_path)
    folder.lake.mkdir()
    (folder.lake / "manifest.json").write_text("{}")
    preview = folder.preview()
    preview.start_preview()
    assert preview.raw == folder.raw
    (preview.lake / "deals.parquet").write_text("x")
    preview.warehouse.parent.mkdir(parents=True)
    assert (preview.lake / "manifest.json").read_text() == "{}"
    preview.end_preview()
    assert [path.name for path in folder.lake.iterdir()] == ["manifest.json"]
    assert not preview.lake.exists()


def test_the_data_folder_of_one_company_is_refused_to_another(tmp_path):
    folder = DataFolder(tmp_path)
    folder.claim("Acme")
    folder.claim("Acme")
    with pytest.raises(DataFolderError, match="is the data folder of 'Acme', not of 'Globex'"):
        folder.claim("Globex")
    with pytest.raises(DataFolderError, match="Acme"):
        folder.preview().claim("Globex")
