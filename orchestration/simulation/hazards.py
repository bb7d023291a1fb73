"""The true daily hazards, and the tally of what they led one to expect."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.arrays import NONE, Floats, Ints
from orchestration.simulation.days import LAST_WEEK, Days
from orchestration.simulation.process import DEAL_TYPES, SalesProcess
from orchestration.simulation.settings import SimulationSettings

WON, LOST = 0, 1  # causes; after them, one per move of a stage
OLDEST, FURTHEST = 400, 100  # days of age and to the due date beyond which nothing changes
MOST_LIKELY = 0.9  # cap of the sum of a day's hazards


@dataclass(frozen=True)
class Circumstances:
    """What the hazards of some deals depend on, one element per deal."""

    stage: Ints
    age: Ints  # days in the stage, 0 on its first
    region: Ints
    due_in: Ints  # days to the expected close date
    amount_class: Ints
    deal_type: Ints


class TrueHazards:
    """The hazards of a process in a company's regions, ready to be looked up by day."""

    def __init__(self, settings: SimulationSettings, days: Days) -> None:
        """Lay the process out as tables by stage and class."""
        process = settings.process
        stages = process.open_stages
        self.stages, self.regions, self.ages = len(stages), len(settings.regions), len(process.age_edges)
        self.targets = move_targets(process)
        self.age_bucket = np.digitize(np.arange(OLDEST + 1), process.age_edges) - 1
        self.due_class = np.digitize(np.arange(-FURTHEST, FURTHEST + 1), process.due_edges)
        self._age = np.array([process.age_won, process.age_lost, process.age_move])
        self._base = np.array([[stage.won, stage.lost] for stage in stages]).T
        self._moves = np.zeros(self.targets.shape)
        for code, stage in enumerate(stages):
            self._moves[code, : len(stage.moves)] = list(stage.moves.values())
        self._region = np.array([[region.won, region.lost] for region in settings.regions]).T
        self._due = np.array([process.due_won, process.due_lost])
        self._amount = np.array([process.amount_won, process.amount_lost])
        self._type = np.array(
            [[factor[kind] for kind in DEAL_TYPES] for factor in (process.type_won, process.type_lost)]
        )
        self._week = np.array([process.week_won, process.week_lost])[:, days.weeks_to_quarter_end]
        self._weekday = np.array(process.weekday)[days.weekday]
        self._blocked = np.ones((self.stages, len(days)))
        if settings.blockage:
            code = process.open_names.index(settings.blockage.stage)
            covered = [settings.blockage.covers(days.date(day)) for day in range(len(days))]
            self._blocked[code, covered] = settings.blockage.factor

    def on(self, day: int, deals: Circumstances) -> Floats:
        """Hazards of a day, one row per cause and one column per deal."""
        bucket = self.bucket(deals.age)
        due = self.due_class[np.clip(deals.due_in, -FURTHEST, FURTHEST) + FURTHEST]
        hazards = np.empty((2 + self.targets.shape[1], len(deals.stage)))
        for cause in (WON, LOST):
            hazards[cause] = (
                self._base[cause, deals.stage] * self._age[cause, bucket] * self._week[cause, day]
            )
            hazards[cause] *= self._region[cause, deals.region] * self._due[cause, due]
            hazards[cause] *= self._amount[cause, deals.amount_class] * self._type[cause, deals.deal_type]
        hazards[2:] = self._moves[deals.stage].T * self._age[2, bucket]
        hazards *= self._weekday[day] * self._blocked[deals.stage, day]
        total = hazards.sum(axis=0)
        hazards *= np.minimum(1, MOST_LIKELY / np.maximum(total, MOST_LIKELY))
        return hazards

    def bucket(self, age: Ints) -> Ints:
        """The age bucket of each deal."""
        bucket: Ints = self.age_bucket[np.minimum(age, OLDEST)]
        return bucket


def move_targets(process: SalesProcess) -> Ints:
    """The stage that each move of each open stage leads to, NONE where a stage has fewer moves."""
    stages = process.open_stages
    targets = np.full((len(stages), max(len(stage.moves) for stage in stages)), NONE, dtype=np.int64)
    for code, stage in enumerate(stages):
        targets[code, : len(stage.moves)] = [process.open_names.index(name) for name in stage.moves]
    return targets


class Tally:
    """Deals at risk, events expected under the true hazards and events observed.

    `by_cell` is indexed by quantity, week to the quarter's end, stage, region and age bucket;
    `by_day` by quantity, day and stage. Quantities: at risk, then expected per cause, then
    observed per cause.
    """

    def __init__(self, hazards: TrueHazards, days: int) -> None:
        """An empty tally."""
        self._hazards = hazards
        self.causes = 2 + hazards.targets.shape[1]
        self._cells = (hazards.stages, hazards.regions, hazards.ages)
        self.by_cell = np.zeros((1 + 2 * self.causes, LAST_WEEK + 1, *self._cells))
        self.by_day = np.zeros((1 + 2 * self.causes, days, hazards.stages))

    def add(self, day: int, week: int, deals: Circumstances, hazards: Floats, cause: Ints) -> None:
        """Count one day: the deals at risk, their hazards, and the cause that struck (or NONE)."""
        cell = np.ravel_multi_index((deals.stage, deals.region, self._hazards.bucket(deals.age)), self._cells)
        size = int(np.prod(self._cells))
        counts = [np.bincount(cell, minlength=size)]
        counts += [np.bincount(cell, weights=hazard, minlength=size) for hazard in hazards]
        counts += [np.bincount(cell[cause == code], minlength=size) for code in range(self.causes)]
        cells = np.array(counts, dtype=np.float64).reshape(-1, *self._cells)
        self.by_cell[:, week] += cells
        self.by_day[:, day] += cells.sum(axis=(2, 3))
