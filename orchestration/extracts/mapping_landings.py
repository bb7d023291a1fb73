"""What rows of a file become, as a mapping says it."""

from collections.abc import Iterator
from typing import Literal

from pydantic import model_validator

from orchestration.extracts.entities import ENTITIES, TEXT
from orchestration.extracts.errors import listed
from orchestration.extracts.mapping_columns import (
    CELL,
    PLACEHOLDER,
    Column,
    OneOrMore,
    Part,
    Specification,
    choices,
)

CHANGE_FIELDS = ("stage", "amount", "close_date", "owner_id", "forecast_category", "pipeline", "currency")


class Landing(Part):
    """What rows of a table become: rows of one entity.

    `unpivot` makes one deal change per row and field named; `unpivot_changes` only where the value
    differs from that of the deal's row before. `each_column` makes a row for every column of the file that
    fits a pattern. Of rows of one key only the one with the greatest value in the column `latest` lands.
    `only_where_given` names canonical columns: rows where one is blank make nothing. What `completes` fills
    only blanks of the rows that other landings make, and `completes: known` adds no row of its own. `rebase`
    is for exchange rates to whatever currency: they are divided by the rate of the reporting currency.
    """

    entity: str
    columns: dict[str, Specification]
    dimensions: dict[str, Specification] = {}
    unpivot: dict[str, Specification] = {}
    unpivot_changes: dict[str, Specification] = {}
    each_column: OneOrMore[str] = []
    latest: OneOrMore[str] = []
    only_where_given: list[str] = []
    completes: bool | Literal["known"] = False
    rebase: bool = False
    columns_may_be_missing: bool | None = None  # None: as the mapping says

    def specifications(self) -> Iterator[Specification]:
        """All that this landing says about where values come from."""
        for named in (self.columns, self.dimensions, self.unpivot, self.unpivot_changes):
            yield from named.values()

    @property
    def split_column(self) -> str | None:
        """The canonical column that gets one value of each cell that lists several."""
        return next((name for name, spec in self.columns.items() if _is_split(spec)), None)

    @property
    def constant_field(self) -> str:
        """The field of all changes that the landing makes; empty where each row names its own."""
        first = next(iter(self.columns.get("field", [])), None)
        return first[1:] if isinstance(first, str) and first.startswith("=") else ""

    @property
    def is_one_row_each(self) -> bool:
        """Whether a row of the file makes one row or none, and two of one key would contradict each other."""
        many = self.unpivot or self.unpivot_changes or self.each_column or self.split_column
        return not (many or self.completes)

    @model_validator(mode="after")
    def _targets_exist(self) -> "Landing":
        if self.entity not in ENTITIES or self.entity == "deal_dimensions":
            accepted = listed(name for name in ENTITIES if name != "deal_dimensions")
            raise ValueError(f"entity {self.entity!r} is not known; accepted are {accepted}")
        accepted_columns = [name for name in ENTITIES[self.entity].columns if name != "source_deal_id"]
        for name in [*self.columns, *self.only_where_given]:
            if name not in accepted_columns:
                raise ValueError(
                    f"{self.entity} has no column {name!r}; accepted are {listed(accepted_columns)}"
                )
        for name in [*self.unpivot, *self.unpivot_changes]:
            if name not in CHANGE_FIELDS:
                raise ValueError(f"{name!r} is no field of a change; accepted are {listed(CHANGE_FIELDS)}")
        if self.dimensions and self.entity != "deals":
            raise ValueError("dimensions are accepted where the entity is deals")
        if self.rebase and self.entity != "exchange_rates":
            raise ValueError("rebase is accepted where the entity is exchange_rates")
        return self

    @model_validator(mode="after")
    def _parts_fit(self) -> "Landing":
        unpivots = bool(self.unpivot or self.unpivot_changes)
        if self.each_column and (unpivots or self.dimensions or self.split_column):
            raise ValueError("each_column is accepted without unpivot, dimensions and split")
        for pattern in self.each_column:
            names = PLACEHOLDER.findall(pattern)
            if not names or CELL in names or len(set(names)) < len(names):
                raise ValueError(
                    f"each_column {pattern!r}: accepted are names in braces for what differs, each once,"
                    " such as {stage}; {cell} is the value"
                )
        if self.each_column and self.entity == "deal_changes" and self.constant_field not in CHANGE_FIELDS:
            raise ValueError(
                "each_column needs one field for all columns, such as `field: =stage`;"
                f" accepted are {listed(CHANGE_FIELDS)}"
            )
        splits = [name for name, spec in self.columns.items() if _is_split(spec)]
        others = (*self.dimensions.values(), *self.unpivot.values(), *self.unpivot_changes.values())
        if len(splits) > 1 or any(map(_is_split, others)):
            raise ValueError("split is accepted in one of a landing's columns")
        if any(ENTITIES[self.entity].columns[name] != TEXT for name in splits):
            raise ValueError(f"split is accepted where a column holds text, which {splits[0]} does not")
        if unpivots and splits:
            raise ValueError("split is accepted without unpivot")
        return self

    @model_validator(mode="after")
    def _values_of_changes_have_a_field(self) -> "Landing":
        alone = [name for name in ("new_value", "old_value") if name in self.columns]
        if self.entity == "deal_changes" and alone and "field" not in self.columns:
            raise ValueError(f"deal_changes.{alone[0]} needs deal_changes.field beside it")
        return self

    @model_validator(mode="after")
    def _placeholders_stand_in_a_pattern(self) -> "Landing":
        accepted = {CELL, *(name for pattern in self.each_column for name in PLACEHOLDER.findall(pattern))}
        for spec in self.specifications():
            for choice in choices(spec):
                named = PLACEHOLDER.fullmatch(choice) if isinstance(choice, str) else None
                if named and named[1] not in (accepted if self.each_column else ()):
                    raise ValueError(f"{choice!r} stands in no pattern of each_column")
        return self


def _is_split(specification: Specification) -> bool:
    return any(isinstance(choice, Column) and choice.split for choice in specification)
