"""Which table of a mapping each file of an extract is: by its header, and by its name where headers tie."""

import fnmatch
from collections.abc import Sequence
from pathlib import Path, PurePath

from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.file_names import file_stem
from orchestration.extracts.header_names import HeaderNames, plain
from orchestration.extracts.mapping import Mapping, TableMapping
from orchestration.extracts.tables import Table


def recognised(mapping: Mapping, tables: Sequence[Table], root: Path) -> dict[str, str | None]:
    """The name in the mapping of each table by its own name; None for a table that is none of them.

    Parts of one table may lie in a folder of its name under `root`, the extract's folder.

    Raises:
        ExtractError: a table may be two of them, or only looks like one that another file is by name.
    """
    found = {table.name: _recognise(mapping, table, root) for table in tables}
    for name, rule in mapping.tables.items():
        _refuse_lookalike(name, rule, [table for table in tables if found[table.name] == name], root)
    return found


def _refuse_lookalike(name: str, rule: TableMapping, tables: Sequence[Table], root: Path) -> None:
    """Beside a file of the table's name, one of another name and header may be another object of the CRM."""
    named = [table for table in tables if _is_named(rule, table, root)]
    headers = [set(map(plain, table.header)) for table in named]
    for table in tables if named else ():
        if table not in named and set(map(plain, table.header)) not in headers:
            raise ExtractError(
                f"{table.name}: has the columns of {name}, and others ({listed(table.header, 12)}) than"
                f" {named[0].name}; accepted is a file name that says what it is, such as"
                f" {listed(rule.files)}, or the extract without it"
            )


def _recognise(mapping: Mapping, table: Table, root: Path) -> str | None:
    columns = HeaderNames(table.header, mapping.prefixes, table.name)
    fitness = {
        name: fit
        for name, candidate in mapping.tables.items()
        if (fit := _fitness(candidate, columns, _is_named(candidate, table, root))) is not None
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


def _is_named(candidate: TableMapping, table: Table, root: Path) -> bool:
    folder = PurePath(table.name).parent  # a folder of parts, or a zip
    names = [*table.stems] + ([file_stem(folder)] if folder != root else [])
    return any(
        fnmatch.fnmatch(name.lower(), pattern.lower()) for pattern in candidate.files for name in names
    )


def _fitness(candidate: TableMapping, columns: HeaderNames, is_named: bool) -> tuple[int, bool] | None:
    """How many columns are those of the candidate, and whether the name is; None where it cannot be this."""
    if not candidate.header:
        return (0, True) if is_named else None
    has_all = all(columns.has(spellings) for spellings in candidate.header)
    has_none = all(not columns.has([name]) for name in candidate.without)
    return (len(candidate.header), is_named) if has_all and has_none else None
