"""An extract that waits for the raw gate, as it lies in its folder."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from orchestration.company import Source
from orchestration.extracts.quarantine import QUARANTINED
from orchestration.extracts.reading import ReadExtract
from orchestration.extracts.sources import FoundExtract
from orchestration.extracts.table_rows import FileAccount

EXTRACT: Final = "extract.json"
STAGED_VERSION: Final = 2  # of what lies in the folder; an extract that was staged as another is staged anew
QUARANTINE: Final = "quarantined.parquet"
REPLACED: Final = "replaced"  # folder of the keys of the lake's rows that did not stay as they were
UNLANDED: Final = "unlanded"  # folder of the keys of quarantined rows: these are unreadable, not absent


@dataclass(frozen=True)
class StagedExtract:
    """An extract that waits for the raw gate, and its accounting per file.

    `fingerprint` stands for its files as they are read, `content` for the files alone. With a `problem`, a
    message for people, it cannot be read and is not landed: it has no files, and no date where the source's
    folder as a whole is at fault. `landed` is the fingerprint of what the lake has of its date. `settled`
    are its files in which each row stands for itself. `before` is the lineage of the lake's extract that it
    is told from: rows that stayed as they were are then not among the staged ones.
    """

    source_name: str
    extract_date: date | None
    path: Path
    fingerprint: str
    delivery: str
    taken: str
    files: tuple[FileAccount, ...]
    problem: str | None = None
    content: str = ""
    landed: str | None = None
    settled: tuple[str, ...] = ()
    before: str | None = None

    @property
    def is_landed(self) -> bool:
        """Whether the lake has just this: it passed its gate then, and lands anew after an earlier one."""
        return self.landed is not None and self.landed == self.fingerprint

    @property
    def name(self) -> str:
        """The extract as it is named to people and checks: two words, where its source's name is one."""
        return f"{self.source_name} {self.extract_date or 'undated'}"

    def entity(self, name: str) -> Path:
        """The Parquet file of an entity; it may be absent."""
        return self.path / f"{name}.parquet"

    def replaced(self, name: str) -> Path:
        """The Parquet file of the keys of an entity's rows in the lake that did not stay as they were.

        Where there is none, all rows of the entity are staged.
        """
        return self.path / REPLACED / f"{name}.parquet"


def unreadable(
    source: Source, extract_date: date | None, path: Path, problem: str, content: str = ""
) -> StagedExtract:
    """What stands for an extract that cannot be used; the next refresh tries it again."""
    return StagedExtract(
        source.name, extract_date, path, "", source.delivery, source.taken, (), problem, content
    )


def waiting(target: Path, fingerprint: str, before: str | None) -> StagedExtract | None:
    """The extract as it was staged before, if from the same files, and told from no other extract."""
    record = target / EXTRACT
    if not record.exists():
        return None
    written = json.loads(record.read_text(encoding="utf-8"))
    is_the_same = written["fingerprint"] == fingerprint and written.get("version") == STAGED_VERSION
    return _staged(target, written) if is_the_same and written["before"] in (None, before) else None


def partial_folder(target: Path) -> Path:
    """An empty folder for the rows of an extract while it is read."""
    partial = _partial(target)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def lay_down(
    read: ReadExtract, found: FoundExtract, target: Path, fingerprint: str, content: str, before: str | None
) -> StagedExtract:
    """Complete the partial folder that the rows were read into; it appears whole, by one rename."""
    partial = _partial(target)
    (partial / UNLANDED).mkdir()
    for name, rows in read.unlanded.items():
        if rows.height:
            rows.write_parquet(partial / UNLANDED / f"{name}.parquet")
    (partial / REPLACED).mkdir()
    for name, rows in read.replaced.items():
        rows.write_parquet(partial / REPLACED / f"{name}.parquet")
    known = {"source_name": pl.lit(found.source.name), "extract_date": pl.lit(found.extract_date)}
    read.quarantined.with_columns(**known).select(*known, *QUARANTINED).write_parquet(partial / QUARANTINE)
    record = {
        "version": STAGED_VERSION,
        "source_name": found.source.name,
        "extract_date": found.extract_date.isoformat(),
        "fingerprint": fingerprint,
        "content": content,
        "delivery": found.source.delivery,
        "taken": found.source.taken,
        "settled": read.settled,
        "before": before if read.replaced else None,
        "files": [asdict(account) for account in read.accounts],
    }
    (partial / EXTRACT).write_text(json.dumps(record, indent=1), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    os.replace(partial, target)
    return _staged(target, record)


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.partial")


def _staged(target: Path, record: dict[str, Any]) -> StagedExtract:
    return StagedExtract(
        source_name=record["source_name"],
        extract_date=date.fromisoformat(record["extract_date"]),
        path=target,
        fingerprint=record["fingerprint"],
        delivery=record["delivery"],
        taken=record["taken"],
        files=tuple(FileAccount(**account) for account in record["files"]),
        content=record["content"],
        settled=tuple(record["settled"]),
        before=record["before"],
    )
