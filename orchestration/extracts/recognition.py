"""Which table of a mapping each file of an extract is: by its header, and by its name where headers tie."""

import fnmatch
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from pathlib import Path, PurePath

from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.file_names import file_stem
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.tables import Table


def plain(name: str) -> str:
    """A column's name without what spellings differ in: case, spaces and underscores."""
    return re.sub(r"[\s_]+", "", name).lower()


def position_of(header: Sequence[str], names: Sequence[str], file: str) -> int | None:
    """Where the first of these names stands that the header has.

    Raises:
        ExtractError: two columns of the header have that name.
    """
    spellings = [plain(column) for column in header]
    for name in names:
        found = [at for at, spelling in enumerate(spellings) if spelling == plain(name)]
        exact = [at for at in found if header[at] == name]
        if len(found) > 1 and len(exact) != 1:
            raise ExtractError(f"{file}: line 1: column {name!r} stands {len(found)} times; once is accepted")
        if found:
            return exact[0] if exact else found[0]
    return None


def recognised(mapping: Mapping, tables: Sequence[Table], root: Path) -> dict[str, str | None]:
    """The name in the mapping of each table by its own name; None for a table that is none of them.

    Parts of one table may lie in a folder of its name under `root`, the extract's folder.

    Raises:
        ExtractError: a table may be two of them.
    """
    return {table.name: _recognise(mapping.tables, table, root) for table in tables}


def _recognise(candidates: Dictionary[str, TableMapping], table: Table, root: Path) -> str | None:
    folder = PurePath(table.name).parent  # a folder of parts, or a zip
    names = [*table.stems] + ([file_stem(folder)] if folder != root else [])
    fitness = {
        name: fit
        for name, candidate in candidates.items()
        if (fit := _fitness(candidate, table, names)) is not None
    }
    if not fitness:
        return None
    best = [name for name, fit in fitness.items() if fit == max(fitness.values())]
    if len(best) > 1:
        raise ExtractError(
            f"{table.name}: may be {listed(best)}, for it has the columns {listed(table.header)};"
            " accepted is a file name that says which"
        )
    return best[0]


def _fitness(candidate: TableMapping, table: Table, names: Sequence[str]) -> tuple[int, bool] | None:
    """How many columns are those of the candidate, and whether the name is; None where it cannot be this."""
    is_named = any(
        fnmatch.fnmatch(name.lower(), pattern.lower()) for pattern in candidate.files for name in names
    )
    if not candidate.header:
        return (0, True) if is_named else None
    has_all = all(
        position_of(table.header, spellings, table.name) is not None for spellings in candidate.header
    )
    has_none = all(position_of(table.header, [name], table.name) is None for name in candidate.without)
    return (len(candidate.header), is_named) if has_all and has_none else None
