"""What the company file says, typed: who the company is and where its extracts lie."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import holidays as holiday_calendars
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

BUILT_IN_SEGMENTS = ("all", "owner", "team", "pipeline", "deal_type")
AMOUNT_MEANINGS = {
    "tcv": "total contract value",
    "acv": "annual contract value",
    "arr": "annual recurring revenue",
}


def _time_zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, KeyError):
        raise ValueError("a time zone of the IANA list is accepted, such as Europe/Berlin") from None
    return value


def _currency(value: object) -> object:
    if not (isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value)):
        raise ValueError("a currency code of three capital letters is accepted, such as EUR")
    return value


def _name(value: object) -> object:
    if not (isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,62}", value)):
        raise ValueError(
            "a name of lower-case letters, digits and _ that starts with a letter is accepted, such as sales"
        )
    return value


def _holidays(value: object) -> object:
    if value is not None and value not in holiday_calendars.list_supported_countries():
        raise ValueError("a country code of the holidays library is accepted, such as DE or US, or nothing")
    return value


Name = Annotated[str, BeforeValidator(_name)]
Currency = Annotated[str, BeforeValidator(_currency)]
ProcessStep = Literal["lead", "qualified", "meeting", "proposal", "negotiation", "customer", "lost"]


class Settings(BaseModel):
    """Base of every part of the company file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FiscalYear(Settings):
    """When the company's year starts and how its periods are cut."""

    start_month: int = Field(default=1, ge=1, le=12)
    pattern: Literal["months", "445", "454", "544"] = "months"
    named_by: Literal["start_year", "end_year"] = "end_year"
    week_starts: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        "monday"
    )
    ends: Literal["last", "nearest"] = "last"


class ForecastSettings(Settings):
    """What is forecast: periods of quarters or months, and how many after the current one."""

    period: Literal["quarter", "month"] = "quarter"
    horizon: int = Field(default=4, ge=0, le=12)


class Demo(Settings):
    """A simulated company whose extracts are made first; only in the demo's company file."""

    deals: int = Field(5000, ge=200, le=100_000)
    seed: int = Field(7, ge=0)
    until: date


class Source(Settings):
    """One CRM whose extracts are landed."""

    name: Name
    crm: str = "canonical"
    path: Path
    delivery: Literal["full", "changes"] = "full"
    extract_date: date | None = None
    taken: Literal["end_of_day", "start_of_day"] = "end_of_day"
    id_prefix: str = Field("", max_length=20)
    deal_url: str | None = Field(None, pattern=r"^https?://\S+$")
    dimensions: dict[Name, str] = {}


class Condition(Settings):
    """One condition on a deal column; exactly one comparison is set, and texts are compared to the letter."""

    column: Name
    is_in: list[str] | None = None
    contains: str | None = None
    below: float | None = None
    above: float | None = None
    is_null: bool | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> "Condition":
        given = [
            name
            for name in ("is_in", "contains", "below", "above", "is_null")
            if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError("exactly one of is_in, contains, below, above, is_null is accepted")
        return self


class Exclusion(Settings):
    """Deals that do not count: those for which all conditions hold."""

    name: Name
    where: list[Condition] = Field(min_length=1)


class Alert(Settings):
    """Where to send word of what happened; the address comes from the environment."""

    to_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    on: list[str] = Field(min_length=1)


class PostgresSettings(Settings):
    """A Postgres database to publish to; its address comes from the environment."""

    url_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    schema_: Name = Field("funnelcast", alias="schema")
    row_access: bool = False


class PublishSettings(Settings):
    """Where results are published and how many versions are kept."""

    postgres: PostgresSettings | None = None
    keep_versions: int = Field(default=30, ge=1)


class Company(Settings):
    """The company file, typed."""

    company: str = Field(min_length=1)
    time_zone: Annotated[str, BeforeValidator(_time_zone)]
    reporting_currency: Currency
    amount_meaning: Literal["tcv", "acv", "arr"] | None = None  # nothing is recalculated
    fiscal_year: FiscalYear = FiscalYear()
    forecast: ForecastSettings = ForecastSettings()
    demo: Demo | None = None
    sources: list[Source] = Field(min_length=1)
    segments: list[Name] = []
    holidays: Annotated[str | None, BeforeValidator(_holidays)] = None
    settlement_days: int = Field(5, ge=0, le=90)
    thresholds: dict[Name, float] = {}
    alerts: list[Alert] = []
    process: dict[str, dict[str, ProcessStep]] = {}
    exclusions: list[Exclusion] = []
    publish: PublishSettings = PublishSettings()

    @model_validator(mode="after")
    def _sources_tell_apart(self) -> "Company":
        for attribute in ("name", "id_prefix"):
            seen: set[str] = set()
            for source in self.sources:
                value = getattr(source, attribute)
                if value in seen:
                    raise ValueError(
                        f"sources: {attribute} {value!r} is used twice; each source needs its own"
                        + (" (empty for the first only)" if attribute == "id_prefix" else "")
                    )
                seen.add(value)
        dimensions = {name for source in self.sources for name in source.dimensions}
        taken = dimensions & set(BUILT_IN_SEGMENTS)
        if taken:
            raise ValueError(
                f"sources: dimensions {', '.join(sorted(taken))} have the name of a built-in segment"
            )
        return self

    @property
    def segment_names(self) -> list[str]:
        """Every segment that metrics and forecasts are cut by: built in, then the company's own."""
        return list(dict.fromkeys((*BUILT_IN_SEGMENTS, *self.segments)))
