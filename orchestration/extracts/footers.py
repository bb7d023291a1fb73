"""Tables without the lines that stand after their rows, such as the name and copyright of a report."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from orchestration.extracts.csv_records import BrokenLine
from orchestration.extracts.tables import LINE, Block, Table

LINES_WITHOUT_BLANK: Final = 2  # one broken line at the end of a file may be a row that was cut off


def without_footer(table: Table) -> Table:
    """The table, and the lines after its last row are not broken rows where they are its footer.

    A footer begins with a line of one field after a blank line, or is two such lines or more.
    """

    def blocks(positions: Sequence[int]) -> Iterator[Block]:
        last: Block | None = None
        held: list[BrokenLine] = []  # lines since the last row
        for block in table.blocks(positions):
            if last is not None:
                yield last
            end = block.rows[LINE].max() if block.rows.height else 0
            assert isinstance(end, int)
            lines = [*held, *block.broken]
            held = [line for line in lines if line.line > end] if end else lines
            last = Block(block.rows, lines[: len(lines) - len(held)])
        if last is not None:
            yield Block(last.rows, [*last.broken, *held[: _footer_start(held, len(table.header))]])

    return replace(table, blocks=blocks)


def _footer_start(lines: Sequence[BrokenLine], columns: int) -> int:
    """Where the footer begins in the lines after the last row; their number where there is none."""
    for at, line in enumerate(lines):
        if line.is_after_blank and line.fields == 1 and all(each.fields < columns for each in lines[at:]):
            return at
    start = len(lines)
    while start and lines[start - 1].fields == 1:
        start -= 1
    return start if len(lines) - start >= LINES_WITHOUT_BLANK else len(lines)
