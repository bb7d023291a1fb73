"""The state of every deal while a simulation runs; each change of it goes into the ledger."""

from enum import IntEnum

import numpy as np

from orchestration.simulation.arrays import NONE, Flags, Ints
from orchestration.simulation.exchange_rates import ExchangeRates
from orchestration.simulation.ledger import Field, LedgerBook
from orchestration.simulation.process import CATEGORIES, PIPELINES, SalesProcess


class Moment(IntEnum):
    """The order in which a deal's changes of one day happen."""

    CREATED = 0
    REASSIGNED = 1
    REMOVED = 2
    PASSED_THROUGH = 3  # a stage entered on the very day of the close
    EXIT = 4
    REVISED = 5
    PUSHED = 6
    REOPENED = 7


class Pipeline:
    """Every deal's current values, by deal, and what its hazards depend on.

    `created`, `entered` (the current stage) and `closed` are day numbers. `original` is the deal
    that a duplicate repeats.
    """

    def __init__(self, deals: int, process: SalesProcess, rates: ExchangeRates) -> None:
        """A pipeline in which no deal exists yet."""
        self.process = process
        self.rates = rates
        self.book = LedgerBook()
        self.values = {field: np.full(deals, NONE, dtype=np.int64) for field in Field}
        self.region, self.currency, self.account, self.deal_type, self.source = (
            np.full(deals, NONE, dtype=np.int64) for _ in range(5)
        )
        self.created, self.entered, self.closed, self.amount_class, self.last_open_stage, self.original = (
            np.full(deals, NONE, dtype=np.int64) for _ in range(6)
        )
        self.reopens = np.full(deals, NONE, dtype=np.int64)
        self.is_open: Flags = np.zeros(deals, dtype=np.bool_)
        self._pipeline_of = np.array([PIPELINES.index(stage.pipeline) for stage in process.stages])
        self._category_of = np.array([CATEGORIES.index(stage.category) for stage in process.stages])
        self._amount_edges = np.array(process.amount_edges) * 100

    @property
    def stage(self) -> Ints:
        """Each deal's stage."""
        return self.values[Field.STAGE]

    @property
    def owner(self) -> Ints:
        """Each deal's owner."""
        return self.values[Field.OWNER_ID]

    @property
    def close_day(self) -> Ints:
        """Each deal's expected close day, or the day it closed."""
        return self.values[Field.CLOSE_DATE]

    @property
    def amount(self) -> Ints:
        """Each deal's amount in cents of its own currency."""
        return self.values[Field.AMOUNT]

    def set(
        self, field: Field, day: int, moment: Moment, deals: Ints, new: Ints, by: Ints | None = None
    ) -> None:
        """Change a field of some deals; what stays as it was is no change."""
        old = self.values[field][deals]
        differs = old != new
        deals, old, new = deals[differs], old[differs], new[differs]
        author = self.owner[deals] if by is None else by[differs]
        self.book.record(field, day, moment, deals, old, new, author)
        self.values[field][deals] = new

    def enter_stage(self, day: int, moment: Moment, deals: Ints, stage: Ints) -> None:
        """Put deals into a stage, with the pipeline and forecast category that go with it."""
        self.set(Field.PIPELINE, day, moment, deals, self._pipeline_of[stage])
        self.set(Field.STAGE, day, moment, deals, stage)
        self.set(Field.FORECAST_CATEGORY, day, moment, deals, self._category_of[stage])
        self.entered[deals] = day

    def set_amount(self, day: int, moment: Moment, deals: Ints, cents: Ints, month: int) -> None:
        """Change amounts, and the amount classes that go with them."""
        self.set(Field.AMOUNT, day, moment, deals, cents)
        reporting = self.rates.to_reporting(cents, self.currency[deals], month)
        self.amount_class[deals] = np.digitize(reporting, self._amount_edges)
