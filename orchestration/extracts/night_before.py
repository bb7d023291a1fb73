"""The extract that a source's lake ends with: lines that stood in it need not be read once more."""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.data_folder import DataFolder
from orchestration.extracts.corrections import CORRECTIONS
from orchestration.extracts.manifest import LakeManifest, LandedExtract, LandedFile
from orchestration.extracts.mapping import TableMapping
from orchestration.extracts.mapping_columns import Column, choices
from orchestration.extracts.mapping_landings import Landing
from orchestration.extracts.plan import Context, cell_name, has_distinct_keys
from orchestration.extracts.sources import FoundExtract
from orchestration.extracts.statuses import STATUS
from orchestration.extracts.table_rows import TableRows
from orchestration.extracts.tables import Table

# Their rows depend on other rows, or other rows depend on theirs; they are few.
NEVER: Final = ("stages", "exchange_rates", "owners")


@dataclass(frozen=True)
class NightBefore:
    """The newest extract of a source in the lake, whose files still lie as they were landed."""

    found: FoundExtract
    landed: LandedExtract
    lake: LakeManifest
    folder: DataFolder

    @classmethod
    def of(cls, found: FoundExtract | None, lake: LakeManifest, folder: DataFolder) -> "NightBefore | None":
        """The night of these files, which the lake has; None where it has later ones of the source."""
        newest = lake.of_source(found.source.name)[-1] if found else None
        if found is None or newest is None or newest.extract_date != found.extract_date:
            return None
        return cls(found, newest, lake, folder)

    def account(self, file: str) -> LandedFile | None:
        """What became of a file's rows, where each of them stands for itself."""
        if file not in self.landed.settled:
            return None
        return next((each for each in self.landed.files if each.file == file), None)

    def path(self, file: str) -> Path:
        """The file of this name."""
        return self.found.root / file

    def lake_files(self, entity: str) -> list[Path]:
        """The lake's files of an entity of this source, oldest first."""
        return self.lake.files_of_source(self.found.source.name, entity)

    def lines_set_aside(self, file: str) -> pl.Series:
        """The numbers of a file's lines that are quarantined."""
        quarantined = self.lake.quarantined_by(self.landed, self.folder)
        return quarantined.filter(pl.col("file") == file)["line"].unique()

    def has_the_files_of(self, found: FoundExtract) -> bool:
        """Whether both extracts are files of the same names, and nothing was corrected in this one."""
        names = ([each.name_of(file) for file in each.files] for each in (self.found, found))
        return next(names) == next(names) and all(each.entity != CORRECTIONS for each in self.landed.files)


def may_stand_alone(
    name: str,
    tables: Dictionary[str, Sequence[Table]],
    rules: Dictionary[str, TableMapping],
    context: Context,
) -> bool:
    """Whether each row of a mapping's table becomes one row of one entity, whatever the others are.

    So it is where one file has rows with keys of their own, nothing else makes or completes rows of the
    entity, and no value comes from another file.
    """
    rule = rules[name]
    [first, *others] = rule.lands
    if others or rule.derives or rule.columns or rule.footer or first.entity in NEVER:
        return False
    if first.completes or first.rebase or first.only_where_given or not has_distinct_keys(rule):
        return False
    elsewhere = [
        landing.entity for other in set(tables) & set(rules) - {name} for landing in rules[other].lands
    ]
    is_text = len(tables[name]) == 1 and tables[name][0].shape is not None
    return context.is_full and is_text and first.entity not in elsewhere and not _looks_up(first)


def are_settled(rows: TableRows) -> bool:
    """Whether no value of these rows was read as the other rows of its column say."""
    field = cell_name(0, "field")
    has_status = field in rows.rows.columns and (rows.rows[field] == STATUS).any()
    return not (rows.leans_on_others or has_status)


def _looks_up(landing: Landing) -> bool:
    specs = landing.specifications()
    return any(isinstance(choice, Column) and choice.lookup for spec in specs for choice in choices(spec))
