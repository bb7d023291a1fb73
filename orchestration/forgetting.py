"""Forgetting a person: name and address leave all that Funnelcast keeps; the id stays and is remembered."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from orchestration.data_folder import DataFolder
from orchestration.extracts.people import (
    FREE_TEXT,
    PERSONAL,
    People,
    blanked,
    forgotten,
    remember_forgotten,
    without_words,
)
from orchestration.publication import republish, version_folder, version_names
from orchestration.warehouse import connected, read_table, write_table

OWNERS: Final = "owners"


class UnknownPersonError(ValueError):
    """There is nobody to forget under the id; the message says where ids stand."""


@dataclass(frozen=True)
class Forgetting:
    """What was done: files of lake, quarantine and ledger that were written anew, and versions."""

    files: int
    versions: int


def forget(folder: DataFolder, owner_id: str) -> Forgetting:
    """Take the name and address of an owner out of lake, quarantine, ledger, warehouse and publications.

    What was interrupted is simply done again: the owners' own rows, which tell the words to look for,
    come last. The warehouse is removed, for the next refresh builds it from the lake. Extracts that the
    company dropped into `raw` are its own to clean; landing them again blanks the person again.

    Raises:
        UnknownPersonError: no row of owners has this id.
    """
    with folder.locked(on_wait=print):
        people = _people(folder, owner_id)
        remember_forgotten(folder, owner_id)
        versions = sum(_blank_version(folder, version, people) for version in version_names(folder))
        shutil.rmtree(folder.warehouse.parent, ignore_errors=True)
        files = sum(_blank_file(path, people) for path in _kept_files(folder))
    return Forgetting(files, versions)


def _people(folder: DataFolder, owner_id: str) -> People:
    owners = [path for path in _kept_files(folder) if _is_owners(path)]
    rows = [pl.read_parquet(path, columns=["owner_id", *PERSONAL]) for path in owners]
    found = (
        pl.concat(rows) if rows else pl.DataFrame(schema=dict.fromkeys(("owner_id", *PERSONAL), pl.String))
    )
    if owner_id not in found["owner_id"] and owner_id not in forgotten(folder):
        raise UnknownPersonError(
            f"no owner has the id {owner_id!r}; accepted is an owner_id of core.dim_owners"
        )
    return People.of([owner_id], found)


def _kept_files(folder: DataFolder) -> Iterator[Path]:
    """Every file of rows that is kept outside publications and warehouse, the owners' own last."""
    found = [
        path
        for kept in (folder.quarantine, folder.ledger, folder.staged, folder.lake)
        for path in sorted(kept.rglob("*"))
        if path.suffix in (".parquet", ".csv", ".json")
    ]
    yield from sorted(found, key=_is_owners)


def _is_owners(path: Path) -> bool:
    """Whether a file is one of the lake's, or of a staged extract's, with rows of owners."""
    return path.suffix == ".parquet" and OWNERS in (path.stem, *(part.name for part in path.parents))


def _blank_file(path: Path, people: People) -> bool:
    """Write a file anew without the people; returns whether anything of them stood in it."""
    partial = path.with_name(f".{path.name}.partial")
    if path.suffix == ".parquet":
        rows = pl.read_parquet(path)
        if (clean := blanked(rows, people)).equals(rows):
            return False
        clean.write_parquet(partial)
    else:
        text = path.read_text(encoding="utf-8")
        clean_text = without_words(pl.Series([text]), people)[0]
        if clean_text == text:
            return False
        partial.write_text(clean_text, encoding="utf-8")
    os.replace(partial, path)
    return True


def _blank_version(folder: DataFolder, version: str, people: People) -> bool:
    """Publish a kept version anew without the people, where anything of them stands in it."""
    database = version_folder(folder, version) / "funnelcast.duckdb"
    working = folder.published / ".forgetting.duckdb"
    shutil.copyfile(database, working)
    try:
        with connected(working) as connection:
            changed = [_blank_table(connection, *table, people) for table in _tables(connection)]
        if any(changed):
            republish(folder, version, working)
        return any(changed)
    finally:
        working.unlink()


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """Tables with their columns of text."""
    rows = connection.execute(
        "select columns.schema_name || '.' || columns.table_name as name,"
        " list(columns.column_name order by columns.column_index)"
        " from duckdb_columns() as columns inner join duckdb_tables() as tables using (table_oid)"
        " where columns.data_type = 'VARCHAR' and not columns.internal group by name order by name"
    )
    return rows.fetchall()


def _blank_table(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], people: People
) -> bool:
    """Blank a table that names the people; large ones without a trace of them are only searched."""
    if not _holds(connection, table, columns, people):
        return False
    rows = read_table(connection, table)
    if (clean := blanked(rows, people)).equals(rows):
        return False
    write_table(connection, table, clean)
    return True


def _holds(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], people: People) -> bool:
    words = [word.lower() for word in people.words]
    tests, values = ["false"], []
    if "owner_id" in columns and set(PERSONAL) & set(columns):
        tests.append("list_contains(?, owner_id)")
        values.append(sorted(people.owner_ids))
    for column in columns:
        if column in FREE_TEXT:
            tests.append(f"list_bool_or(list_transform(?, lambda word: contains(lower({column}), word)))")
        else:
            tests.append(f"list_contains(?, lower(trim({column})))")
        values.append(words)
    found = connection.execute(f"select count(*) from {table} where {' or '.join(tests)}", values)
    [(count,)] = found.fetchall()
    return bool(count)
