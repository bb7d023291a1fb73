"""The commands `accept` and `reject`: a person decides about an extract that the raw gate holds."""

import textwrap
from collections.abc import Iterator
from datetime import date

import polars as pl

from orchestration.data_folder import DataFolder
from orchestration.extracts import ExtractError, read_manifest
from orchestration.extracts.decisions import Decision, read_decisions, write_decisions
from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.held_extracts import HeldExtract, Reason, read_held
from orchestration.extracts.staged_extracts import EXTRACT, REPLACED, UNLANDED

LINE = 118


def held_now(folder: DataFolder) -> list[HeldExtract]:
    """The held extracts that nobody has decided about."""
    decisions = read_decisions(folder)
    return [each for each in read_held(folder) if not each.is_decided(decisions)]


def listing(folder: DataFolder) -> str:
    """What is held, why and what to do, and what was decided that still counts."""
    lines: list[str] = []
    for held in held_now(folder):
        what = "correction of the extract" if held.is_correction else "extract"
        lines.append(f"Held: the {what} {held.name}")
        for reason in held.reasons:
            lines += explained(reason)
        if refusal := _refusal(held):
            lines.append(f"  It cannot be accepted: {refusal}")
    decisions = read_decisions(folder)
    rejected = [each.name for each in decisions.decisions if each.verdict == "rejected"]
    decided = [each.name for each in read_held(folder) if each.is_decided(decisions)]
    if accepted := [name for name in decided if name not in rejected]:
        lines.append(f"Accepted, for the next refresh to land: {', '.join(accepted)}")
    if rejected:
        lines.append(f"Rejected, until their files change: {', '.join(rejected)}")
    return "\n".join(lines or ["Nothing is held."])


def explained(reason: Reason) -> list[str]:
    """A reason in the words of its suite: what was seen, what should hold, what to do."""
    text = f"{reason.check}: {reason.observed}. Expected: {reason.description} {reason.remedy}"
    return textwrap.wrap(text.replace("\n", " "), LINE, initial_indent="  ", subsequent_indent="    ")


def accept(folder: DataFolder, source_name: str, extract_date: date, today: date) -> str:
    """Let a held extract land although checks fail; returns what will happen.

    Raises:
        ExtractError: it is not held, or cannot be accepted.
    """
    decisions = read_decisions(folder)
    name = f"{source_name} {extract_date}"
    rejected = [each for each in decisions.decisions if each.name == name and each.verdict == "rejected"]
    held = {each.name: each for each in held_now(folder)}.get(name)
    if held is None and rejected:
        write_decisions(folder, decisions.without(name))
        return f"The extract {name} is rejected no more. The next refresh checks it again."
    if held is None:
        raise _not_held(folder, name)
    if refusal := _refusal(held):
        raise ExtractError(f"The extract {name} cannot be accepted: {refusal}")
    before = decisions.accepted(source_name, extract_date, held.content)
    checks = tuple(sorted(before | held.checks))
    decision = Decision(source_name, extract_date, held.content, "accepted", checks, today)
    write_decisions(folder, decisions.adding(decision))
    return "\n".join([f"Accepted: the next refresh lands the extract {name}.", *_consequences(folder, held)])


def reject(folder: DataFolder, source_name: str, extract_date: date, today: date) -> str:
    """Leave a held extract out until its files change; returns what will happen.

    Raises:
        ExtractError: it is not held, or its files could not be read at all.
    """
    name = f"{source_name} {extract_date}"
    held = {each.name: each for each in held_now(folder)}.get(name)
    if held is None:
        raise _not_held(folder, name)
    if not held.content:
        raise ExtractError(
            f"The extract {name} cannot be rejected: {held.reasons[0].observed}. Take its folder away"
        )
    decision = Decision(
        source_name, extract_date, held.content, "rejected", tuple(sorted(held.checks)), today
    )
    write_decisions(folder, read_decisions(folder).adding(decision))
    stays = " The lake keeps what it has of that date." if held.is_correction else ""
    return f"Rejected: the extract {name} is left out until its files change.{stays}"


def _not_held(folder: DataFolder, name: str) -> ExtractError:
    names = ", ".join(each.name for each in held_now(folder)) or "nothing"
    return ExtractError(f"There is no held extract {name}; held is {names}")


def _refusal(held: HeldExtract) -> str | None:
    """Why an extract cannot be accepted, if so."""
    if not held.is_readable:
        return f"nothing of it can be read ({held.reasons[0].observed})"
    errors = [reason.check for reason in held.reasons if reason.is_error]
    return f"the check {errors[0]} could not be made" if errors else None


def _consequences(folder: DataFolder, held: HeldExtract) -> Iterator[str]:
    gone = _deals_gone(folder, held)
    if gone:
        yield f"{gone:,} deals of the lake are not in it and will count as deleted on {held.extract_date}."
    if held.is_correction:
        yield "It replaces what the lake has of that date; later extracts are landed anew after it."
    yield f"These checks may fail on it: {', '.join(sorted(held.checks))}. Another one would hold it again."
    yield "If its files change, it is checked as a new one."


def _deals_gone(folder: DataFolder, held: HeldExtract) -> int:
    """How many deals of the lake a full extract does not hold, as far as they are not just unreadable."""
    staged = folder.staged / held.source_name / str(held.extract_date)
    deals = staged / "deals.parquet"
    if not deals.exists() or '"delivery": "full"' not in (staged / EXTRACT).read_text(encoding="utf-8"):
        return 0
    manifest = read_manifest(folder)
    earlier = [
        manifest.lake / each.entities["deals"].path
        for each in manifest.of_source(held.source_name)
        if held.extract_date and each.extract_date < held.extract_date and "deals" in each.entities
    ]
    if not earlier:
        return 0
    key = list(ENTITIES["deals"].key)
    versions = pl.concat([pl.read_parquet(file, columns=[*key, "is_tombstone"]) for file in earlier])
    newest = versions.unique(subset=key, keep="last", maintain_order=True).filter(~pl.col("is_tombstone"))
    replaced = staged / REPLACED / "deals.parquet"
    if replaced.exists():  # all others stayed as they were
        newest = newest.join(pl.read_parquet(replaced), on=key, how="semi")
    gone = newest.join(pl.read_parquet(deals, columns=key), on=key, how="anti")
    unreadable = staged / UNLANDED / "deals.parquet"
    if unreadable.exists():
        gone = gone.join(pl.read_parquet(unreadable), on=key, how="anti")
    return gone.height
