"""Which table of a mapping each file of an extract is: by its header, and by its name where headers tie."""

import fnmatch
from collections.abc import Sequence
from pathlib import Path

from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.header_names import HeaderNames
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.tables import Table, file_stem


def recognised(mapping: Mapping, tables: Sequence[Table], root: Path) -> dict[Path, str | None]:
    """The name of each file's table in the mapping; None for a file that is none of them.

    Parts of one table may lie in a folder of its name under `root`, the extract's folder.

    Raises:
        ExtractError: a file may be two of them.
    """
    return {table.path: _recognise(mapping, table, root) for table in tables}


def _recognise(mapping: Mapping, table: Table, root: Path) -> str | None:
    columns = HeaderNames(table.header, mapping.prefixes, str(table.path))
    names = [file_stem(table.path)] + ([table.path.parent.name] if table.path.parent != root else [])
    fitness = {
        name: fit
        for name, candidate in mapping.tables.items()
        if (fit := _fitness(candidate, columns, names)) is not None
    }
    if not fitness:
        return None
    best = [name for name, fit in fitness.items() if fit == max(fitness.values())]
    if len(best) > 1:
        raise ExtractError(
            f"{table.path}: may be {listed(best)}, for it has the columns {listed(table.header)};"
            " accepted is a file name that says which"
        )
    return best[0]


def _fitness(candidate: TableMapping, columns: HeaderNames, names: Sequence[str]) -> tuple[int, bool] | None:
    """How many columns are those of the candidate, and whether the name is; None where it cannot be this."""
    is_named = any(
        fnmatch.fnmatch(name.lower(), pattern.lower()) for pattern in candidate.files for name in names
    )
    if not candidate.header:
        return (0, True) if is_named else None
    has_all = all(columns.has(spellings) for spellings in candidate.header)
    has_none = all(not columns.has([name]) for name in candidate.without)
    return (len(candidate.header), is_named) if has_all and has_none else None
