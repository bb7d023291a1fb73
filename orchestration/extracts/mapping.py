"""The mapping language: one YAML that says what a CRM's files hold. Every extract is read through one.

time_zone: UTC                    # of a date with time that has no offset
date_order: mdy                   # dmy, mdy or ymd; left out, each column decides
decimal: comma                    # point or comma; left out, each column decides
nulls: ["000000000000000AAA"]     # what means "nothing", beside blanks
tables:
  opportunities:                  # one kind of file
    files: ["opp*"]               # names, without ending; parts may lie in a folder of that name
    header: [Id, [StageName, Stage]]   # columns that tell this file from others, with other spellings
    lands:                        # what its rows become; the first is what they are counted as
      - entity: deals
        columns:
          deal_id: Id
          stage: [StageName, Stage]                  # the first of these that the file has
          currency: =USD                             # a constant
          is_won: {from: Stage, values: {Won: true, "*": false}}   # "*": all others; without it they stay
        dimensions:
          series: {from: Product, lookup: {table: products, key: name, value: series, ignore: [spaces]}}
    derives:                      # what most rows of a stage show of it, where nothing else says so
      - entity: stages
        columns: {stage: StageName, probability: {from: Percent, scale: 0.01}}
  currencies:
    header: [Code, PerDollar]
    lands:
      - entity: exchange_rates
        rebase: true              # rates to any currency, divided by that of the reporting one
        columns: {currency: Code, rate_to_reporting: {from: PerDollar, inverse: true}}   # 1 / the number
rows:
  stages:                         # rows that stand for what no file says
    - {stage: Won, process_step: customer, is_closed: true, is_won: true}
"""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.errors import ExtractError, listed

BUILT_IN = Path(__file__).parent / "crms"
DateOrder = Literal["dmy", "mdy", "ymd"]
DecimalSign = Literal["point", "comma"]
Constant = str | bool | int | float | None
Value = TypeVar("Value")


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _time_zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, KeyError):
        raise ValueError("a time zone of the IANA list is accepted, such as Europe/Berlin") from None
    return value


OneOrMore = Annotated[list[Value], BeforeValidator(_as_list)]
TimeZone = Annotated[str, BeforeValidator(_time_zone)]


class Part(BaseModel):
    """Base of every part of a mapping: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lookup(Part):
    """A value from another file of the extract: from the row with the same `key`, but for what is ignored."""

    table: str
    key: OneOrMore[str]
    value: OneOrMore[str]
    ignore: OneOrMore[Literal["spaces", "case", "punctuation"]] = []


class Column(Part):
    """Where one canonical column comes from."""

    from_: OneOrMore[str] = Field(alias="from")
    values: dict[str, Constant] = {}
    lookup: Lookup | None = None
    scale: float | None = None  # what numbers are multiplied with: 0.01 for percent
    inverse: bool = False  # 1 / the number: a rate that is told the other way round
    whole_day: bool = False  # a day that is written with a meaningless time
    only_if: str | None = None  # name of a flag column of the same row that must be true

    @model_validator(mode="before")
    @classmethod
    def _keys_are_text(cls, content: object) -> object:
        """YAML reads `true:` and `1:` as no text; in files they are."""
        if isinstance(content, dict) and isinstance(content.get("values"), dict):
            named = {_yaml_text(key): value for key, value in content["values"].items()}
            return {**content, "values": named}
        return content


def _yaml_text(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


Specification = OneOrMore[str | Column]


class Landing(Part):
    """What rows of a table become: rows of one entity.

    `unpivot` makes one deal change per row and field named; `unpivot_changes` only where the value
    differs from that of the deal's row before. `only_where_given` names canonical columns: rows
    where one is blank make nothing. `rebase` is for exchange rates to whatever currency: they are divided by
    the rate of the reporting currency.
    """

    entity: str
    columns: dict[str, Specification]
    dimensions: dict[str, Specification] = {}
    unpivot: dict[str, Specification] = {}
    unpivot_changes: dict[str, Specification] = {}
    only_where_given: list[str] = []
    rebase: bool = False

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


CHANGE_FIELDS = ("stage", "amount", "close_date", "owner_id", "forecast_category", "pipeline", "currency")


class TableMapping(Part):
    """One kind of file: how to recognise it, and what its rows become. Without `lands` it serves lookups.

    `derives` is for settings of stages that only the deals show: the lowest of all layers. Columns that
    the file lacks are left out, and values that cannot be read count as none.
    """

    files: OneOrMore[str] = []
    header: list[OneOrMore[str]] = []
    without: list[str] = []  # columns that a file of this kind never has
    key: OneOrMore[str] = []  # the file's own row id: tells an exact copy from a conflicting one
    lands: list[Landing] = []
    derives: list[Landing] = []
    time_zone: TimeZone | None = None
    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None

    @model_validator(mode="after")
    def _is_recognisable(self) -> "TableMapping":
        if not self.files and not self.header:
            raise ValueError("files (names) or header (columns) is needed to recognise the file")
        if any(each.entity != "stages" or "pipeline" in each.columns for each in self.derives):
            raise ValueError("derives is accepted for stages, without a pipeline")
        if self.derives and not self.lands:
            raise ValueError("derives is accepted where the rows land as something")
        return self


class Mapping(Part):
    """All that is known about one CRM's extracts."""

    tables: dict[str, TableMapping]
    rows: dict[str, list[dict[str, Constant]]] = {}
    time_zone: TimeZone = "UTC"
    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None
    nulls: list[str] = []
    columns_may_be_missing: bool = False  # for built-in mappings, which name all that a CRM can export

    @model_validator(mode="after")
    def _rows_fit(self) -> "Mapping":
        for entity, rows in self.rows.items():
            if entity not in ENTITIES:
                raise ValueError(f"rows: entity {entity!r} is not known; accepted are {listed(ENTITIES)}")
            for name in {name for row in rows for name in row}:
                if name not in ENTITIES[entity].columns:
                    raise ValueError(f"rows: {entity} has no column {name!r}")
        for name, table in self.tables.items():
            for landing in (*table.lands, *table.derives):
                for spec in (*landing.columns.values(), *landing.dimensions.values()):
                    for column in spec:
                        lookup = column.lookup if isinstance(column, Column) else None
                        if lookup and lookup.table not in self.tables:
                            raise ValueError(
                                f"tables.{name}: lookup in {lookup.table!r}, which is no table here"
                            )
        return self


def load_mapping(crm: str, company_dir: Path) -> Mapping:
    """The built-in mapping of this name, or the one in a YAML file beside the company file.

    Raises:
        ExtractError: there is no such mapping, or it is not valid.
    """
    from orchestration.extracts.canonical import canonical_mapping

    if crm == "canonical":
        return canonical_mapping()
    built_in = sorted(path.stem for path in BUILT_IN.glob("*.yaml"))
    path = BUILT_IN / f"{crm}.yaml" if crm in built_in else company_dir / crm
    if not path.is_file():
        raise ExtractError(
            f"crm: {crm!r}: accepted are canonical, {', '.join(built_in)}, or the path of a mapping file"
            f" beside the company file; there is no file {path}"
        )
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Mapping.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExtractError(f"{path}: is not valid YAML: {error}") from error
    except ValidationError as error:
        problems = (
            f"{path}: {'.'.join(str(part) for part in problem['loc']) or '(whole file)'}: "
            + problem["msg"].removeprefix("Value error, ")
            for problem in error.errors()
        )
        raise ExtractError("\n".join(problems)) from None
