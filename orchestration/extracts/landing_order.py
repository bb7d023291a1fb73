"""Which of a source's extracts can land: what is told against an earlier one lands anew after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from orchestration.extracts.errors import listed
from orchestration.extracts.staged_extracts import StagedExtract


def in_landing_order(
    arriving: Sequence[StagedExtract],
    in_the_way: Mapping[date, str],
    is_held: Callable[[StagedExtract], bool],
) -> list[StagedExtract]:
    """The extracts of a source by date, without those of the lake that nothing new comes before.

    `in_the_way` are the dates of extracts of the lake that cannot be landed anew, and why: what is older
    waits, with a problem that says so.
    """
    kept: list[StagedExtract] = []
    something_lands = False
    for extract in sorted(arriving, key=lambda each: each.extract_date or date.min):
        waits = extract.problem is not None or is_held(extract)
        problem = None if waits else _out_of_order(extract.extract_date, in_the_way)
        if extract.is_landed and (problem or not something_lands):
            continue
        kept.append(replace(extract, problem=problem, files=()) if problem else extract)
        something_lands = something_lands or not (waits or problem or extract.is_landed)
    return kept


def landable(
    staged: Sequence[StagedExtract], is_let_through: Callable[[StagedExtract], bool]
) -> list[StagedExtract]:
    """Of staged extracts those to land, in the order given.

    Nothing lands before an extract of the lake whose correction is not let through: that one stays.
    """
    chosen: list[StagedExtract] = []
    stopped: set[str] = set()
    for extract in sorted(staged, key=lambda each: each.extract_date or date.min, reverse=True):
        if extract.source_name in stopped:
            continue
        if extract.problem is None and (extract.is_landed or is_let_through(extract)):
            chosen.append(extract)
        elif extract.landed is not None:
            stopped.add(extract.source_name)
    return [extract for extract in staged if extract in chosen]


def _out_of_order(day: date | None, in_the_way: Mapping[date, str]) -> str | None:
    """Why an extract must wait: what was landed of later ones is landed anew after it, from their files."""
    later = sorted(each for each in in_the_way if day and each > day)
    if not later:
        return None
    why = "; ".join(
        f"the files of {listed(each for each in later if in_the_way[each] == reason)} {reason}"
        for reason in dict.fromkeys(in_the_way[each] for each in later)
    )
    return (
        f"the extract of {day} is older than extracts in the lake, which must be landed anew after it,"
        f" but {why}; accepted is to put them back"
    )
