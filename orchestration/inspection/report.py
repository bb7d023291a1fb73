"""An inspection told in plain text: first what it is and what to do next, then each file."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from orchestration.extracts.errors import listed
from orchestration.extracts.reading import FOR_LOOKUP, NOT_USED
from orchestration.inspection.file_report import file_lines
from orchestration.inspection.inspecting import Inspection
from orchestration.inspection.joins import Join
from orchestration.inspection.masking import shown
from orchestration.inspection.names import is_personal
from orchestration.inspection.trial import Trial

WIDTH: Final = 100
LISTED: Final = 12  # problems, joins and files that are told; more are counted


def report(found: Inspection, written: Sequence[Path] = ()) -> str:
    """The whole report."""
    lines = [*_headline(found), *_understood(found), *_to_check(found), *_next(found, written)]
    lines += _joins(found)
    roles = {number: _role(found, number) for number in range(len(found.profiles.files))}
    for number in sorted(roles, key=lambda each: _place(roles[each])):
        file = found.profiles.files[number]
        targets = found.known.targets.get(number, {}) if found.known else {}
        lines += ["", *file_lines(file, targets, roles[number])]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _headline(found: Inspection) -> list[str]:
    files = found.profiles.files
    rows = sum(file.rows for file in files)
    told = f"{found.folder.root}: {len(files)} tables, {rows:,} rows"
    if found.folder.has_dated_folders:
        told += f", the newest extract ({found.folder.extract_date})"
    lines = [*_wrapped(told), ""]
    if found.known is None:
        tables = ", ".join(file.name for file in files[:LISTED])
        lines += _wrapped(
            "Nothing here was recognised as deals: no built-in mapping knows these files, and in none was a"
            " column with a value of its own in every row found beside one of stages."
            f" Looked at: {tables or 'none'}."
        )
    elif found.guess:
        lines += _wrapped(
            f"No built-in mapping knows these files. By names and contents, {found.guess.file.name} holds the"
            " deals; the mapping below is made of guesses."
        )
    else:
        lines += _wrapped(f"This is {found.known.crm}: its mapping understands the deals.")
        if found.ties:
            others = ", ".join(found.ties)
            lines += _wrapped(
                f"{others} would understand as many columns; `crm:` in the company file decides, and"
                " `funnelcast inspect --crm` shows each."
            )
    return lines


def _understood(found: Inspection) -> list[str]:
    trial = found.trial
    if trial is None:
        return []
    lines = ["", "What was understood"]
    if trial.problem:
        return [*lines, *_wrapped(f"Landing would hold these files: {trial.problem}", "  ")]
    unused = [account.file for account in trial.accounts if account.entity == NOT_USED]
    for account in sorted(trial.accounts, key=lambda account: _place(account.entity)):
        if account.entity == NOT_USED:
            continue
        became = "to look values up in" if account.entity == FOR_LOOKUP else account.entity
        told = f"{account.rows_in:>9,} rows"
        if account.rows_quarantined:
            told += f", {account.rows_quarantined:,} set aside"
        if account.rows_duplicate:
            told += f", {account.rows_duplicate:,} copies"
        lines.append(f"  {shown_name(account.file):<44} {became:<20} {told}")
    if unused:
        lines += _wrapped(f"not used: {listed(unused, LISTED)}", "  ")
    deals = trial.deals
    counted = f"{deals['all']:,} deals: {deals['won']:,} won, {deals['lost']:,} lost, {deals['open']:,} open"
    lines += ["", *_wrapped(counted + (f"; newest date {trial.newest}" if trial.newest else ""), "  ")]
    for pipeline, stages in list(trial.stages.items())[:5]:
        named = f"Stages of {pipeline}: " if len(trial.stages) > 1 else "Stages: "
        told = ", ".join(f"{stage} ({step or 'which step?'})" for stage, step in list(stages.items())[:20])
        lines += _wrapped(named + told, "  ")
    return lines + _set_aside(trial)


def _set_aside(trial: Trial) -> list[str]:
    if not trial.set_aside:
        return []
    lines = ["", "Rows that landing would set aside"]
    for each in trial.set_aside[:LISTED]:
        column = f" {each.column}" if each.column else ""
        examples = shown_examples(each.examples, each.column, each.file)
        lines += _wrapped(f"{each.rows:,} of {each.file}{column}: {each.reason} ({examples})", "  ")
    if len(trial.set_aside) > LISTED:
        lines.append(f"  and {len(trial.set_aside) - LISTED} reasons more")
    return lines


def _to_check(found: Inspection) -> list[str]:
    questions = [
        f"{file.name}: {column.name}: {column.reading.question} to its table in the mapping"
        for file in found.profiles.files
        for column in file.columns
        if column.reading.question
    ]
    questions += [
        f"{file.name}: its first line looks like a row, not like names: where there is no header line, its"
        " table in the mapping names the `columns:`"
        for file in found.profiles.files
        if file.is_headerless
    ]
    checks = [*found.profiles.problems, *found.folder.remarks, *questions, *found.checks]
    if found.trial and not found.folder.extract_date and found.trial.newest:
        checks.append(f"extract_date {found.trial.newest}: taken as the day of the newest date in the files")
    if not checks:
        return []
    lines = ["", "What to check"]
    for number, check in enumerate(checks[:LISTED], start=1):
        lines += _wrapped(f"{number}. {check}", "  ", "     ")
    return lines + ([f"  and {len(checks) - LISTED} more"] if len(checks) > LISTED else [])


def _next(found: Inspection, written: Sequence[Path]) -> list[str]:
    if not found.company:
        return []
    lines = ["", "What to do next"]
    if not written:
        command = "funnelcast inspect PATH --write FOLDER"
        return [*lines, f"  {command}   writes a company file and mapping to start from"]
    lines += [f"  Written: {path}" for path in written]
    marked = "DECIDE (nothing runs before) and CHECK" if found.trial and found.trial.problem else "CHECK"
    lines.append(f"  Read the lines marked {marked}, then:")
    return [*lines, f"  make run COMPANY={written[0]} DATA=FOLDER"]


def _joins(found: Inspection) -> list[str]:
    files = found.profiles.files
    if not found.found_joins:
        return []
    lines = ["", "Files that belong together"]
    told = _one_each(found)
    for join in told[:LISTED]:
        line = (
            f"{files[join.file].name}.{join.column} in {files[join.other].name}.{join.key}:"
            f" {join.found:.1%} of rows found"
        )
        if join.missing:
            hidden = is_personal(join.column, files[join.file].name)
            line += "; not found: " + ", ".join(
                f"{shown(value, hidden)!r} ({rows:,})" for value, rows in join.missing[:4]
            )
        if join.ignore:
            line += f"; with `ignore: [{', '.join(join.ignore)}]` {join.found_ignoring:.1%}"
        lines += _wrapped(line, "  ")
    return lines + ([f"  and {len(told) - LISTED} more"] if len(told) > LISTED else [])


def _one_each(found: Inspection) -> list[Join]:
    """The best join between any two files, those of files that are used first."""
    best: dict[tuple[int, int], Join] = {}
    for join in sorted(found.found_joins, key=lambda join: -join.best_found):
        best.setdefault((join.file, join.other), join)
    used = found.known.names if found.known else {}
    return sorted(best.values(), key=lambda join: (join.file not in used) + (join.other not in used))


def shown_examples(examples: str, column: str, file: str) -> str:
    """Lines with their values; without the values where those name people."""
    if not is_personal(column, file):
        return shown_name(examples, 70)
    return ", ".join(part.split(" '")[0] for part in examples.split(", "))


def shown_name(name: str, length: int = 44) -> str:
    """A name, shortened at its beginning."""
    return name if len(name) <= length else "..." + name[3 - length :]


def _role(found: Inspection, number: int) -> str:
    if found.known is None:
        return ""
    if number not in found.known.names:
        return "not used"
    return ", ".join(found.known.entities(number)) or "to look values up in"


def _place(role: str) -> int:
    """Deals before other entities, those before files for lookups, and what is not used last."""
    places = {FOR_LOOKUP: 2, "to look values up in": 2, NOT_USED: 3, "not used": 3}
    return 0 if role.startswith("deals") else places.get(role, 1)


def _wrapped(text: str, indent: str = "", following: str | None = None) -> list[str]:
    after = indent + "  " if following is None else following
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=after, break_on_hyphens=False
    ) or [""]
