"""One file told in plain text: each column's kind, blanks, distinct values, examples and what it becomes."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from orchestration.inspection.masking import shown
from orchestration.inspection.profile import ColumnProfile, FileProfile

WIDTH: Final = 100
NAME: Final = 20
EXAMPLES: Final = 21
OWNERS: Final = (
    "deals.owner_id",
    "owners.owner_id",
    "owners.owner_name",
    "owners.manager_id",
    "owners.email",
)
BETWEEN: Final = 31  # width of kind, blank and distinct with the spaces around them
ROOM: Final = WIDTH - NAME - EXAMPLES - BETWEEN  # for what a column becomes
COLUMNS: Final = 60  # told of a file; more are counted


def file_lines(file: FileProfile, targets: Mapping[str, Sequence[str]], role: str) -> list[str]:
    """The file's lines: a headline, then a line for each column and one for what shows how it is written."""
    told = f"{file.name}  {file.written}; {file.rows:,} rows" + (f"; {role}" if role else "")
    lines = textwrap.wrap(told, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    if file.broken:
        lines.append(f"  {file.broken:,} lines are no records")
    if file.keys:
        lines += _cut(
            f"  every row has a value of its own in: {', '.join(key.name for key in file.keys[:6])}"
        )
    lines.append(
        f"  {'column':<{NAME}} {'type':<9}{'blank':>6} {'distinct':>9}  {'examples':<{EXAMPLES}} becomes"
    )
    for column in file.columns[:COLUMNS]:
        lines += _column_lines(column, file.name, targets.get(column.name, ()))
    if len(file.columns) > COLUMNS:
        lines.append(f"  and {len(file.columns) - COLUMNS} columns more")
    return lines


def _column_lines(column: ColumnProfile, file: str, targets: Sequence[str]) -> list[str]:
    reading, values = column.reading, column.values
    names_owner = any(target in OWNERS for target in targets) and column.kind != "id"
    hidden = names_owner or column.is_personal(file)
    blank = f"{values.blanks / values.rows:.1%}" if values.rows else "-"
    distinct = f"{column.distinct:,}" + ("" if values.is_whole or column.is_unique else "+")
    became = ", ".join(_end_cut(target, ROOM) for target in targets) or "-"
    first, *others = textwrap.wrap(became, ROOM, break_on_hyphens=False, break_long_words=False)
    line = (
        f"  {_end_cut(' '.join(column.name.split()), NAME):<{NAME}} {reading.kind:<9}{blank:>6} {distinct:>9}"
        f"  {_examples(column, hidden):<{EXAMPLES}} {first}"
    )
    indent = " " * (WIDTH - ROOM)
    lines = [line, *(indent + other for other in others)]
    if reading.evidence:
        lines += _cut(f"      {reading.evidence}")
    if reading.question:
        lines += _cut(f"      {reading.question}")
    if reading.strays and not hidden:
        lines += _cut(f"      does not fit: {', '.join(reading.strays)}")
    return lines


def _examples(column: ColumnProfile, hidden: bool) -> str:
    told = ""
    for text in column.texts[:3]:
        longer = f"{told}, {shown(text, hidden)}" if told else shown(text, hidden)
        if len(longer) > EXAMPLES:
            break
        told = longer
    return told


def _end_cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3] + "..."


def _cut(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
