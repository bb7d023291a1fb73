"""Reading the company file: every error names file, key, value and what is accepted."""

from pathlib import Path

from pydantic import ValidationError

from orchestration.company import Company
from orchestration.exclusions import exclusion_problems
from orchestration.setting_problems import setting_problems
from orchestration.strict_yaml import StrictYamlError, strict_yaml


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
        content = strict_yaml(text)
    except StrictYamlError as error:
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
