"""A person is forgotten everywhere that Funnelcast keeps anything, and stays forgotten."""

import hashlib
from datetime import date

import duckdb
import polars as pl
import pytest

from orchestration.forgetting import UnknownPersonError, forget
from orchestration.publication import current_manifest, publish
from tests.unit.extract_folders import FIRST, SECOND, Workplace

OWNERS = """owner_id,owner_name,email,team
U1,Ada Example,ada@example.com,North
U2,Bo Other,bo@example.com,North
U3,"Ada Example" broken,x
"""
DEALS = """deal_id,deal_name,amount,owner_id,next_step
D1,Big,10,U1,Ada Example
D2,Small,oops ada@example.com,U2,
"""


@pytest.fixture
def workplace(tmp_path):
    place = Workplace(tmp_path)
    place.write(FIRST, {"owners.csv": OWNERS, "deals.csv": DEALS})
    place.land()
    return place


def published(workplace):
    """A version with a table of owners, and what was set aside."""
    database = workplace.root / "warehouse" / "warehouse.duckdb"
    database.parent.mkdir()
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema core; create schema quality")
        connection.execute(
            "create table core.dim_owners as select 'U1' as owner_id, 'Ada Example' as owner_name"
        )
        connection.execute("create table core.fct_deals as select 'D1' as deal_id, 'U1' as owner_id")
        connection.execute("create view core.names as select owner_name from core.dim_owners")
        connection.execute(
            'create table quality.check_results as select \'[{"owner": "ada@example.com"}]\' as sample'
        )
    about = {"as_of": "2026-03-02", "published_at": "1"}
    publish(workplace.folder, database, "v1", date(2026, 3, 2), about, 30)


def bytes_of(workplace):
    """Everything kept but the company's own extracts, as one lower-case blob."""
    kept = [path for path in workplace.root.rglob("*") if path.is_file() and "raw" not in path.parts]
    texts = [path.read_bytes() for path in kept]
    frames = [str(pl.read_parquet(path).rows()).encode() for path in kept if path.suffix == ".parquet"]
    return b"\n".join(texts + frames).lower()


def test_no_file_holds_the_name_or_address_any_more(workplace):
    published(workplace)
    assert b"ada@example.com" in bytes_of(workplace)
    forget(workplace.folder, "U1")
    kept = bytes_of(workplace)
    assert b"ada example" not in kept
    assert b"ada@example.com" not in kept
    assert b"bo@example.com" in kept


def test_the_id_and_everything_else_stay(workplace):
    forget(workplace.folder, "U1")
    assert workplace.rows("owners", "owner_id", "owner_name", "email", "team") == [
        ("U1", None, None, "North"),
        ("U2", "Bo Other", "bo@example.com", "North"),
    ]
    assert workplace.rows("deals", "deal_id", "owner_id", "next_step") == [("D1", "U1", None)]


def test_readers_see_the_same_version_without_the_name(workplace):
    published(workplace)
    forget(workplace.folder, "U1")
    current = workplace.folder.published / "current"
    with duckdb.connect(str(current / "funnelcast.duckdb"), read_only=True) as reader:
        assert reader.execute("from core.dim_owners").fetchall() == [("U1", None)]
        assert reader.execute("from core.names").fetchall() == [(None,)]
        assert reader.execute("from core.fct_deals").fetchall() == [("D1", "U1")]
        assert reader.execute("from quality.check_results").fetchall() == [('[{"owner": "(forgotten)"}]',)]
    parquet = current / "parquet" / "core" / "dim_owners.parquet"
    told = current_manifest(workplace.folder)["tables"]["core.dim_owners"]["parquet"][
        "core/dim_owners.parquet"
    ]
    assert told == hashlib.sha256(parquet.read_bytes()).hexdigest()


def test_landing_again_blanks_the_person_again_and_changes_no_row(workplace):
    forget(workplace.folder, "U1")
    workplace.write(SECOND, {"owners.csv": OWNERS, "deals.csv": DEALS})
    workplace.land()
    assert workplace.rows("owners", "owner_id", day=SECOND) == []
    workplace.write(FIRST, {"owners.csv": OWNERS.replace("North", "South"), "deals.csv": DEALS})
    workplace.land()
    assert workplace.rows("owners", "owner_name", "email", "team", day=FIRST)[0] == (None, None, "South")
    assert not any("Ada" in str(row) for row in workplace.quarantine("value"))
    assert b"ada example" not in bytes_of(workplace)
    assert b"ada@example.com" not in bytes_of(workplace)


def test_an_id_that_nobody_has_is_refused(workplace):
    with pytest.raises(UnknownPersonError, match="no owner has the id 'U9'; accepted is an owner_id"):
        forget(workplace.folder, "U9")


def test_forgetting_twice_is_forgetting_once(workplace):
    published(workplace)
    forget(workplace.folder, "U1")
    again = forget(workplace.folder, "U1")
    assert (again.files, again.versions) == (0, 0)
