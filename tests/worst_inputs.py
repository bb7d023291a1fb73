"""Twenty of the worst inputs, and the page docs/errors.md that says exactly what a user sees of each.

`python -m tests.worst_inputs > docs/errors.md` writes the page anew.
"""

import gzip
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from orchestration.company_file import CompanyFileError, load_company
from orchestration.extracts import commit_extracts
from orchestration.extracts.errors import ExtractError
from tests.unit.extract_folders import FIRST, Workplace

HEAD: Final = """\
# What you see when an input is bad

A value, line or row that cannot be used is set aside in `quality.quarantined_rows`, with its file, line and
column, and everything else is loaded. A file that cannot be read as a whole holds back its extract: the
refresh goes on without it and prints the message. Nothing is guessed, dropped or filled in silently.

These are twenty of the worst inputs and what each one prints, word for word (folders are left out): a
message, or what stands in the quarantine as file · line · column · value · reason.
`python -m tests.worst_inputs > docs/errors.md` writes this page; a test keeps it true.

| input | what you see |
|---|---|
"""
COMPANY: Final = (
    "company: Acme\ntime_zone: Europe/Berlin\nreporting_currency: EUR\n"
    "sources: [{name: sales, path: raw/sales}]\n"
)
LINE_END: Final = " ⏎ "  # stands for a line's end in the input as it is shown


@dataclass(frozen=True)
class WorstInput:
    """An input: what is wrong with it, how it is shown in short, and the files it is made of."""

    title: str
    shown: str
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    mapping: Mapping[str, Any] | None = None
    company: str = ""  # further lines of the company file
    prepared: Callable[[Path], None] = lambda extract: None  # anything else about the extract's folder


def csv(title: str, *lines: str, mapping: Mapping[str, Any] | None = None) -> WorstInput:
    """A file deals.csv of these lines."""
    return WorstInput(title, LINE_END.join(lines), {"deals.csv": "\n".join(lines) + "\n"}, mapping)


def deals_mapping(**columns: str) -> dict[str, Any]:
    """A mapping of the user's own for a file of deals."""
    return {"tables": {"deals": {"files": "deals", "lands": [{"entity": "deals", "columns": columns}]}}}


def zipped(text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("deals.csv"), text)
    return content.getvalue()


