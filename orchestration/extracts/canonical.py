"""The canonical files as part of a mapping: every entity's file, by its own name, onto itself."""

from typing import Any, Final

from orchestration.extracts.entities import ENTITIES

CANONICAL_FILES: Final = tuple(name for name in ENTITIES if name != "deal_dimensions")


def with_canonical(content: dict[str, Any], already: list[str]) -> dict[str, Any]:
    """The mapping with a table for each canonical file that it accepts, but for those that it has already.

    A CRM's own table of that name stays; the canonical one is then called `canonical_<entity>`.
    """
    tables = dict(content["tables"])
    for entity in content.get("canonical") or []:
        if entity in CANONICAL_FILES and entity not in already:
            own = tables.get(entity, {})
            name = f"canonical_{entity}" if "lands" in own else entity
            tables[name] = {**_table(entity), **tables.get(name, {})}
    return {**content, "tables": tables}


def _table(entity: str) -> dict[str, Any]:
    columns = {name: name for name in ENTITIES[entity].columns if name != "source_deal_id"}
    return {
        "files": [entity, *(f"{entity}{mark}*" for mark in "-_. ")],
        "lands": [{"entity": entity, "columns": columns, "columns_may_be_missing": True}],
        "time_zone": "UTC",
        "decimal": "point",
    }
