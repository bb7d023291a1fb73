"""What becomes of the open deals: the probability of winning each, in each period and at all."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.forecast.aggregates import Aggregates, Segmentation, floats, ints
from orchestration.forecast.classes import AMOUNT_CLASSES, OLDEST, Floats, Ints, due_state
from orchestration.forecast.curves_ahead import CurvesAhead


@dataclass(frozen=True)
class OpenDeals:
    """The open deals in the order of the frame, in codes of the hazard model."""

    frame: pl.DataFrame
    stage: Ints
    combination: Ints  # segment x amount class
    amount_class: Ints
    age: Ints
    due: Ints
    amount: Floats
    is_assumed: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @classmethod
    def known_at(cls, aggregates: Aggregates, segmentation: Segmentation, as_of: date) -> "OpenDeals":
        """The deals that were open at the start of the as-of date."""
        frame = aggregates["open_deals"].filter(pl.col("as_of_date") == as_of)
        amount_class = ints(frame, "amount_class")
        has_dates = bool(aggregates["attributes"]["has_expected_dates"].item())
        due = due_state(floats(frame, "days_to_close"))
        return cls(
            frame=frame,
            stage=aggregates.stage_codes(frame["hazard_stage"]),
            combination=segmentation.codes(frame["segment_key"]) * len(AMOUNT_CLASSES) + amount_class,
            amount_class=amount_class,
            age=np.clip(ints(frame, "age_days"), 1, OLDEST),
            due=due if has_dates else np.zeros_like(due),
            amount=floats(frame, "amount"),
            is_assumed=frame["is_amount_assumed"].fill_null(False).to_numpy(),
        )

    def __len__(self) -> int:
        return self.frame.height


@dataclass(frozen=True)
class WinProbabilities:
    """Per open deal: of being won in each period (columns), and at all."""

    in_period: Floats
    ever: Floats


def win_probabilities(deals: OpenDeals, curves: CurvesAhead) -> WinProbabilities:
    """Win probabilities of the open deals in the current period, those after it, and at all."""
    place = curves.place(deals.combination)

    def of_deals(values: Floats) -> Floats:
        """Reward x profile x state x stage x age -> deal x reward."""
        found = values[:, :, deals.due, deals.stage, deals.age]
        mixed = [curves.profiles.mix(place, by_profile.T) for by_profile in found]
        return np.clip(np.array(mixed).reshape(len(values), len(deals)).T, 0, 1)

    current_and_ever = of_deals(curves.open_current)
    return WinProbabilities(
        in_period=np.column_stack([current_and_ever[:, 0], of_deals(curves.open_later)]),
        ever=current_and_ever.max(axis=1),
    )
