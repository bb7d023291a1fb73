"""What the files of an extract are, by content and by how they are read."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

from orchestration.company import Company, Source
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.mapping import Mapping
from orchestration.extracts.sources import FoundExtract

READ_BYTES: Final = 4 << 20
CHANGED: Final = "changed while it was read; accepted is an extract that is written to its end"
LANDING_VERSION: Final = 2  # raised when landing reads the same files differently: then all is landed anew


def interpretation(source: Source, company: Company, mapping: Mapping) -> str:
    """Fingerprint of all that decides how files are read; another one means landing them anew."""
    settings = {
        "version": LANDING_VERSION,
        "mapping": mapping.model_dump(mode="json"),
        "time_zone": company.time_zone,
        "reporting_currency": company.reporting_currency,
        "id_prefix": source.id_prefix,
        "delivery": source.delivery,
        "dimensions": source.dimensions,
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


class FileHashes:
    """Content hashes of files, remembered while size, times and inode stay: old extracts are read once."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, list[Any]] = json.loads(memory.read_text()) if memory.exists() else {}
        self._used: dict[str, list[Any]] = {}

    def fingerprint(self, extract: FoundExtract, interpreted_as: str) -> str:
        """Names and contents of an extract's files, and how they are read, as one hash.

        Raises:
            ExtractError: a file cannot be read, or is being written to.
        """
        digest = hashlib.sha256(interpreted_as.encode())
        for file in extract.files:
            try:
                content = self._hash(file)
            except OSError as error:
                raise ExtractError(f"{file}: cannot be read: {error.strerror or error}") from error
            digest.update(f"\n{extract.name_of(file)}\t{content}".encode())
        return digest.hexdigest()

    def refuse_changed(self, extract: FoundExtract) -> None:
        """Make sure that the files are still those whose hash was taken.

        Raises:
            ExtractError: a file was written to since, or is gone.
        """
        for file in extract.files:
            if not self._is_unchanged(file):
                raise ExtractError(f"{file}: {CHANGED}")

    def are_unchanged(self, extract: FoundExtract) -> bool:
        """Whether the files are still those whose hash was taken."""
        return all(self._is_unchanged(file) for file in extract.files)

    def _is_unchanged(self, file: Path) -> bool:
        return file.exists() and _state(file) == self._used[str(file)][0]

    def remember(self) -> None:
        """Keep what was read for the next time."""
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        partial = self._memory.with_suffix(".partial")
        partial.write_text(json.dumps(self._used, sort_keys=True))
        os.replace(partial, self._memory)

    def _hash(self, file: Path) -> str:
        before = _state(file)
        known = self._known.get(str(file))
        if known is None or known[0] != before:
            digest = hashlib.sha256()
            with file.open("rb") as content:
                while block := content.read(READ_BYTES):
                    digest.update(block)
            if _state(file) != before:
                raise ExtractError(f"{file}: {CHANGED}")
            known = [before, digest.hexdigest()]
        self._used[str(file)] = known
        return str(known[1])


def _state(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
