"""The data folder: where all state lies, and the one lock over it."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER = "company.txt"


class DataFolderError(RuntimeError):
    """A data folder that must not be used; the message says what to do."""


@dataclass(frozen=True)
class DataFolder:
    """The layout of one company's state under `root`.

    A preview works on a copy of the state: `scratch` is then the folder that takes every write.
    """

    root: Path
    scratch: Path | None = None

    @property
    def state(self) -> Path:
        """Where everything is written."""
        return self.scratch or self.root

    @property
    def raw(self) -> Path:
        """Where extracts are dropped; never written by a refresh."""
        return self.root / "raw"

    @property
    def scenarios(self) -> Path:
        """What-if scenarios, a YAML file each; never written by a refresh."""
        return self.root / "scenarios"

    @property
    def staged(self) -> Path:
        """Typed extracts waiting for the raw gate."""
        return self.state / "staged"

    @property
    def lake(self) -> Path:
        """Committed extracts: Parquet, and manifest.json that says which files count."""
        return self.state / "lake"

    @property
    def quarantine(self) -> Path:
        """Rows that could not be landed, with file, line, column, value and reason."""
        return self.state / "quarantine"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that the refresh writes; readers use `published`."""
        return self.state / "warehouse" / "warehouse.duckdb"

    @property
    def ledger(self) -> Path:
        """What was forecast, and how the checks went: kept for ever."""
        return self.state / "ledger"

    @property
    def published(self) -> Path:
        """Published versions, and `current`, a link to one of them."""
        return self.state / "published"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME: run history of the UI and the schedule."""
        return self.root / "dagster"

    def claim(self, company: str) -> None:
        """Make this the data folder of a company; two companies in one would mix their deals.

        Raises:
            DataFolderError: it is another company's.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        owner = self.root / OWNER
        if owner.exists() and (held := owner.read_text(encoding="utf-8").strip()) != company:
            raise DataFolderError(
                f"{self.root} is the data folder of {held!r}, not of {company!r}: name another with DATA=,"
                f" or change the name in {owner} if the company was renamed"
            )
        (self.state / OWNER).write_text(f"{company}\n", encoding="utf-8")

    def preview(self) -> "DataFolder":
        """The same folder with a scratch copy of its state, for a run that keeps nothing."""
        return DataFolder(self.root, self.root / "preview")

    def start_preview(self) -> None:
        """Fill the scratch folder with links to what is kept, which is never changed in place."""
        if self.scratch is None:
            return
        shutil.rmtree(self.scratch, ignore_errors=True)
        kept_folder = DataFolder(self.root)
        for kept in (kept_folder.lake, kept_folder.quarantine, kept_folder.ledger):
            if kept.exists():
                shutil.copytree(kept, self.scratch / kept.name, copy_function=os.link)

    def end_preview(self) -> None:
        """Remove the scratch folder."""
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)

    @contextmanager
    def locked(self, on_wait: Callable[[str], object]) -> Iterator[None]:
        """Hold the lock that covers a whole refresh; wait for it, saying so once.

        The operating system frees the lock when its holder dies, however it dies.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "refresh.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                on_wait(f"Another refresh of {self.root} is running ({lock.read() or 'starting'}); waiting")
                fcntl.flock(lock, fcntl.LOCK_EX)
            lock.seek(0)
            lock.truncate()
            lock.write(f"process {os.getpid()}")
            lock.flush()
            yield