def encrypted(archive: bytes) -> bytes:
    """The zip with the flags of its only member saying that it is encrypted."""
    changed = bytearray(archive)
    changed[6] |= 1
    changed[archive.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


def linked_away(extract: Path) -> None:
    outside = extract.parents[3] / "elsewhere"
    outside.mkdir(parents=True)
    (outside / "deals.csv").write_text("deal_id\nD1\n")
    extract.mkdir(parents=True)
    os.symlink(outside / "deals.csv", extract / "deals.csv")


MISSPELT: Final = "forecst: {horizon: 4}"
DEALS: Final = "deal_id,amount\nD1,10\n"
WORST_INPUTS: Final = (
    csv("an amount that is none", "deal_id,amount", "D1,10", "D2,12k"),
    csv(
        "a decimal sign that nothing decides",
        "id,value",
        "D1,1.234",
        mapping=deals_mapping(deal_id="id", amount="value"),
    ),
    csv(
        "dates that may be day or month first",
        "id,due",
        "D1,03/04/2026",
        mapping=deals_mapping(deal_id="id", close_date="due"),
    ),
    csv("a time zone by name", "deal_id,created_at", "D1,2026-03-31 14:05 CET"),
    csv("a date that stands for never", "deal_id,close_date", "D1,9999-12-31 23:59:59"),
    csv("a comma in a name without quotes", "deal_id,deal_name,amount", "D1,Smith, Jones,10"),
    csv("a quote that nothing closes", "deal_id,deal_name", 'D1,"Acme', "D2,Beta"),
    csv("two different rows of one id", "deal_id,amount", "D1,10", "D1,20"),
    WorstInput(
        "a line that a crash left full of NUL bytes",
        "deal_id,amount ⏎ D1,10 ⏎ D2,␀␀␀␀␀␀␀␀",
        {"deals.csv": DEALS + "D2," + "\0" * 8 + "\n"},
    ),
    WorstInput(
        "bytes of another encoding",
        "deal_id,deal_name ⏎ D1,Süd ⏎ D2,S\\xfcd",
        {"deals.csv": "deal_id,deal_name\nD1,Süd\n".encode() + b"D2,S\xfcd\n"},
    ),
    WorstInput(
        "a login page saved as the export",
        "<!DOCTYPE html><html>...",
        {"deals.csv": "<!DOCTYPE html>\n<html><body>Log in</body></html>\n"},
    ),
    csv("a column that stands twice", "deal_id,amount,amount", "D1,10,20"),
    csv("no column for the id", "name,amount", "Acme,10"),
    WorstInput("a zip with a password", "export.zip", {"export.zip": encrypted(zipped(DEALS))}),
    WorstInput(
        "a zip that was cut off", "export.zip, its second half missing", {"export.zip": zipped(DEALS)[:60]}
    ),
    WorstInput(
        "JSON that is broken in the middle",
        '[{"deal_id": "D1"}, ⏎ {"deal_id": "D2" "amount": 5}]',
        {"deals.json": '[{"deal_id": "D1"},\n{"deal_id": "D2" "amount": 5}]'},
    ),
    WorstInput(
        "a file that is half written",
        "deals.csv.gz, its end missing",
        {"deals.csv.gz": gzip.compress(DEALS.encode() * 1000, mtime=0)[:-40]},
    ),
    WorstInput(
        "a misspelt key in a mapping",
        "tables: {deals: {file: deals}}",
        {"deals.csv": DEALS},
        {"tables": {"deals": {"file": "deals", "lands": []}}},
    ),
    WorstInput(
        "a misspelt key in the company file", "forecst: {horizon: 4}", company="forecst: {horizon: 4}"
    ),
    WorstInput(
        "a link out of the data folder",
        "deals.csv -> /elsewhere/deals.csv",
        prepared=linked_away,
    ),
)


def seen(worst: WorstInput, root: Path) -> list[str]:
    """What a user sees of an input that is written under `root`: messages, then quarantined rows."""
    workplace = Workplace(root / "data")
    extract = workplace.write(FIRST, worst.files)
    worst.prepared(extract)
    if worst.mapping:
        workplace.map(**worst.mapping)
    try:
        if worst.company:
            root.mkdir(exist_ok=True)
            (root / "company.yaml").write_text(f"{COMPANY}{worst.company}\n")
            load_company(root / "company.yaml")
        staged = workplace.stage()
    except (ExtractError, CompanyFileError) as error:
        return [_without_folders(str(error), root)]
    messages = [_without_folders(each.problem, root) for each in staged if each.problem]
    commit_extracts(workplace.folder, staged)
    rows = workplace.quarantine("file", "line", "column", "value", "reason")
    return messages + [" · ".join("-" if cell is None else str(cell) for cell in row) for row in rows]


def _without_folders(message: str, root: Path) -> str:
    extracts = f"{root}/data/raw/sales/"
    for folder in (f"{extracts}{FIRST}/", extracts, f"{root}/data/", f"{root}/"):
        message = message.replace(folder, "")
    return message


def page() -> Iterator[str]:
    """The lines of docs/errors.md."""
    yield HEAD.rstrip("\n")
    for worst in WORST_INPUTS:
        with TemporaryDirectory() as root:
            lines = seen(worst, Path(root).resolve())
        said = "<br>".join(_code(line) for line in lines)
        yield f"| {worst.title}<br>{_code(worst.shown)} | {said} |"


def _code(text: str) -> str:
    quoted = text.replace("|", "\\|").replace("\n", LINE_END)
    return f"`` {quoted} ``" if "`" in quoted else f"`{quoted}`"


if __name__ == "__main__":
    print("\n".join(page()))
