"""Reading the company file: every error names file, key, value and what is accepted."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from orchestration.company import Company, Settings


class CompanyFileError(ValueError):
    """A company file that cannot be used; the message names file, key, value and what is accepted."""


def load_company(path: Path) -> Company:
    """The company described by the YAML file at `path`.

    Raises:
        CompanyFileError: the file is absent, no YAML, or a key or value is not accepted.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CompanyFileError(f"{path}: there is no such company file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CompanyFileError(f"{path}: cannot be read: {error}") from error
    try:
        content = yaml.load(text, Loader=_StrictLoader)
    except yaml.YAMLError as error:
        raise CompanyFileError(f"{path}: is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise CompanyFileError(
            f"{path}: a mapping of keys to values is accepted, with company, time_zone, sources"
        )
    try:
        return Company.model_validate(content)
    except ValidationError as error:
        raise CompanyFileError(_explain(path, error)) from None


class _StrictLoader(yaml.SafeLoader):
    """YAML without code and without silently overwritten keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.MarkedYAMLError(
                problem=f"key {_listed(twice)} stands twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        message = problem["msg"].removeprefix("Value error, ")
        match problem["type"]:
            case "missing":
                lines.append(f"{path}: {key}: is missing")
            case "extra_forbidden":
                accepted = _listed(_accepted_keys(problem["loc"][:-1]))
                lines.append(f"{path}: {key}: is not a key here; accepted are {accepted}")
            case _:
                value = str(problem["input"])
                shown = value if len(value) <= 80 else value[:77] + "..."
                lines.append(f"{path}: {key}: {shown!r}: {message}")
    return "\n".join(lines)


def _accepted_keys(location: tuple[int | str, ...]) -> Iterable[str]:
    """The keys of the part of the company file at `location`."""
    part: Any = Company
    for step in location:
        if isinstance(step, int):
            continue
        annotation = part.model_fields[step].annotation if step in part.model_fields else None
        models = [
            inner
            for inner in (annotation, *getattr(annotation, "__args__", ()))
            if isinstance(inner, type) and issubclass(inner, Settings)
        ]
        if not models:
            return ()
        part = models[0]
    return (field.alias or name for name, field in part.model_fields.items())


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
