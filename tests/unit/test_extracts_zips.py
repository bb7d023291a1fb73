"""The files in a zip are read as they lie; one that hides something is refused whole."""

import gzip
import io
import warnings
import zipfile

import polars as pl
import pytest

from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import open_tables
from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_members_are_landed_by_their_names_and_nothing_is_extracted(workplace):
    members = {
        "export/deals.csv": "deal_id\nD1\n",
        "owners.csv.gz": gzip.compress(b"owner_id\nO1\n"),
        "accounts.jsonl": '{"account_id": "A1"}\n',
        "README.txt": "hello",
        "__MACOSX/export/._deals.csv": "\0\5",
    }
    extract = workplace.write(FIRST, {"export.zip": zipped(members)})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert workplace.rows("owners", "owner_id") == [("O1",)]
    assert workplace.rows("accounts", "account_id") == [("A1",)]
    assert workplace.account("export.zip/export/deals.csv") == (1, 1, 0, 0, 0)
    assert [path.name for path in extract.iterdir()] == ["export.zip"]


def test_a_zip_holds_any_format(workplace):
    owners, stages = io.BytesIO(), io.BytesIO()
    pl.DataFrame({"owner_id": ["O1"]}).write_parquet(owners)
    pl.DataFrame({"pipeline": ["Sales"], "stage": ["New"]}).write_excel(stages, "stages")
    members = {
        "deals.json": '[{"deal_id": "D1"}]',
        "owners.parquet": owners.getvalue(),
        "book.xlsx": stages.getvalue(),
    }
    workplace.write(FIRST, {"export.zip": zipped({**members, "leads.tsv": "lead_id\tsource\nL1\tWeb\n"})})
    workplace.map(extends="canonical", tables={"stages": {"files": ["stages", "book"]}})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert workplace.rows("owners", "owner_id") == [("O1",)]
    assert workplace.rows("stages", "stage") == [("New",)]
    assert workplace.rows("leads", "source") == [("Web",)]


def test_problems_name_the_member_and_its_line(workplace):
    workplace.write(FIRST, {"export.zip": zipped({"deals.csv": "deal_id,amount\nD1,1\nD2,x\n"})})
    workplace.land()
    assert workplace.quarantine("file", "line", "value") == [("export.zip/deals.csv", 3, "x")]


def test_a_zip_of_parts_goes_by_the_name_of_the_zip(workplace):
    workplace.write(
        FIRST, {"deals.zip": zipped({"part-1.csv": "deal_id\nD1\n", "part-2.csv": "deal_id\nD2\n"})}
    )
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",), ("D2",)]


def test_a_member_that_names_a_path_outside_is_only_read(workplace, tmp_path):
    workplace.write(FIRST, {"export.zip": zipped({"../../deals.csv": "deal_id\nD1\n"})})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert not list(tmp_path.rglob("deals.csv"))


def encrypted(content):
    """The zip with the flags of its only member saying that it is encrypted."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


SOUND = zipped({"deals.csv": "deal_id\nD1\n"})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip", "cannot be read as a zip: .*; accepted is a zip written to its end"),
        (SOUND[:-10], "cannot be read as a zip"),
        (encrypted(SOUND), "deals.csv: is encrypted; accepted is a zip without a password"),
        (zipped({"inner.zip": SOUND}), "inner.zip: is a zip inside a zip; accepted are data files"),
        (zipped({"readme.txt": "x"}), "holds no data file, but readme.txt; accepted are .csv"),
        (zipped({}), "holds no data file, but nothing"),
        (zipped({"deals.csv": "deal_id\nD1\n"}, zipfile.ZIP_STORED).replace(b"D1", b"D2", 1), "Bad CRC-32"),
    ],
)
def test_a_zip_that_cannot_be_used_is_named(tmp_path, content, said):
    (tmp_path / "export.zip").write_bytes(content)
    with pytest.raises(ExtractError, match=rf"export.zip.*{said}"):
        open_tables(tmp_path / "export.zip")


def test_a_file_that_stands_twice_in_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr("deals.csv", "deal_id\nD1\n")
        archive.writestr("deals.csv", "deal_id\nD2\n")
    with pytest.raises(ExtractError, match=r"deals.csv: stands 2 times in the zip; once is accepted"):
        open_tables(tmp_path / "export.zip")


def test_what_unpacks_to_far_too_much_is_refused(tmp_path, monkeypatch):
    bomb = b"deal_id\n" + b"0" * 4_000_000
    (tmp_path / "deals.zip").write_bytes(zipped({"deals.csv": bomb}))
    (tmp_path / "deals.csv.gz").write_bytes(gzip.compress(bomb))
    monkeypatch.setattr("orchestration.extracts.zip_members.SMALL_BYTES", 1 << 20)
    monkeypatch.setattr("orchestration.extracts.byte_streams.SMALL_BYTES", 1 << 20)
    monkeypatch.setattr("orchestration.extracts.zip_members.PACKED_RATIO", 100)
    monkeypatch.setattr("orchestration.extracts.byte_streams.PACKED_RATIO", 100)
    for name in ("deals.zip", "deals.csv.gz"):
        with pytest.raises(ExtractError, match=rf"{name}: unpacks to .*; accepted are 200 GB, and 100 times"):
            open_tables(tmp_path / name)


def test_too_many_files_in_a_zip_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.extracts.zip_members.MEMBERS", 1)
    (tmp_path / "deals.zip").write_bytes(zipped({"a.csv": "x", "b.csv": "x"}))
    with pytest.raises(ExtractError, match=r"deals.zip: holds 2 files; accepted are 1"):
        open_tables(tmp_path / "deals.zip")
