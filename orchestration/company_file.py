"""Reading the company file: every error names file, key, value and what is accepted."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from orchestration.company import Company
from orchestration.exclusions import exclusion_problems
from orchestration.setting_problems import setting_problems


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
        company = Company.model_validate(content)
    except ValidationError as error:
        raise CompanyFileError(setting_problems(path, error, Company)) from None
    if problems := [f"{path}: {problem}" for problem in exclusion_problems(company)]:
        raise CompanyFileError("\n".join(problems))
    return company


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


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
