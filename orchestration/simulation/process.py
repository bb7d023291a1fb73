"""The sales process and its true rates: what every estimate is measured against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from orchestration.simulation.arrays import NONE

NEW_BUSINESS: Final = "New Business"
EXPANSION: Final = "Expansion"
PIPELINES: Final = (NEW_BUSINESS, EXPANSION)
DEAL_TYPES: Final = ("new", "expansion", "renewal")
CATEGORIES: Final = ("Pipeline", "Best Case", "Commit", "Closed", "Omitted")


@dataclass(frozen=True)
class Stage:
    """One stage of a pipeline. `won`, `lost` and `moves` are hazards per day before any factor."""

    pipeline: str
    name: str
    order: int
    step: str
    probability: float
    category: str
    first_share: float = 0.0  # of the pipeline's deals that are created in this stage
    usual_days_left: int = 0  # what a rep expects until the close
    won: float = 0.0
    lost: float = 0.0
    moves: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_closed(self) -> bool:
        """Whether a deal ends here."""
        return self.step in ("customer", "lost")

    @property
    def is_won(self) -> bool:
        """Whether a deal ends here as a customer."""
        return self.step == "customer"


OPEN_STAGES: Final = (
    Stage(NEW_BUSINESS, "Qualified", 1, "qualified", 0.10, "Pipeline", 0.85, 80, 0.0002, 0.0105,
          {"Meeting": 0.0180, "Proposal": 0.0020, "Identified": 0.0004}),
    Stage(NEW_BUSINESS, "Meeting", 2, "meeting", 0.20, "Pipeline", 0.15, 60, 0.0005, 0.0090,
          {"Proposal": 0.0180, "Negotiation": 0.0015, "Qualified": 0.0012}),
    Stage(NEW_BUSINESS, "Proposal", 3, "proposal", 0.35, "Best Case", 0.0, 40, 0.0020, 0.0100,
          {"Negotiation": 0.0180, "Meeting": 0.0016}),
    Stage(NEW_BUSINESS, "Negotiation", 4, "negotiation", 0.60, "Commit", 0.0, 20, 0.0125, 0.0105,
          {"Proposal": 0.0025}),
    Stage(EXPANSION, "Identified", 1, "qualified", 0.25, "Pipeline", 0.80, 50, 0.0006, 0.0110,
          {"Offer": 0.0220, "Contract Review": 0.0016, "Qualified": 0.0004}),
    Stage(EXPANSION, "Offer", 2, "proposal", 0.40, "Best Case", 0.20, 32, 0.0030, 0.0120,
          {"Contract Review": 0.0210, "Identified": 0.0016}),
    Stage(EXPANSION, "Contract Review", 3, "negotiation", 0.65, "Commit", 0.0, 16, 0.0145, 0.0110,
          {"Offer": 0.0025}),
)  # fmt: skip

CLOSED_STAGES: Final = tuple(
    Stage(pipeline, name, order, step, probability, category)
    for pipeline in PIPELINES
    for name, order, step, probability, category in (
        ("Closed Won", 8, "customer", 1.0, "Closed"),
        ("Closed Lost", 9, "lost", 0.0, "Omitted"),
    )
)


def _types(**factors: float) -> Mapping[str, float]:
    return MappingProxyType(factors)


@dataclass(frozen=True)
class SalesProcess:
    """The true hazards: stage rates times a factor for each circumstance.

    Factors on age multiply each cause's rate; those on the week to the fiscal quarter's end (0 =
    its last seven days), the due class (days to the expected close date), the amount class and the
    deal type multiply won and lost; the weekday (Monday first) multiplies everything.
    """

    stages: tuple[Stage, ...] = OPEN_STAGES + CLOSED_STAGES
    age_edges: tuple[int, ...] = (0, 1, 3, 7, 14, 28, 56, 91, 140, 200, 300)
    age_move: tuple[float, ...] = (0.25, 0.6, 0.9, 1.1, 1.2, 1.15, 0.95, 0.75, 0.5, 0.4, 0.4)
    age_won: tuple[float, ...] = (0.2, 0.5, 0.8, 1.0, 1.15, 1.2, 1.0, 0.75, 0.55, 0.4, 0.35)
    age_lost: tuple[float, ...] = (0.15, 0.4, 0.7, 0.9, 1.0, 1.1, 1.3, 1.4, 1.5, 1.5, 1.5)
    week_won: tuple[float, ...] = (2.5, 2.1, 1.2, 1.0, 1.0, 0.9, 0.9, 0.9, 0.85, 0.85, 0.8, 0.8, 0.7, 0.7)
    week_lost: tuple[float, ...] = (1.2, 1.1, 1.0, 1.0, 0.95, 0.95, 0.95, 0.95, 1.0, 1.0, 1.0, 1.0, 1.3, 1.3)
    weekday: tuple[float, ...] = (1.3, 1.35, 1.35, 1.35, 1.4, 0.15, 0.1)
    due_edges: tuple[int, ...] = (
        -30,
        0,
        7,
        14,
        28,
        56,
        91,
    )  # lower bounds, in days, of all but the first class
    due_won: tuple[float, ...] = (0.6, 1.0, 2.2, 1.6, 1.15, 0.75, 0.5, 0.35)
    due_lost: tuple[float, ...] = (1.7, 1.4, 1.1, 1.0, 0.95, 0.9, 0.9, 0.9)
    amount_edges: tuple[int, ...] = (10_000, 30_000, 80_000)  # reporting currency
    amount_won: tuple[float, ...] = (1.35, 1.05, 0.75, 0.5)
    amount_lost: tuple[float, ...] = (0.95, 1.0, 1.1, 1.2)
    type_won: Mapping[str, float] = field(default_factory=lambda: _types(new=1.0, expansion=0.9, renewal=1.9))
    type_lost: Mapping[str, float] = field(
        default_factory=lambda: _types(new=1.0, expansion=1.1, renewal=0.55)
    )

    @property
    def open_stages(self) -> tuple[Stage, ...]:
        """The open stages; their positions are their codes, and come before the closed ones."""
        return tuple(stage for stage in self.stages if not stage.is_closed)

    @property
    def open_names(self) -> tuple[str, ...]:
        """The names of the open stages, unique over the pipelines."""
        return tuple(stage.name for stage in self.open_stages)

    def closing_code(self, pipeline: str, *, is_won: bool) -> int:
        """The code of a pipeline's stage for won or lost deals."""
        return next(
            code
            for code, stage in enumerate(self.stages)
            if stage.pipeline == pipeline and stage.is_closed and stage.is_won == is_won
        )

    def next_code(self, code: int) -> int:
        """The code of the open stage after an open one, NONE after the last."""
        here = self.stages[code]
        later = [
            (stage.order, other)
            for other, stage in enumerate(self.open_stages)
            if stage.pipeline == here.pipeline and stage.order > here.order
        ]
        return min(later)[1] if later else NONE
