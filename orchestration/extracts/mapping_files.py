"""The content of a mapping: of a built-in one, or of a user's file with the built-in one that it extends."""

from pathlib import Path
from typing import Any, Final

import yaml

from orchestration.extracts.canonical import CANONICAL_FILES, with_canonical
from orchestration.extracts.errors import ExtractError

BUILT_IN: Final = Path(__file__).parent / "crms"
CANONICAL: Final = {"canonical": list(CANONICAL_FILES), "columns_may_be_missing": True, "tables": {}}


def mapping_content(crm: str, company_dir: Path) -> tuple[Path, Any]:
    """The mapping that `crm` names, not yet checked, and the file that it stands in.

    Raises:
        ExtractError: there is no such mapping, or its file is no YAML.
    """
    accepted = ["canonical", *sorted(path.stem for path in BUILT_IN.glob("*.yaml"))]
    if crm in accepted:
        return BUILT_IN / f"{crm}.yaml", _built_in(crm)
    path = company_dir / crm
    if not path.is_file():
        raise ExtractError(
            f"crm: {crm!r}: accepted are {', '.join(accepted)}, or the path of a mapping file"
            f" beside the company file; there is no file {path}"
        )
    content = _read(path)
    if not isinstance(content, dict) or not isinstance(content.setdefault("tables", {}), dict):
        return path, content
    extended = content.pop("extends", None)
    if extended is None:
        return path, with_canonical(content, [])
    if extended not in accepted:
        raise ExtractError(f"{path}: extends: {extended!r}: accepted are {', '.join(accepted)}")
    base = _built_in(extended)
    content["tables"] = {name: _strict(table) for name, table in content["tables"].items()}
    return path, with_canonical(_merged(base, content), base.get("canonical", []))


def _built_in(name: str) -> dict[str, Any]:
    content = CANONICAL if name == "canonical" else _read(BUILT_IN / f"{name}.yaml")
    return with_canonical(content, [])


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExtractError(f"{path}: is not valid YAML: {error}") from error


def _strict(table: Any) -> Any:
    """The user's part of a table: what it names must be there, though a built-in mapping is lenient."""
    if not isinstance(table, dict):
        return table
    own = {key: table[key] for key in ("lands", "derives") if isinstance(table.get(key), list)}
    return table | {key: [_strict_landing(each) for each in landings] for key, landings in own.items()}


def _strict_landing(landing: Any) -> Any:
    return {"columns_may_be_missing": False} | landing if isinstance(landing, dict) else landing


def _merged(base: Any, over: Any) -> Any:
    """`over` laid over `base`: dictionaries key by key, anything else replaces."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    return base | {key: _merged(base[key], value) if key in base else value for key, value in over.items()}
