"""What the lake holds of an entity, told by hashes."""

from pathlib import Path

import polars as pl

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.lake_versions import CONTENT, content_hashes, key_hashes, keys_of, newest_versions
from orchestration.extracts.row_slices import SLICE_ROWS, filtered, row_hashes

CONTACTS = ENTITIES["deal_contacts"]


def landed(folder: Path, number: int, rows: list[tuple[str, str, str | None, bool]]) -> Path:
    path = folder / f"{number}.parquet"
    schema = {**CONTACTS.columns, "is_tombstone": pl.Boolean}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path)
    return path


def contacts(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CONTACTS.columns, orient="row")


def test_the_newest_version_counts_also_where_it_is_like_an_older_one(tmp_path: Path) -> None:
    files = [
        landed(tmp_path, 1, [("d1", "c1", "buyer", False), ("d2", "c2", None, False)]),
        landed(tmp_path, 2, [("d1", "c1", "user", False)]),
    ]
    known = newest_versions(CONTACTS, files)[CONTENT].to_list()
    now = content_hashes(CONTACTS, contacts(("d1", "c1", "user"), ("d2", "c2", None)))
    assert sorted(known) == sorted(now)


def test_a_key_that_is_gone_is_not_known_and_one_that_came_back_is(tmp_path: Path) -> None:
    files = [
        landed(tmp_path, 1, [("d1", "c1", "buyer", False), ("d2", "c2", None, False)]),
        landed(tmp_path, 2, [("d1", "c1", None, True), ("d2", "c2", None, True)]),
        landed(tmp_path, 3, [("d2", "c2", "user", False)]),
    ]
    known = newest_versions(CONTACTS, files)[CONTENT].to_list()
    assert known == content_hashes(CONTACTS, contacts(("d2", "c2", "user"))).to_list()


def test_keys_are_found_by_their_hashes(tmp_path: Path) -> None:
    files = [landed(tmp_path, 1, [("d1", "c1", "buyer", False), ("d2", "c2", None, False)])]
    wanted = key_hashes(CONTACTS, contacts(("d2", "c2", "whatever")))
    assert keys_of(CONTACTS, files, wanted).rows() == [("d2", "c2")]


def test_rows_of_many_slices_are_hashed_and_filtered_as_of_one() -> None:
    rows = pl.DataFrame({"a": pl.int_range(2 * SLICE_ROWS + 1, eager=True).cast(pl.String)})
    parts = pl.concat([rows.head(7), rows.slice(7)], rechunk=False)
    mask = rows["a"].str.ends_with("7")
    assert row_hashes(parts, ["a"]).equals(rows.hash_rows(seed=0))
    assert filtered(parts, mask).equals(rows.filter(mask))
