"""All rows of a staged extract as a query: the staged ones, and the lake's that stayed as they were."""

from collections.abc import Sequence
from pathlib import Path

from orchestration.extracts.entities import LAKE_COLUMNS, Entity
from orchestration.extracts.staged_extracts import StagedExtract


def rows_of_extract(extract: StagedExtract, entity: Entity, lake_files: Sequence[Path]) -> str:
    """A query of an extract's rows of an entity; `lake_files` are its source's, oldest first."""
    staged = f"select * from {_read([extract.entity(entity.name)])}"
    if not extract.replaced(entity.name).exists() or not lake_files:
        return staged
    columns = ", ".join(entity.columns)
    lake_columns = (
        f"{_quoted(extract.source_name)} as source_name, date '{extract.extract_date}' as extract_date,"
        " false as is_tombstone, source_row"
    )
    assert list(LAKE_COLUMNS) == ["source_name", "extract_date", "is_tombstone", "source_row"]
    kept = f"anti join {_read([extract.replaced(entity.name)])} as replaced on {_same(entity, 'replaced')}"
    first, *later = lake_files
    newest = f"select known.* from {_read([first])} as known"
    if later:
        key = ", ".join(entity.key)
        versions = (
            f"(select * from {_read(later)}"
            f" qualify row_number() over (partition by {key} order by extract_date desc) = 1)"
        )
        newest = (
            f"{newest} anti join {versions} as later on {_same(entity, 'later')}"
            f" union all select * from {versions}"
        )
    return (
        f"select {columns}, {lake_columns} from ({newest}) as known {kept} where not known.is_tombstone"
        f" union all {staged}"
    )


def _same(entity: Entity, other: str) -> str:
    return " and ".join(f"known.{name} is not distinct from {other}.{name}" for name in entity.key)


def _read(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(_quoted(str(file)) for file in files)}])"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
