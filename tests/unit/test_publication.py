import json
from datetime import date

import duckdb
import pytest

from orchestration.data_folder import DataFolder
from orchestration.publication import PublicationRefused, current_manifest, current_version, publish, rollback


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


def warehouse(folder, amount=1):
    path = folder.root / f"warehouse_{amount}.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema core")
        connection.execute(
            "create table core.fct_deals as"
            f" select * from (values ('b', {amount}), ('a', 2)) t(deal_id, amount)"
        )
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_deal_days as"
            " select date '2026-01-31' + i::int as snapshot_date, 'a' as deal_id from range(2) r(i)"
        )
        connection.execute("create view core.fct_deal_snapshots as from intermediate.int_deal_days")
        connection.execute("create view core.deal_ids as select deal_id from core.fct_deals")
        connection.execute("create schema staging")
        connection.execute("create table staging.secret as select 1 as x")
    return path


def put(folder, version, as_of, amount=1, keep=30):
    return publish(
        folder,
        warehouse(folder, amount),
        version,
        as_of,
        {"as_of": str(as_of), "published_at": f"{version}"},
        keep,
    )


def test_a_version_holds_a_database_parquet_and_a_manifest(folder):
    manifest = put(folder, "v1", date(2026, 2, 2))
    current = folder.published / "current"
    with duckdb.connect(str(current / "funnelcast.duckdb"), read_only=True) as reader:
        assert reader.execute("select * from core.fct_deals").fetchall() == [("a", 2), ("b", 1)]
        assert sorted(reader.execute("from core.deal_ids").fetchall()) == [("a",), ("b",)]
    assert manifest["tables"]["core.fct_deals"]["rows"] == 2
    parquet = current / "parquet" / "core"
    assert duckdb.sql(f"select deal_id from '{parquet}/fct_deals.parquet'").fetchall() == [("a",), ("b",)]
    assert sorted(path.name for path in (parquet / "fct_deal_snapshots").iterdir()) == [
        "2026-01.parquet",
        "2026-02.parquet",
    ]
    assert "staging.secret" not in manifest["tables"]


def test_readers_of_the_old_version_keep_it_while_current_moves(folder):
    put(folder, "v1", date(2026, 2, 2))
    with duckdb.connect(str(folder.published / "current" / "funnelcast.duckdb"), read_only=True) as reader:
        put(folder, "v2", date(2026, 2, 3), amount=9)
        assert reader.execute("select max(amount) from core.fct_deals").fetchone() == (2,)
    assert current_version(folder) == "v2"


def test_an_older_as_of_date_leaves_current(folder):
    put(folder, "v1", date(2026, 2, 2))
    put(folder, "v0", date(2026, 1, 1), amount=9)
    assert current_version(folder) == "v1"
    assert (folder.published / "versions" / "v0" / "manifest.json").exists()


def test_equal_inputs_share_one_folder(folder):
    first = put(folder, "v1", date(2026, 2, 2))
    assert put(folder, "v1", date(2026, 2, 2)) == first


def test_what_a_killed_publication_left_is_replaced(folder):
    building = folder.published / "versions" / ".v1.building"
    building.mkdir(parents=True)
    (building / "funnelcast.duckdb").write_text("half")
    put(folder, "v1", date(2026, 2, 2))
    assert current_manifest(folder)["version"] == "v1"
    assert not building.exists()


def test_old_versions_go_and_the_current_one_stays(folder):
    for number in range(4):
        put(folder, f"v{number}", date(2026, 2, 2 + number), amount=number + 1, keep=2)
    assert sorted(path.name for path in (folder.published / "versions").iterdir()) == ["v2", "v3"]


def test_rollback_points_at_the_version_before_and_refuses_unknown_ones(folder):
    put(folder, "v1", date(2026, 2, 2))
    put(folder, "v2", date(2026, 2, 3), amount=2)
    assert rollback(folder) == "v1"
    assert current_version(folder) == "v1"
    with pytest.raises(PublicationRefused, match="no version before v1"):
        rollback(folder)
    with pytest.raises(PublicationRefused, match="There is no version v9; published are v1, v2"):
        rollback(folder, "v9")


def test_the_same_warehouse_gives_the_same_parquet_bytes(tmp_path):
    hashes = []
    for name in ("one", "two"):
        folder = DataFolder(tmp_path / name)
        folder.root.mkdir()
        hashes.append(
            {
                table: about.get("parquet")
                for table, about in put(folder, "v", date(2026, 2, 2))["tables"].items()
            }
        )
    assert hashes[0] == hashes[1]
    assert json.dumps(hashes[0]).count("parquet") > 2
