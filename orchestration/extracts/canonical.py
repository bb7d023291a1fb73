"""The canonical extract as a mapping: every entity's file, by its own name, onto itself."""

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.mapping import Landing, Mapping, TableMapping


def canonical_mapping() -> Mapping:
    """The mapping that `crm: canonical` stands for."""
    return Mapping(
        tables={name: _table(name) for name in ENTITIES if name != "deal_dimensions"},
        decimal="point",
        columns_may_be_missing=True,
    )


def _table(entity: str) -> TableMapping:
    columns = {name: [name] for name in ENTITIES[entity].columns if name != "source_deal_id"}
    parts = [f"{entity}{mark}*" for mark in "-_. "]
    return TableMapping(
        files=[entity, *parts], lands=[Landing.model_validate({"entity": entity, "columns": columns})]
    )
