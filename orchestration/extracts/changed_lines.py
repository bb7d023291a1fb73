"""Of one table's file only what the night before did not hold, and the keys of what is gone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from orchestration.extracts.byte_streams import ByteSource, encoding_of, text_blocks
from orchestration.extracts.csv_records import LINE_FEED, Positions, scan
from orchestration.extracts.csv_shapes import CsvShape, shape_of
from orchestration.extracts.csv_tables import table_of_lines
from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.lake_versions import current_rows, key_hashes
from orchestration.extracts.landings import keys, landed
from orchestration.extracts.manifest import LandedFile
from orchestration.extracts.mapping_landings import Landing
from orchestration.extracts.night_before import NightBefore, are_settled
from orchestration.extracts.plain_lines import differing, plain_lines, where
from orchestration.extracts.plan import Context, Plan
from orchestration.extracts.table_rows import FileAccount, TableRows, read_rows
from orchestration.extracts.tables import LINE, Table
from orchestration.extracts.typing_rows import AT

MOST: Final = 0.125  # of a file's lines: where more have changed, the file is read as a whole
MOST_BROKEN: Final = 1000  # lines that are looked at one by one


@dataclass(frozen=True)
class ChangedRows:
    """The rows of a table that changed, with the accounting of all, and what the lake has in their place.

    `table` is the table without the lines that stayed as they were. `replaced` are the keys of each entity's
    rows in the lake that no such line stands for; `pipelines` are those of the deals that stayed.
    """

    table: Table
    rows: TableRows
    replaced: dict[str, pl.DataFrame]
    pipelines: list[str]


@dataclass(frozen=True)
class _Lines:
    """The lines of a file that the other night's file does not hold, and how many it does."""

    table: Table
    changed: Positions
    known: int


def read_changed(
    table: Table,
    file: str,
    plan: Plan,
    landing: Landing,
    context: Context,
    first_row: int,
    before: NightBefore,
) -> ChangedRows | None:
    """The rows of a table's file that the night before did not have; None where all must be read.

    Whatever the rows that stayed may have to do with the others is checked, by the accounts of the night
    before and by the keys that the lake has.
    """
    account = before.account(file)
    if account is None or account.entity != landing.entity or table.shape is None:
        return None
    told_apart = _told_apart(table, table.shape, file, account, before)
    if told_apart is None:
        return None
    now, then = told_apart
    try:
        rows = read_rows([now.table], [plan], [file], file, landing.entity, first_row)
        earlier = read_rows([then.table], [plan], [file], file, landing.entity, 0)
    except ExtractError:
        return None  # it may be sound beside the other rows; if not, reading all says so
    is_open = rows.has_open_values or earlier.has_open_values or not are_settled(rows)
    if is_open or not _adds_up(earlier.accounts[0], account, then):
        return None
    replaced = _replaced(rows, earlier, landing, context, before, then.known)
    if replaced is None:
        return None
    pipelines = _pipelines(before, replaced["deals"]) if landing.entity == "deals" else []
    return ChangedRows(now.table, _numbered(rows, now, first_row), replaced, pipelines)


def _told_apart(
    table: Table, shape: CsvShape, file: str, account: LandedFile, before: NightBefore
) -> tuple[_Lines, _Lines] | None:
    """What changed of both nights' files; None where a record may be more than a line, or much changed."""
    path = before.path(file)
    source = ByteSource(path, str(path))
    if shape_of(source.name, next(text_blocks(source, "utf-8"), b"")) != shape:
        return None
    then, now = plain_lines(path), plain_lines(table.path)
    if then is None or now is None:
        return None
    if not (then.is_ascii and now.is_ascii) and encoding_of(source) != "utf-8":
        return None
    is_blank = then.is_blank
    if int((~is_blank[shape.header_line :]).sum()) != account.rows_in:
        return None  # a record of several lines
    is_blank[: shape.header_line] = True
    is_blank[before.lines_set_aside(file).to_numpy() - 1] = True
    unlike = np.concatenate(
        [differing(then.hashes, now.hashes), then.hashes[is_blank], now.hashes[: shape.header_line]]
    )
    parts = []
    for lines in (now, then):
        changed = where(lines.hashes, unlike)
        if len(changed) > max(MOST * len(lines), MOST_BROKEN):
            return None
        text = lines.text(changed)
        if lines is now and not _are_whole(text, changed, len(lines), shape.delimiter):
            return None
        known = len(lines) - len(changed)
        parts.append(_Lines(table_of_lines(table, shape, text, changed), changed, known))
    return parts[0], parts[1]


