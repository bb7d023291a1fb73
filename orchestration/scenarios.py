"""What-if scenarios, typed: what would be if some deals, rates or sizes were others."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from orchestration.company import Name, Settings

BASE: Final = "base"  # the name of the forecast that scenarios are compared with
STAGE: Final = "stage"  # what open deals are chosen by beside segments
LONGEST: Final = 200  # characters of a description
CHANGES: Final = ("drop", "win", "shift", "conversion", "arrivals", "size")


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('a text is accepted; a number or a date needs quotes, such as "1042"')
    return value


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _one_line(value: object) -> object:
    text = value.strip() if isinstance(value, str) else ""
    if not (0 < len(text) <= LONGEST and text.isprintable()):
        raise ValueError(f"one line of text of at most {LONGEST} characters is accepted")
    return text


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[list[Text], BeforeValidator(_texts), Field(min_length=1)]
Factor = Annotated[float, Field(ge=0, le=10)]
Which = Literal["all", "open", "new"]


class Selection(Settings):
    """Open deals: those named, or those that have the values of all the segments or stages named."""

    deals: Texts | None = None
    where: dict[str, Texts] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _one_way_to_choose(self) -> "Selection":
        if (self.deals is None) == (self.where is None):
            raise ValueError("exactly one of deals, where is accepted")
        return self


class Drop(Selection):
    """Open deals that bring nothing."""


class Shift(Selection):
    """Open deals whose expected close date is so many days later, or earlier."""

    days: int = Field(ge=-3660, le=3660)


class Win(Settings):
    """An open deal that is won: today, or on a day to come; at its amount, or at another."""

    deal: Text
    on: date | None = None
    amount: float | None = Field(None, ge=0, le=1e15)  # in the reporting currency


class Conversion(Settings):
    """The chance to be won of deals, or of those that come to a stage, times a factor."""

    by: Factor
    stage: Text | None = None
    pipeline: Text | None = None
    of: Which = "all"

    @model_validator(mode="after")
    def _pipeline_of_a_stage(self) -> "Conversion":
        if self.pipeline is not None and self.stage is None:
            raise ValueError("pipeline says where a stage is; without a stage it is not accepted")
        return self


class Arrivals(Settings):
    """The number of deals not created yet, times a factor."""

    by: Factor


class Size(Settings):
    """The amount of deals, times a factor."""

    by: Factor
    of: Which = "all"


class Change(Settings):
    """One change of a scenario; exactly one key is set."""

    drop: Drop | None = None
    win: Win | None = None
    shift: Shift | None = None
    conversion: Conversion | None = None
    arrivals: Arrivals | None = None
    size: Size | None = None

    @model_validator(mode="after")
    def _one_change(self) -> "Change":
        if sum(getattr(self, name) is not None for name in CHANGES) != 1:
            raise ValueError(f"exactly one of {', '.join(CHANGES)} is accepted")
        return self

    @property
    def selection(self) -> Selection | None:
        """The open deals that it chooses, where it chooses any by name or value."""
        return self.drop or self.shift


class Scenario(Settings):
    """A scenario: its name, what it supposes in words, and its changes."""

    name: Name
    description: Annotated[str, BeforeValidator(_one_line)]
    changes: list[Change] = Field(min_length=1)

    @model_validator(mode="after")
    def _name_is_free(self) -> "Scenario":
        if self.name == BASE:
            raise ValueError(f"name: {BASE!r} is the forecast itself; another name is accepted")
        return self


def unknown_segments(
    scenario: Scenario, segments: Sequence[str]
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Where, and in words, a scenario chooses deals by what they are not cut by."""
    accepted = sorted({STAGE, *segments})
    for number, change in enumerate(scenario.changes):
        kind = next(name for name in CHANGES if getattr(change, name) is not None)
        for name in (change.selection and change.selection.where) or ():
            if name not in accepted:
                location = ("changes", number, kind, "where", name)
                yield location, f"is not what deals are chosen by; accepted are {', '.join(accepted)}"
