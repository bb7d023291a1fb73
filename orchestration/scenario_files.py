"""Reading scenario files: a bad one is told by file, line, key and value, and the others go on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from pydantic import ValidationError

from orchestration.publication import fingerprint
from orchestration.scenarios import Scenario, unknown_segments
from orchestration.setting_problems import setting_problems
from orchestration.strict_yaml import StrictYamlError, line_of, strict_yaml

SUFFIXES: Final = (".yaml", ".yml")
RUN_CONFIG: Final = "run config"  # where a scenario is written that no file holds

PROBLEM_SCHEMA: Final = {"file": pl.String(), "scenario": pl.String(), "problem": pl.String()}


@dataclass(frozen=True)
class ScenarioProblem:
    """What is wrong with a scenario, or with one of its changes; `scenario` is None of an unreadable one."""

    file: str
    scenario: str | None
    problem: str


@dataclass(frozen=True)
class ReadScenarios:
    """Scenarios by the file that each was read from, in the order of their names.

    `fingerprint` names everything that was read, and is empty where nothing was.
    """

    by_file: dict[str, Scenario]
    problems: list[ScenarioProblem]
    fingerprint: str

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios that can be used, in the order of their names."""
        return sorted(self.by_file.values(), key=lambda scenario: scenario.name)

    def problem_table(self, undone: Mapping[str, Sequence[str]]) -> pl.DataFrame:
        """One row for each problem: of a file, or a change of a scenario that was `undone` (by its name)."""
        rows = [(each.file, each.scenario, each.problem) for each in self.problems]
        rows += [
            (file, scenario.name, problem)
            for file, scenario in self.by_file.items()
            for problem in undone.get(scenario.name, ())
        ]
        return pl.DataFrame(rows, schema=PROBLEM_SCHEMA, orient="row").unique().sort(pl.all())


def read_scenarios(
    folder: Path, segments: Sequence[str], only: Sequence[str] = (), another: str = ""
) -> ReadScenarios:
    """The scenarios of the .yaml files of a folder, and one written as the text `another`.

    `segments` is what deals can be chosen by; `only`, where not empty, names the scenarios to keep. What
    cannot be used is left out and told among the problems: no scenario is worth a night without a forecast.
    """
    texts: dict[str, str] = {}
    problems: list[ScenarioProblem] = []
    for path in _files(folder):
        try:
            if path.is_file():
                texts[path.name] = path.read_text(encoding="utf-8")
            else:
                problems.append(ScenarioProblem(path.name, None, "is no file"))
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            problems.append(ScenarioProblem(path.name, None, f"cannot be read: {why}"))
    if another.strip():
        texts[RUN_CONFIG] = another
    found: dict[str, Scenario] = {}
    for file, text in texts.items():
        read = _read(text, segments)
        if isinstance(read, Scenario) and read.name in (other.name for other in found.values()):
            taken = next(other for other, scenario in found.items() if scenario.name == read.name)
            read = f"line {line_of(text, ('name',))}: name: {read.name!r} is used in {taken} too"
        if isinstance(read, Scenario):
            found[file] = read
        else:
            problems += [ScenarioProblem(file, None, line) for line in read.splitlines()]
    names = sorted(scenario.name for scenario in found.values())
    problems += [
        ScenarioProblem(
            RUN_CONFIG, name, f"there is no scenario {name!r}; there are {', '.join(names) or 'none'}"
        )
        for name in only
        if name not in names
    ]
    kept = {
        file: scenario
        for file, scenario in found.items()
        if not only or scenario.name in only or file == RUN_CONFIG
    }
    told = [f"{each.file} {each.problem}" for each in problems]
    parts = [*(part for item in texts.items() for part in item), *sorted(only), *told]
    return ReadScenarios(kept, problems, fingerprint(parts) if parts else "")


def _files(folder: Path) -> list[Path]:
    """The scenario files by name; those that begin with a dot are an editor's."""
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in files if path.suffix in SUFFIXES and not path.name.startswith("."))


def _read(text: str, segments: Sequence[str]) -> Scenario | str:
    """The scenario, or what is wrong with it, a line for each problem."""
    try:
        content = strict_yaml(text)
    except StrictYamlError as error:
        return f"is not valid YAML: {' '.join(str(error).split())}"
    if not isinstance(content, dict):
        return "a mapping of keys to values is accepted, with name, description, changes"
    try:
        scenario = Scenario.model_validate(content)
    except ValidationError as error:
        problems = setting_problems("", error, Scenario, lambda location: line_of(text, location))
        return "\n".join(problem.removeprefix(", ") for problem in problems.splitlines())
    return "\n".join(_unknown(text, scenario, segments)) or scenario


def _unknown(text: str, scenario: Scenario, segments: Sequence[str]) -> Iterator[str]:
    for location, problem in unknown_segments(scenario, segments):
        yield f"line {line_of(text, location)}: {'.'.join(map(str, location))}: {problem}"
