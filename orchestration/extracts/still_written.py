"""Files that someone is still writing: they are waited for a little while, and never half read."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import psutil

QUIET_SECONDS: Final = 1.0  # a file that was written to more recently may be written to again
RECENT_SECONDS: Final = 600.0  # beyond this age nobody is asked whether a file is open
PAUSE_SECONDS: Final = 0.1
STILL_WRITTEN: Final = "is still being written; the next refresh reads it"
FoundT = TypeVar("FoundT")


@dataclass(frozen=True)
class Patience:
    """How long files that are being written are waited for, and who is told of it."""

    seconds: float = 30.0
    tell: Callable[[str], object] = print


def once_written(
    find: Callable[[], FoundT], files: Callable[[FoundT], Iterable[Path]], patience: Patience
) -> tuple[FoundT, frozenset[Path]]:
    """What is found once nobody writes to its files, or else at the end of patience with those files."""
    started = time.monotonic()
    is_told = False
    while True:
        found = find()
        busy = being_written(files(found))
        waited = time.monotonic() - started
        if not busy or waited >= patience.seconds:
            return found, busy
        if waited > QUIET_SECONDS and not is_told:
            patience.tell(
                f"Waiting up to {patience.seconds:.0f} s for {min(busy)}: it is still being written"
            )
            is_told = True
        time.sleep(PAUSE_SECONDS)


def being_written(files: Iterable[Path]) -> frozenset[Path]:
    """The files that were written to a moment ago, or that a process of this machine has open to write."""
    now = time.time()
    ages = {file: abs(now - file.stat().st_mtime) for file in files if file.exists()}
    busy = {file for file, age in ages.items() if age < QUIET_SECONDS}
    recent = {file for file, age in ages.items() if age < RECENT_SECONDS} - busy
    opened = _opened_to_write() if recent else frozenset()
    return frozenset(busy | {file for file in recent if str(file.resolve()) in opened})


def _opened_to_write() -> frozenset[str]:
    """Paths that processes of this user, or for root of any user, have open to write."""
    paths: set[str] = set()
    for process in psutil.process_iter():
        try:
            paths |= {each.path for each in process.open_files() if getattr(each, "mode", "r") != "r"}
        except (psutil.Error, OSError):
            continue  # another user's, or it has just ended
    return frozenset(paths)
