"""What the lake holds of an entity, as two hashes per row: 16 bytes where the row has hundreds.

Two rows of one content hash count as equal, two of one key hash as versions of each other. Of 10 million
keys, with 50,000 new ones a night, one night in 30 million takes two for the same.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.extracts.entities import Entity
from orchestration.extracts.row_slices import row_hashes

KEY: Final = "key_hash"
CONTENT: Final = "content_hash"


def content_hashes(entity: Entity, rows: pl.DataFrame) -> pl.Series:
    """A hash of each row's content."""
    return row_hashes(rows, list(entity.columns))


def key_hashes(entity: Entity, rows: pl.DataFrame) -> pl.Series:
    """A hash of each row's key."""
    return row_hashes(rows, entity.key)


def newest_versions(entity: Entity, files: Sequence[Path], keys: pl.DataFrame | None = None) -> pl.DataFrame:
    """KEY and CONTENT of the newest version of each key in the lake; keys that are gone left out.

    Where `keys` are given, those of other rows may be left out.
    """
    return _newest([_versions(entity, file, keys) for file in files]).select(KEY, CONTENT)


def current_rows(
    entity: Entity, files: Sequence[Path], replaced: pl.Series, missed: pl.DataFrame
) -> tuple[pl.Series, pl.DataFrame]:
    """The key hashes of the rows that the lake has, but for some, and the keys of those.

    They are the ones with the key hashes `replaced`, or with the values of key columns that `missed` has.
    """
    versions, found = [], []
    for file in files:
        rows = pl.read_parquet(file, columns=[*entity.key, "is_tombstone"])
        hashes = key_hashes(entity, rows)
        versions.append(pl.DataFrame({KEY: hashes, "is_tombstone": rows["is_tombstone"]}))
        keyed = rows.select(*entity.key)
        parts = [keyed.with_columns(hashes.alias(KEY)).filter(hashes.is_in(replaced.implode()))]
        if missed.width:
            alike = keyed.join(missed, on=missed.columns, how="semi", nulls_equal=True)
            parts.append(alike.with_columns(key_hashes(entity, alike).alias(KEY)))
        found.append(pl.concat(parts))
    nothing = pl.DataFrame(schema={**{name: entity.columns[name] for name in entity.key}, KEY: pl.UInt64})
    some = pl.concat([nothing, *found]).unique(KEY)
    current = _newest(versions)[KEY] if versions else nothing[KEY]
    stayed = current.filter(~current.is_in(some[KEY].implode()))
    return stayed, some.filter(pl.col(KEY).is_in(current.implode())).select(*entity.key)


def _newest(versions: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Of the versions of each key in files the newest, without tombstones.

    The first file holds most rows, each key once; it is told only from the few that later ones replace.
    """
    first, *others = versions
    later = pl.concat([first.clear(), *others]).unique(subset=KEY, keep="last", maintain_order=True)
    kept = first.filter(~pl.col(KEY).is_in(later[KEY].implode()))
    return pl.concat([kept, later]).filter(~pl.col("is_tombstone"))


def keys_of(entity: Entity, files: Sequence[Path], hashes: pl.Series) -> pl.DataFrame:
    """The keys with these hashes, from the lake's files."""
    keys = [pl.DataFrame(schema={name: entity.columns[name] for name in entity.key})]
    for file in files if len(hashes) else ():
        rows = pl.read_parquet(file, columns=list(entity.key))
        keys.append(rows.filter(key_hashes(entity, rows).is_in(hashes.implode())))
    return pl.concat(keys).unique()


def _versions(entity: Entity, file: Path, keys: pl.DataFrame | None) -> pl.DataFrame:
    rows = pl.scan_parquet(file).select(*entity.columns, "is_tombstone")
    if keys is not None:
        first = entity.key[0]
        rows = rows.filter(pl.col(first).is_in(keys[first].unique().implode(), nulls_equal=True))
    return _hashed(entity, rows.collect())


def _hashed(entity: Entity, rows: pl.DataFrame) -> pl.DataFrame:
    hashes = {KEY: key_hashes(entity, rows), CONTENT: content_hashes(entity, rows)}
    return pl.DataFrame({**hashes, "is_tombstone": rows["is_tombstone"]})