def _are_whole(text: bytes, lines: Positions, count: int, delimiter: str) -> bool:
    """Whether no record of these lines goes on in a line that is left out.

    Lines that stand together are a run: each run begins with a record, and one with a broken line ends it
    by itself.
    """
    found = scan(text, delimiter, 1, is_last=True)
    begins = {*found.lines.tolist(), *(each.line for each in found.broken)}
    firsts = [0, *(np.flatnonzero(np.diff(lines) != 1) + 1).tolist()]
    if len(found.broken) > MOST_BROKEN or any(first + 1 not in begins for first in firsts):
        return False
    broken = sorted(each.line for each in found.broken)
    feeds = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == LINE_FEED) + 1
    offsets = [0, *feeds.tolist(), len(text)]
    for first, stop in zip(firsts, [*firsts[1:], len(lines)], strict=True):
        wanted = broken[np.searchsorted(broken, first + 1) : np.searchsorted(broken, stop + 1)]
        is_last = stop == len(lines)
        if not wanted and not is_last:
            continue
        run = text[offsets[first] : offsets[stop]]
        ends_file = is_last and int(lines[-1]) == count - 1
        alone = scan(run, delimiter, first + 1, is_last=ends_file)
        if alone.consumed != len(run) or sorted(each.line for each in alone.broken) != list(wanted):
            return False
    return True


def _adds_up(rest: FileAccount, account: LandedFile, then: _Lines) -> bool:
    """Whether the lines that did not stay account for all that was set aside or a copy the night before."""
    return (rest.rows_in + then.known, rest.rows_quarantined, rest.rows_duplicate) == (
        account.rows_in,
        account.rows_quarantined,
        account.rows_duplicate,
    )


def _replaced(
    rows: TableRows, earlier: TableRows, landing: Landing, context: Context, before: NightBefore, known: int
) -> dict[str, pl.DataFrame] | None:
    """Keys of the lake that no line stands for which stayed; None where one has the key of another line."""
    entity = ENTITIES[landing.entity]
    made, gone = (landed(landing, 0, each.rows, context)[entity.name] for each in (rows, earlier))
    missed = keys(landing, 0, earlier.unlanded, context) if earlier.unlanded.height else pl.DataFrame()
    stayed, replaced = current_rows(entity, before.lake_files(entity.name), key_hashes(entity, gone), missed)
    if len(stayed) != known or stayed.is_in(key_hashes(entity, made).implode()).any():
        return None
    found = {entity.name: replaced}
    if entity.name == "deals":
        dimensions = ENTITIES["deal_dimensions"]
        files = before.lake_files(dimensions.name)
        nothing = pl.Series([], dtype=pl.UInt64)
        _, found[dimensions.name] = current_rows(dimensions, files, nothing, replaced)
    return found


def _pipelines(before: NightBefore, replaced: pl.DataFrame) -> list[str]:
    """The pipelines of the deals that stayed as they were."""
    deals = ENTITIES["deals"]
    parts = [
        pl.read_parquet(file, columns=["deal_id", "pipeline", "is_tombstone"])
        for file in reversed(before.lake_files(deals.name))
    ]
    seen = replaced.select("deal_id")
    found: set[str] = set()
    for part in parts:
        own = part.join(seen, on="deal_id", how="anti")
        found |= set(own.filter(~pl.col("is_tombstone"))["pipeline"].drop_nulls().unique())
        if part is not parts[-1]:
            seen = pl.concat([seen, own.select("deal_id")])
    return sorted(found)


def _numbered(rows: TableRows, now: _Lines, first_row: int) -> TableRows:
    """The rows with the numbers that they have among all, and the accounts of all."""
    lines = pl.concat([pl.Series(LINE, [], dtype=pl.Int64), *_sound_lines(now.table)]).to_numpy() - 1
    left_out = pl.Series(lines - np.searchsorted(now.changed, lines), dtype=pl.Int64)
    at = rows.rows[AT]
    [account] = rows.accounts
    return replace(
        rows,
        rows=rows.rows.with_columns((at + left_out.gather(at - first_row)).alias(AT)),
        accounts=[
            replace(
                account,
                rows_in=account.rows_in + now.known,
                rows_landed=account.rows_landed + now.known,
                next_row=account.next_row + now.known,
            )
        ],
        height=rows.height + now.known,
    )


def _sound_lines(table: Table) -> Iterator[pl.Series]:
    for block in table.blocks([]):
        yield block.rows[LINE]
