"""The mapping language: one YAML that says what a CRM's files hold. Every extract is read through one.

extends: salesforce               # start from a built-in one; dictionaries merge, the rest replaces
canonical: [quotas, stages]       # canonical files that are accepted beside the CRM's own
time_zone: UTC                    # of a date with time that has no offset; `company`: that of the company
date_order: mdy                   # dmy, mdy or ymd; left out, each column decides
decimal: comma                    # point or comma; left out, each column decides
nulls: ["000000000000000AAA"]     # what means "nothing", beside blanks
prefixes: ["properties."]         # may stand before any column's name
ids: salesforce                   # ids of 15 letters and digits become those of 18
tables:
  opportunities:                  # one kind of file; it may have its own time_zone, date_order, decimal
    files: ["opp*"]               # names, without ending; parts may lie in a folder of that name
    header: [Id, [StageName, Stage]]   # columns that tell this file from others, with other spellings
    without: [OpportunityId]      # columns that a file of this kind never has
    key: Id                       # the file's own row id, where rows land under another key
    lands:                        # what its rows become; the first is what they are counted as
      - entity: deals
        columns:
          deal_id: Id
          stage: [StageName, Stage]                  # the first of these that the file has
          currency: =USD                             # a constant
          is_won: {from: Stage, values: {Won: true, "*": false}}   # "*": all others; without it they stay
          close_date: {first_given: [Closed, Expected]}   # per row the first that is not blank
          created_at: {from: Day, whole_day: true}        # a time of day that means nothing is cut off
          closed_at: {from: Changed, only_if: is_closed}  # where that column of the row is true
          lead_id: {from: Who, only_where: {Who: "00Q*"}} # where columns of the file hold one of these texts
          pipeline: {from: Stage, without_end: " ({Team})"}   # without it; {Team} is a column of the row
          owner_id: {from: Rep, lookup: {table: reps, key: name, value: id, or_itself: true}}   # else nothing
        dimensions:
          series: {from: Product, lookup: {table: products, key: name, value: series, ignore: [spaces]}}
        latest: valid_from        # rows of one deal are versions: that with the greatest value lands
      - entity: deal_changes
        columns: {deal_id: Id, changed_at: Modified}
        unpivot: {stage: Stage}             # a change for each row and field
        unpivot_changes: {amount: Amount}   # only where it differs from the deal's row before
      - entity: deal_changes
        each_column: ["Date entered {stage}"]   # a row for each column that is called so
        columns: {deal_id: Id, field: =stage, new_value: "{stage}", changed_at: "{cell}"}
        only_where_given: [changed_at]
      - entity: deals
        columns: {deal_id: {from: Merged, split: ";"}, merged_into_deal_id: Id}   # a row for each of several
        only_where_given: [deal_id]
        completes: true           # fills blanks of the deals that others land; adds others, unless `known`
    derives:                      # what most rows of a stage show of it, where nothing else says so
      - entity: stages
        columns: {stage: StageName, probability: {from: Percent, scale: 0.01}}
  currencies:
    files: [currencies]
    columns: [Code, Day, PerDollar]   # the file has no header line
    footer: true                      # after its rows come lines that are none
    decimal: each_column              # each column decides, whatever the mapping says
    advice: add the column Code       # what to do where the file lacks a column that it must have
    lands:
      - entity: exchange_rates
        rebase: true              # rates to any currency, divided by that of the reporting one
        columns: {currency: Code, rate_to_reporting: {from: PerDollar, inverse: true}}   # 1 / the number
rows:
  stages:                         # rows that stand for what no file says
    - {stage: Won, process_step: customer, is_closed: true, is_won: true}
"""

from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationError, field_validator, model_validator

from orchestration.extracts.canonical import CANONICAL_FILES
from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.mapping_columns import Column, Constant, OneOrMore, Part, choices
from orchestration.extracts.mapping_files import mapping_content
from orchestration.extracts.mapping_landings import Landing
from orchestration.setting_problems import setting_problems

COMPANY_ZONE: Final = "company"
DateOrder = Literal["dmy", "mdy", "ymd"]
DecimalSign = Literal["point", "comma"]


def _time_zone(value: object) -> object:
    try:
        return value if value == COMPANY_ZONE else ZoneInfo(str(value)).key
    except (ValueError, OSError, KeyError):
        raise ValueError(
            "company, or a time zone of the IANA list is accepted, such as Europe/Berlin"
        ) from None


TimeZone = Annotated[str, BeforeValidator(_time_zone)]


class TableMapping(Part):
    """One kind of file: how to recognise it, and what its rows become. Without `lands` it serves lookups.

    `derives` is for settings of stages that only the deals show: the lowest of all layers. Columns that
    the file lacks are left out, and values that cannot be read count as none.
    """

    files: OneOrMore[str] = []
    header: list[OneOrMore[str]] = []
    without: list[str] = []
    columns: list[str] = []
    footer: bool = False
    advice: str = ""
    key: OneOrMore[str] = []
    lands: list[Landing] = []
    derives: list[Landing] = []
    time_zone: TimeZone | None = None
    date_order: DateOrder | None = None
    decimal: DecimalSign | Literal["each_column"] | None = None

    @model_validator(mode="after")
    def _is_recognisable(self) -> "TableMapping":
        if not self.files and not self.header:
            raise ValueError("files (names) or header (columns) is needed to recognise the file")
        if self.columns and (self.header or self.without or not self.files):
            raise ValueError("columns, of a file without a header line, is accepted with files, not header")
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
    prefixes: list[str] = []
    canonical: list[str] = []
    ids: Literal["salesforce"] | None = None
    columns_may_be_missing: bool = False  # for built-in mappings, which name all that a CRM can export

    def may_lack_columns(self, landing: Landing) -> bool:
        """Whether a file may lack columns that the landing names."""
        own = landing.columns_may_be_missing
        return self.columns_may_be_missing if own is None else own

    @property
    def dimensions(self) -> set[str]:
        """The names of all dimensions of deals."""
        return {name for table in self.tables.values() for each in table.lands for name in each.dimensions}

    @field_validator("canonical")
    @classmethod
    def _is_canonical(cls, entities: list[str]) -> list[str]:
        if unknown := [name for name in entities if name not in CANONICAL_FILES]:
            raise ValueError(f"{listed(unknown)}: accepted are {listed(CANONICAL_FILES)}")
        return entities

    @model_validator(mode="after")
    def _rows_fit(self) -> "Mapping":
        for entity, rows in self.rows.items():
            if entity not in ENTITIES:
                raise ValueError(f"rows: entity {entity!r} is not known; accepted are {listed(ENTITIES)}")
            for name in {name for row in rows for name in row}:
                if name not in ENTITIES[entity].columns:
                    raise ValueError(f"rows: {entity} has no column {name!r}")
        return self

    @model_validator(mode="after")
    def _lookups_fit(self) -> "Mapping":
        for name, table in self.tables.items():
            specs = [spec for each in (*table.lands, *table.derives) for spec in each.specifications()]
            for rule in (choice for spec in specs for choice in choices(spec) if isinstance(choice, Column)):
                if rule.lookup and rule.lookup.table not in self.tables:
                    raise ValueError(
                        f"tables.{name}: lookup in {rule.lookup.table!r}, which is no table here"
                    )
        return self


def load_mapping(crm: str, company_dir: Path) -> Mapping:
    """The built-in mapping of this name, or the one in a YAML file beside the company file.

    Raises:
        ExtractError: there is no such mapping, or it is not valid.
    """
    path, content = mapping_content(crm, company_dir)
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        raise ExtractError(setting_problems(path, error, Mapping)) from None
