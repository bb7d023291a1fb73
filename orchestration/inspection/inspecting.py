"""A folder of exports inspected: its files profiled, their CRM recognised or guessed, and landing tried."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import yaml

from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.mapping import Mapping
from orchestration.inspection.crms import Understood, best, built_in, understood
from orchestration.inspection.dimensions import guessed_columns_to_cut
from orchestration.inspection.fiscal_years import fiscal_years
from orchestration.inspection.folder import Folder, Profiles, find_folder, read_profiles
from orchestration.inspection.guesses import guessed_deals
from orchestration.inspection.joins import Join, joins
from orchestration.inspection.money import DEFAULT
from orchestration.inspection.stage_words import stage_guess
from orchestration.inspection.starting_files import (
    MAPPING_FILE,
    Start,
    company_text,
    extension_text,
    mapping_text,
)
from orchestration.inspection.starting_mapping import StartingMapping, starting_mapping
from orchestration.inspection.trial import Trial, tried

CANONICAL: Final = "canonical"
GUESSED: Final = "guessed"  # stands for the name of a CRM that no built-in mapping knows


@dataclass
class Inspection:
    """All that is known of a folder."""

    folder: Folder
    profiles: Profiles
    found_joins: list[Join]
    known: Understood | None = None  # what the chosen mapping makes of the files
    ties: list[str] = field(default_factory=list)
    guess: StartingMapping | None = None
    trial: Trial | None = None
    company: str = ""
    mapping: str = ""
    checks: list[str] = field(default_factory=list)


def inspect(path: Path, crm: str | None = None) -> Inspection:
    """What the files at `path` hold, read with the built-in mapping `crm` or the one that fits best.

    Raises:
        ExtractError: there is nothing to inspect, or no mapping of that name.
    """
    folder = find_folder(path)
    profiles = read_profiles(folder)
    found = Inspection(folder, profiles, joins(profiles.files))
    mappings = built_in()
    if crm is not None and crm not in mappings:
        raise ExtractError(f"--crm {crm}: accepted are {listed(mappings)}")
    candidates = [
        understood(name, mapping, profiles.tables, folder.root)
        for name, mapping in mappings.items()
        if crm in (None, name)
    ]
    chosen = candidates if crm else best(candidates)
    deals = None if crm else guessed_deals(profiles.files)
    if deals and [each.crm for each in chosen] == [CANONICAL] and chosen[0].score[0] < len(deals.columns):
        chosen = []  # files named like canonical ones, whose columns are not
    if chosen:
        found.known, found.ties = chosen[0], [each.crm for each in chosen[1:]]
        found.checks += chosen[0].problems
    elif deals:
        found.guess = starting_mapping(profiles.files, found.found_joins, deals)
        found.mapping = mapping_text(found.guess)
        mapping = Mapping.model_validate(yaml.safe_load(found.mapping))
        found.known = understood(GUESSED, mapping, profiles.tables, folder.root)
        found.checks += found.guess.checks
    if found.known:
        found.trial = tried(folder, found.known.mapping)
        if found.trial.problem and not found.guess and (questions := _questions(found)):
            found.mapping = extension_text(found.known.crm, questions)
        found.company = company_text(_start(found))
    return found


def _questions(found: Inspection) -> dict[str, list[str]]:
    """What nothing decides in columns that the mapping reads, by its table."""
    assert found.known is not None
    asked: dict[str, list[str]] = {}
    for number, name in found.known.names.items():
        for column in found.profiles.files[number].columns:
            if column.reading.question and column.name in found.known.targets.get(number, {}):
                asked.setdefault(name, []).append(f"{name}: {column.name}: {column.reading.question}")
    return asked


def _start(found: Inspection) -> Start:
    assert found.known is not None
    assert found.trial is not None
    currency, reason = _currency(found, found.trial)
    day, why = _extract_date(found, found.trial)
    root = found.folder.source_path
    others = guessed_columns_to_cut(found.profiles.files, found.known) if not found.guess else []
    years = fiscal_years(found.profiles.tables)
    return Start(
        company=re.sub(r"[\W_]+", " ", root.name).strip().title() or "Company",
        currency=currency,
        currency_reason=reason,
        crm=MAPPING_FILE if found.mapping else found.known.crm,
        path=root,
        extract_date=None if found.folder.has_dated_folders else day,
        date_reason=why,
        segments=found.guess.dimensions if found.guess else [],
        other_columns=others,
        process=_process(found.trial) if not found.guess else {},
        fiscal_year=years.setting if years else {"start_month": 1},
        fiscal_reason=years.reason if years else "CHECK: the month in which the fiscal year starts",
    )


def _currency(found: Inspection, trial: Trial) -> tuple[str, str]:
    """The currency of most deals; that of the trial's own stands for deals that name none."""
    if found.guess and "currency" not in found.guess.deals.columns:
        landing = found.guess.lands[found.guess.deals.number][0]
        constant = landing.columns.get("currency", f"={DEFAULT}")
        return constant[1:], landing.comments.get("currency", "CHECK: nothing in the files says it")
    is_written = any(
        "deals.currency" in targets
        for columns in (found.known.targets.values() if found.known else ())
        for targets in columns.values()
    )
    codes = [(code, rows) for code, rows in trial.currencies if re.fullmatch(r"[A-Z]{3}", code)]
    if not is_written or not codes:
        return DEFAULT, "CHECK: nothing in the files says which currency amounts are in"
    code, rows = codes[0]
    if len(codes) > 1:
        others = ", ".join(each for each, _ in codes[1:6])
        found.checks.append(
            f"deals in {others} need exchange rates to {code}: a file exchange_rates says them"
        )
    return code, f"CHECK: the currency of most deals ({rows:,})"


def _extract_date(found: Inspection, trial: Trial) -> tuple[date, str]:
    if found.folder.extract_date:
        return found.folder.extract_date, "the folder's name"
    if trial.newest:
        return trial.newest, "taken as the day of the newest date in the files"
    newest = max(file.stat().st_mtime for file in found.folder.files)
    return date.fromtimestamp(newest), "CHECK: the day on which the newest file was written"


def _process(trial: Trial) -> dict[str, dict[str, str]]:
    """Steps for stages of a known CRM that have none, where their words tell."""
    guessed = {
        pipeline: {
            stage: step
            for stage, known in stages.items()
            if known is None and (step := stage_guess(stage).step) is not None
        }
        for pipeline, stages in trial.stages.items()
    }
    return {pipeline: stages for pipeline, stages in guessed.items() if stages}


def write(found: Inspection, folder: Path) -> list[Path]:
    """Write the files to start from; those that exist are not touched.

    Raises:
        ExtractError: one of them exists, or the folder cannot be written.
    """
    contents = {"company.yaml": found.company, MAPPING_FILE: found.mapping}
    paths = {folder / name: content for name, content in contents.items() if content}
    if there := [path for path in paths if path.exists()]:
        raise ExtractError(f"{there[0]}: exists already; accepted is a folder without it, so nothing is lost")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in paths.items():
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ExtractError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return list(paths)
