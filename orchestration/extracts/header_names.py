"""The columns of a file by their names, in whatever spelling."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from orchestration.extracts.errors import ExtractError
from orchestration.extracts.mapping_columns import PLACEHOLDER

UNSEEN: Final = re.compile("[\\s_\u200b-\u200d\u2060\ufeff\u00ad]+")  # beside blanks, characters of no width
LOOSE: Final = r"[\s_]*"  # what spellings of a name differ in, beside case


def plain(name: str) -> str:
    """A column's name without what spellings differ in: case, spaces, underscores and what is not seen."""
    return UNSEEN.sub("", name).lower()


class HeaderNames:
    """Finds columns in a header, each with or without one of the prefixes before its name."""

    def __init__(self, header: Sequence[str], prefixes: Sequence[str], file: str) -> None:
        self.header = header
        self._prefixes = prefixes
        self._file = file
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._shortened: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(header):
            self._whole[plain(name)].append(at)
            for short in self._without_prefix(name):
                self._shortened[plain(short)].append(at)

    def position(self, names: Sequence[str]) -> int | None:
        """Where the first of these names stands that the header has.

        Raises:
            ExtractError: two columns of the header have that name.
        """
        for name in names:
            found = self._whole.get(plain(name)) or self._shortened.get(plain(name)) or []
            exact = [at for at in found if self.header[at] == name]
            if len(found) > 1 and len(exact) != 1:
                raise ExtractError(
                    f"{self._file}: line 1: column {name!r} stands {len(found)} times; once is accepted"
                )
            if found:
                return exact[0] if exact else found[0]
        return None

    def has(self, names: Sequence[str]) -> bool:
        """Whether the header has one of these names."""
        return any(plain(name) in self._whole or plain(name) in self._shortened for name in names)

    def fitting(self, patterns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
        """Every column whose name fits a pattern, with the text of each placeholder of the first such."""
        expressions = [_expression(pattern) for pattern in patterns]
        found = []
        for at, name in enumerate(self.header):
            spellings = [name.strip(), *self._without_prefix(name)]
            fits = (each.fullmatch(spelling) for each in expressions for spelling in spellings)
            if fit := next(filter(None, fits), None):
                found.append((at, {key: text.strip() for key, text in fit.groupdict().items()}))
        return found

    def _without_prefix(self, name: str) -> list[str]:
        folded = name.strip().lower()
        return [name.strip()[len(prefix) :] for prefix in self._prefixes if folded.startswith(prefix.lower())]


def _expression(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression; a placeholder takes as much as it can."""
    parts = PLACEHOLDER.split(pattern)
    literals = [LOOSE.join(map(re.escape, UNSEEN.sub("", part))) for part in parts[::2]]
    placeholders = [f"(?P<{name}>.+)" for name in parts[1::2]]
    loose = [f"{LOOSE}{literal}{LOOSE}" if literal else "" for literal in literals]
    pairs = zip(loose, [*placeholders, ""], strict=True)
    return re.compile("".join(part for pair in pairs for part in pair), re.IGNORECASE | re.DOTALL)
