"""Which CRM's exports the files are: every built-in mapping tried, and which columns each understands."""

from collections import defaultdict
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from orchestration.extracts.errors import ExtractError
from orchestration.extracts.lookups import Lookups
from orchestration.extracts.mapping import Mapping, load_mapping
from orchestration.extracts.mapping_files import BUILT_IN
from orchestration.extracts.plan import Context
from orchestration.extracts.planned_cells import make_plan
from orchestration.extracts.recognition import recognised
from orchestration.extracts.tables import Table

FEWEST: Final = 4  # columns of deals that a mapping must find, or it does not know the file
CONTEXT: Final = Context("sales", "UTC", "USD", "", True, {})


@dataclass(frozen=True)
class Understood:
    """What a mapping makes of the files: each file's table, and what each of its columns becomes."""

    crm: str
    mapping: Mapping
    names: dict[int, str]  # number of the file: its table in the mapping
    targets: dict[int, dict[str, list[str]]] = field(default_factory=dict)  # file: column: what it becomes
    problems: list[str] = field(default_factory=list)

    def entities(self, number: int) -> list[str]:
        """The entities that rows of a file become."""
        if number not in self.names:
            return []
        lands = self.mapping.tables[self.names[number]].lands
        return list(dict.fromkeys(landing.entity for landing in lands))

    @property
    def deal_files(self) -> list[int]:
        """The files that hold deals, with more than `FEWEST` of their columns."""
        return [number for number in self.names if self._deal_columns(number) >= FEWEST]

    @property
    def score(self) -> tuple[int, int]:
        """How many columns of deals it understands, then how many files."""
        return max((self._deal_columns(number) for number in self.deal_files), default=0), len(self.targets)

    def _deal_columns(self, number: int) -> int:
        found = {t for targets in self.targets.get(number, {}).values() for t in targets}
        deals = {target for target in found if target.startswith("deals.")}
        return len(deals) if "deals.deal_id" in deals else 0


def built_in() -> dict[str, Mapping]:
    """Every mapping that a company file can name."""
    names = ["canonical", *sorted(path.stem for path in BUILT_IN.glob("*.yaml"))]
    return {name: load_mapping(name, Path()) for name in names}


def understood(crm: str, mapping: Mapping, tables: Sequence[Table], root: Path) -> Understood:
    """What this mapping makes of the files."""
    names: dict[int, str] = {}
    problems: list[str] = []
    by_name: dict[str, list[Table]] = defaultdict(list)
    for number, table in enumerate(tables):
        try:
            name = next(iter(recognised(mapping, [table], root).values()), None)
        except ExtractError as error:
            problems.append(str(error))
            continue
        if name is not None:
            names[number] = name
            by_name[name].append(table)
    found = Understood(crm, mapping, names, problems=problems)
    for number, name in names.items():
        try:
            found.targets[number] = _targets(tables[number], name, mapping, by_name)
        except ExtractError as error:
            found.problems.append(str(error))
    return found


def best(candidates: Sequence[Understood]) -> list[Understood]:
    """Those that understand the deals best; several where they tie, none where no mapping knows any."""
    able = [each for each in candidates if each.deal_files]
    highest = max((each.score for each in able), default=None)
    return [each for each in able if each.score == highest]


def _targets(
    table: Table, name: str, mapping: Mapping, by_name: Dictionary[str, Sequence[Table]]
) -> dict[str, list[str]]:
    rule = mapping.tables[name]
    if not rule.lands:
        return {}
    plan = make_plan(table, name, mapping, CONTEXT, Lookups(by_name, mapping))
    landings = [*rule.lands, *rule.derives]
    targets: dict[str, list[str]] = defaultdict(list)
    for cell in plan.cells:
        number, _, column = cell.name.partition(".")
        if not number.isdigit():
            continue
        entity = landings[int(number)].entity
        told = _told(entity, column)
        for label in (cell.label, *cell.label.split(" / ")):
            if label in table.header and told not in targets[label]:
                targets[label].append(told)
    return dict(targets)


def _told(entity: str, column: str) -> str:
    """What a cell becomes, in words: deals.amount, a change of stage, dimension region."""
    column, _, detail = column.partition(".")[0].partition(":")
    if column == "dimension":
        return f"dimension {detail}"
    return f"change of {detail}" if column == "change" else f"{entity}.{column}"
