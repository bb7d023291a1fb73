"""The text of a company file and a mapping to start from, with comments on what is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from orchestration.inspection.deals_landing import StartingLanding
from orchestration.inspection.dimensions import Dimension, plain_name, suggested_segments
from orchestration.inspection.stage_words import StageGuess
from orchestration.inspection.starting_mapping import StartingMapping, StartingTable

MAPPING_FILE: Final = "mapping.yaml"
WIDTH: Final = 100


@dataclass(frozen=True)
class Start:
    """What the company file says, and why."""

    company: str
    currency: str
    currency_reason: str
    crm: str
    path: Path
    extract_date: date | None
    date_reason: str
    segments: Sequence[Dimension]
    other_columns: Sequence[str]  # columns that nothing understands and that deals can be cut by
    process: dict[str, dict[str, str]]
    fiscal_year: dict[str, int | str]
    fiscal_reason: str


def company_text(start: Start) -> str:
    """The company file; lines with CHECK are guesses."""
    chosen = suggested_segments(start.segments)
    others = [each.name for each in start.segments if each.name not in chosen]
    lines = [
        "# A company file to start from, made by `funnelcast inspect`. Lines with CHECK are guesses.",
        f"company: {flow(start.company)} # CHECK",
        "time_zone: UTC # CHECK: the company's own, such as Europe/Berlin; days are days there",
        f"reporting_currency: {start.currency} # {start.currency_reason}",
        f"fiscal_year: {flow(start.fiscal_year)} # {start.fiscal_reason}",
        "sources:",
        "  - name: sales",
        f"    crm: {flow(start.crm)}",
        f"    path: {flow(str(start.path))}",
    ]
    if start.extract_date:
        lines.append(f"    extract_date: {start.extract_date} # {start.date_reason}")
    if start.other_columns:
        suggested = ", ".join(f"{plain_name(column)}: {flow(column)}" for column in start.other_columns)
        lines += _commented(f"dimensions: {{{suggested}}}", "    ", "columns that deals can be cut by")
    lines.append(f"segments: {flow(chosen)} # what metrics and forecasts are cut by")
    if others:
        lines += _commented(", ".join(others), "", "others of the mapping's dimensions")
    if start.process:
        lines.append("process: # CHECK: guessed from the words of stages that the CRM gives no step")
        for pipeline, stages in start.process.items():
            lines.append(f"  {flow(pipeline)}:")
            lines += [f"    {flow(stage)}: {step}" for stage, step in stages.items()]
    return "\n".join(lines) + "\n"


def mapping_text(mapping: StartingMapping) -> str:
    """The mapping file; lines with CHECK are guesses."""
    lines = [
        "# A mapping to start from, made by `funnelcast inspect` from names and contents. Lines with CHECK",
        "# are guesses. What stands before a colon is Funnelcast's name, behind it the column of the file.",
        "tables:",
    ]
    for table in mapping.tables:
        lines += _table_lines(table)
    if mapping.stages:
        lines += ["", "rows:", "  stages: # CHECK: order and step, guessed from the words"]
        lines += [_stage_line(guess, order) for order, guess in enumerate(mapping.stages, start=1)]
    return "\n".join(lines) + "\n"


def extension_text(crm: str, questions: dict[str, list[str]]) -> str:
    """A mapping that starts from a built-in one, for columns that nothing decides, by its tables."""
    lines = [
        f"# The built-in mapping {crm}, and lines to decide before it runs, made by `funnelcast inspect`.",
        f"extends: {crm}",
    ]
    for asked in questions.values():
        lines += [f"# DECIDE: {' '.join(question.split())}" for question in asked]
    lines.append("# date_order: dmy" if "date_order" in str(questions) else "# decimal: point")
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """A value as YAML in one line."""
    text = _dumped(value, None)
    return _dumped(value, '"') if "\n" in text else text


def _dumped(value: Any, style: str | None) -> str:
    text: str = yaml.safe_dump(
        [value],
        default_flow_style=True,
        default_style=style,
        width=1 << 20,
        allow_unicode=True,
        sort_keys=False,
    )
    return text.strip()[1:-1]


def _table_lines(table: StartingTable) -> list[str]:
    lines = [
        f"  {table.name}:" + ("" if table.lands else " # only to look values up in"),
        f"    files: {flow(table.files)}",
        f"    header: {flow(table.header)}",
    ]
    for question in table.questions:
        lines.append(f"    # DECIDE: {' '.join(question.split())}")
    if any("date_order" in question for question in table.questions):
        lines.append("    # date_order: dmy")
    if any("decimal" in question for question in table.questions):
        lines.append("    # decimal: point")
    if table.lands:
        lines.append("    lands:")
    for landing in table.lands:
        lines += _landing_lines(landing)
    return lines


def _landing_lines(landing: StartingLanding) -> list[str]:
    lines = [f"      - entity: {landing.entity}"]
    if landing.only_where_given:
        lines.append(f"        only_where_given: {flow(landing.only_where_given)}")
    lines.append("        columns:")
    for target, source in landing.columns.items():
        comment = landing.comments.get(target)
        lines.append(
            f"          {target}: {flow(source)}" + (f" # {' '.join(comment.split())}" if comment else "")
        )
    if landing.dimensions:
        lines.append(
            "        dimensions: # what deals can be cut by; a segment of the company file names one"
        )
        lines += [f"          {name}: {flow(source)}" for name, source in landing.dimensions.items()]
    return lines


def _stage_line(guess: StageGuess, order: int) -> str:
    said = {"stage": guess.stage, "stage_order": order}
    if guess.step:
        said |= {"process_step": guess.step, "is_closed": guess.is_closed, "is_won": guess.is_won}
    return f"    - {flow(said)}" + ("" if guess.step else " # CHECK: which process_step is it?")


def _commented(text: str, indent: str, what: str) -> list[str]:
    return [f"{indent}# {what}:", f"{indent}# {text}"]
