"""Publishing: a folder per version that readers see whole, and one link to the current one."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb

from orchestration.data_folder import DataFolder
from orchestration.waterfall import add_waterfall

PUBLISHED_SCHEMAS: Final = ("core", "metrics", "forecast", "quality")
BY_MONTH: Final = {"core.fct_deal_snapshots": "snapshot_date"}
READERS_STORAGE: Final = "v1.0.0"  # BI drivers of older DuckDB read it


class PublicationRefused(RuntimeError):
    """Nothing was published; the message says why."""


def publish(
    folder: DataFolder, database: Path, version: str, as_of: date, about: Mapping[str, Any], keep: int
) -> dict[str, Any]:
    """Publish the warehouse as `version`, move `current` to it, and return its manifest.

    `about` joins the manifest (checks, sources, run). An as-of date older than that of `current`
    gets its folder and leaves the link. At most `keep` versions stay, `current` always among them.
    """
    final = version_folder(folder, version)
    if not (final / "manifest.json").exists():
        shutil.rmtree(final, ignore_errors=True)
        building = final.with_name(f".{version}.building")
        shutil.rmtree(building, ignore_errors=True)
        (building / "parquet").mkdir(parents=True)
        tables = _write_tables(database, building)
        _write_json(building / "manifest.json", {"version": version, **about, "tables": tables})
        building.rename(final)
    manifest: dict[str, Any] = json.loads((final / "manifest.json").read_text())
    current = current_manifest(folder)
    if current is None or date.fromisoformat(current["as_of"]) <= as_of:
        _point_current(folder, version)
    _retain(folder, keep)
    return manifest


def republish(folder: DataFolder, version: str, database: Path) -> None:
    """Write a kept version anew from a changed copy of its own database; its name and its place stay."""
    final = version_folder(folder, version)
    building, outgoing = (final.with_name(f".{version}.{part}") for part in ("building", "outgoing"))
    for leftover in (building, outgoing):
        shutil.rmtree(leftover, ignore_errors=True)
    (building / "parquet").mkdir(parents=True)
    about = json.loads((final / "manifest.json").read_text())
    _write_json(building / "manifest.json", {**about, "tables": _write_tables(database, building)})
    final.rename(outgoing)
    building.rename(final)
    shutil.rmtree(outgoing)


def version_folder(folder: DataFolder, version: str) -> Path:
    """Where a version lies, published or not."""
    return folder.published / "versions" / version


def current_manifest(folder: DataFolder) -> dict[str, Any] | None:
    """The manifest of the version that readers see now, if there is one."""
    path = folder.published / "current" / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else None


def current_version(folder: DataFolder) -> str | None:
    """The name of the version that `current` points to."""
    link = folder.published / "current"
    return Path(os.readlink(link)).name if link.is_symlink() else None


def version_names(folder: DataFolder) -> list[str]:
    """The versions that are kept, in the order of their publication."""
    return [path.name for path in _versions(folder)]


def rollback(folder: DataFolder, version: str | None = None) -> str:
    """Point `current` at `version`, or at the one published before it; returns its name.

    Raises:
        PublicationRefused: there is no such version.
    """
    versions = version_names(folder)
    if version is None:
        current = current_version(folder)
        if current not in versions or versions.index(current) == 0:
            raise PublicationRefused(
                f"There is no version before {current}; published are {', '.join(versions) or 'none'}"
            )
        version = versions[versions.index(current) - 1]
    if version not in versions:
        raise PublicationRefused(
            f"There is no version {version}; published are {', '.join(versions) or 'none'}"
        )
    _point_current(folder, version)
    return version


def fingerprint(parts: Sequence[bytes | str]) -> str:
    """A short name for exactly these inputs."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:12]


def _write_tables(database: Path, target: Path) -> dict[str, dict[str, Any]]:
    """Write all that is published to a DuckDB file and to Parquet, in the total order of its columns."""
    connection = duckdb.connect()
    try:
        connection.execute(f"attach '{_path(database)}' as warehouse (read_only)")
        connection.execute(
            f"attach '{_path(target / 'funnelcast.duckdb')}' as published"
            f" (storage_version '{READERS_STORAGE}')"
        )
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'warehouse' and list_contains($schemas, schema_name)"
            " union all select schema_name, view_name from duckdb_views()"
            " where database_name = 'warehouse' and list_contains($schemas, schema_name) order by all",
            {"schemas": list(PUBLISHED_SCHEMAS)},
        ).fetchall()
        summary = {}
        for schema, table in tables:
            name = f"{schema}.{table}"
            connection.execute(f"create schema if not exists published.{schema}")
            connection.execute(
                f"create table published.{name} as select * from warehouse.{name} order by all"
            )
            summary[name] = {
                "rows": _count(connection, f"published.{name}"),
                "parquet": _write_parquet(connection, name, target / "parquet" / schema),
            }
        add_waterfall(connection)
        return summary
    finally:
        connection.close()


def _write_parquet(connection: duckdb.DuckDBPyConnection, name: str, folder: Path) -> dict[str, str]:
    """Write one table as Parquet, a large one by month; returns file -> SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    table = name.split(".")[1]
    day = BY_MONTH.get(name)
    parts = {f"{table}.parquet": "true"}
    if day:
        months = connection.execute(
            f"select distinct strftime({day}, '%Y-%m') from published.{name} order by all"
        ).fetchall()
        parts = {f"{table}/{month}.parquet": f"strftime({day}, '%Y-%m') = '{month}'" for (month,) in months}
        (folder / table).mkdir()
    hashes = {}
    for file, condition in parts.items():
        connection.execute(
            f"copy (select * from published.{name} where {condition} order by all)"
            f" to '{_path(folder / file)}' (format parquet, compression zstd)"
        )
        hashes[f"{folder.name}/{file}"] = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    return hashes


def _point_current(folder: DataFolder, version: str) -> None:
    link = folder.published / ".current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("versions") / version)
    os.replace(link, folder.published / "current")


def _retain(folder: DataFolder, keep: int) -> None:
    current = current_version(folder)
    others = [path for path in _versions(folder) if path.name != current]
    for old in others[: max(0, len(others) - keep + 1)]:
        shutil.rmtree(old)


def _versions(folder: DataFolder) -> list[Path]:
    """Published versions in the order of their publication."""
    found = (folder.published / "versions").glob("*/manifest.json")
    published = [(json.loads(path.read_text())["published_at"], path.parent) for path in found]
    return [path for _, path in sorted(published)]


def published_now() -> str:
    """The moment of publication, for the manifest only: no table holds it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, default=str) + "\n")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def _path(path: Path) -> str:
    return os.fspath(path).replace("'", "''")
