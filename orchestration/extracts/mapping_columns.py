"""Where a canonical column comes from, as a mapping says it."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Constant = str | bool | int | float | None
Value = TypeVar("Value")
CELL: Final = "cell"  # the placeholder that stands for the value in a column that fits a pattern
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
COLUMN_IN_TEXT: Final = re.compile(r"\{([^{}]+)\}")  # names of columns may hold spaces


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


OneOrMore = Annotated[list[Value], BeforeValidator(_as_list)]


class Part(BaseModel):
    """Base of every part of a mapping: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lookup(Part):
    """A value from another file of the extract: from the row with the same `key`, but for what is ignored."""

    table: str
    key: OneOrMore[str]
    value: OneOrMore[str]
    ignore: OneOrMore[Literal["spaces", "case", "punctuation"]] = []
    or_itself: bool = False  # what the other file does not have stays as it is, instead of becoming nothing


class Column(Part):
    """Where one canonical column comes from."""

    from_: OneOrMore[str] = Field([], alias="from")
    first_given: list["str | Column"] = []  # per row the first that is not blank, instead of `from`
    without_end: str | None = None  # text removed from the end; {Column} is the row's value of another column
    split: str | None = Field(None, min_length=1)  # what divides the values of a cell that lists several
    lookup: Lookup | None = None
    values: dict[str, Constant] = {}
    scale: float | None = None  # what numbers are multiplied with: 0.01 for percent
    inverse: bool = False  # 1 / the number: a rate that is told the other way round
    whole_day: bool = False  # a day that is written with a meaningless time
    only_if: str | None = None  # name of a flag column of the same row that must be true
    only_where: dict[str, OneOrMore[Constant]] = {}  # other columns of the file, and what must stand there

    @model_validator(mode="before")
    @classmethod
    def _keys_are_text(cls, content: object) -> object:
        """YAML reads `true:` and `1:` as no text; in files they are."""
        if isinstance(content, dict) and isinstance(content.get("values"), dict):
            named = {_yaml_text(key): value for key, value in content["values"].items()}
            return {**content, "values": named}
        return content

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Column":
        if bool(self.from_) == bool(self.first_given):
            raise ValueError("from or first_given is needed, and not both")
        for choice in self.first_given:
            if isinstance(choice, Column) and choice.model_fields_set & _OF_THE_WHOLE:
                raise ValueError(
                    f"{' and '.join(sorted(_OF_THE_WHOLE))} are accepted outside first_given only"
                )
        return self

    def choices(self) -> Iterator["str | Column"]:
        """Every name and rule that this one is made of, itself first."""
        yield self
        yield from self.from_
        for choice in self.first_given:
            yield from [choice] if isinstance(choice, str) else choice.choices()


_OF_THE_WHOLE: Final = {"scale", "inverse", "whole_day", "only_if", "split"}
Specification = OneOrMore[str | Column]


def choices(specification: Specification) -> Iterator[str | Column]:
    """Every name and rule that stands anywhere in a specification."""
    for choice in specification:
        yield from [choice] if isinstance(choice, str) else choice.choices()


def _yaml_text(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
