"""What a scenario changes, in the terms of the fit: open deals by position, stages by code, factors."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from orchestration.forecast.classes import Ints
from orchestration.forecast.coherence import to_cents
from orchestration.forecast.fit import Fit
from orchestration.scenarios import STAGE, Conversion, Scenario, Selection, Win

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
SHOWN: Final = 3  # deals that a problem names


@dataclass(frozen=True)
class Conversions:
    """A factor on the chance to be won of deals that come to some stages; of all deals without stages."""

    by: float
    stages: Ints
    is_of_open: bool
    is_of_new: bool


@dataclass
class Effects:
    """All changes of a scenario together, and what in it could not be done.

    Per open deal: whether it is gone, the cents that it brings in each period if it is won, and by how many
    days its expected close date is shifted.
    """

    is_gone: Bools
    won_cents: Ints  # deal x period
    shifted_days: Ints
    conversions: list[Conversions] = field(default_factory=list)
    arrivals: float = 1.0
    open_size: float = 1.0
    new_size: float = 1.0
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, fit: Fit, scenario: Scenario) -> "Effects":
        """The effects of a scenario's changes, one after the other."""
        deals = len(fit.hazard.deals)
        effects = cls(
            np.zeros(deals, dtype=np.bool_),
            np.zeros((deals, len(fit.periods)), dtype=np.int64),
            np.zeros(deals, dtype=np.int64),
        )
        for change in scenario.changes:
            if change.drop:
                effects.is_gone[effects._chosen(fit, change.drop)] = True
            elif change.win:
                effects._win(fit, change.win)
            elif change.shift:
                effects._shift(fit, effects._chosen(fit, change.shift), change.shift.days)
            elif change.conversion:
                effects._convert(fit, change.conversion)
            elif change.arrivals:
                effects.arrivals *= change.arrivals.by
            elif change.size:
                effects.open_size *= change.size.by if change.size.of != "new" else 1
                effects.new_size *= change.size.by if change.size.of != "open" else 1
        return effects

    def _chosen(self, fit: Fit, selection: Selection) -> Ints:
        """Positions of the open deals that a change chooses."""
        if selection.deals is not None:
            return self._positions(fit, selection.deals)
        chosen = ~self.is_gone
        for name, values in (selection.where or {}).items():
            chosen &= _having(fit, name, values)
        if not chosen.any():
            words = ", ".join(
                f"{name} {' or '.join(values)}" for name, values in (selection.where or {}).items()
            )
            self.problems.append(f"no open deal has {words}")
        return np.flatnonzero(chosen)

    def _positions(self, fit: Fit, deal_ids: list[str]) -> Ints:
        """Positions of deals by their ids; those that are not open are told."""
        place = {deal_id: number for number, deal_id in enumerate(fit.hazard.deals.frame["deal_id"])}
        positions = [place[one] for one in deal_ids if one in place and not self.is_gone[place[one]]]
        missing = [one for one in deal_ids if one not in place]
        gone = [one for one in deal_ids if one in place and self.is_gone[place[one]]]
        if missing:
            self.problems.append(f"{_listed(missing)}: not open as of {fit.as_of}, so nothing changes by it")
        if gone:
            self.problems.append(f"{_listed(gone)}: dropped or won already by an earlier change")
        return np.unique(np.array(positions, dtype=np.int64))

    def _win(self, fit: Fit, win: Win) -> None:
        day = win.on or fit.as_of
        if day < fit.as_of:
            self.problems.append(
                f"{win.deal}: cannot be won on {day} any more: all before {fit.as_of} is known; it stays open"
            )
            return
        for position in self._positions(fit, [win.deal]):
            amount = fit.hazard.deals.amount[position] if win.amount is None else win.amount
            inside = [number for number, one in enumerate(fit.periods) if one.start <= day < one.end]
            if not inside:
                self.problems.append(f"{win.deal}: {day} is after the last period, so it counts in none")
            self.won_cents[position, inside] = to_cents(np.array(amount))
            self.is_gone[position] = True

    def _shift(self, fit: Fit, positions: Ints, days: int) -> None:
        dated = fit.hazard.deals.frame["close_date"].is_not_null().to_numpy()[positions]
        if not fit.hazard.path.has_dates:
            self.problems.append(
                "the forecast does not learn from expected close dates here: no shift changes it"
            )
        elif len(positions) and not dated.any():
            self.problems.append("no deal to be shifted has an expected close date")
        else:
            self.shifted_days[positions] += days

    def _convert(self, fit: Fit, change: Conversion) -> None:
        stages = list(_stage_codes(fit, change))
        if change.stage is not None and not stages:
            self.problems.append(
                f"the forecast knows no stage {change.stage!r}; it knows {', '.join(fit.aggregates.stages)}"
            )
            return
        self.conversions.append(
            Conversions(change.by, np.array(stages, dtype=np.int64), change.of != "new", change.of != "open")
        )


def _having(fit: Fit, name: str, values: list[str]) -> Bools:
    """Which open deals have one of the values of a segment, or are in one of the stages."""
    frame = fit.hazard.deals.frame
    if name == STAGE:
        return frame["stage"].is_in(values).fill_null(False).to_numpy()
    members = fit.aggregates["open_segments"].filter(
        pl.col("segment_name") == name, pl.col("segment_value").is_in(values)
    )
    return frame["deal_id"].is_in(members["deal_id"].to_list()).to_numpy()


def _stage_codes(fit: Fit, change: Conversion) -> Iterator[int]:
    """Codes of the stages of this name: hazards are learnt of "pipeline / stage"."""
    for code, name in enumerate(fit.aggregates.stages):
        is_stage = name.endswith(f" / {change.stage}")
        if is_stage and change.pipeline in (None, name.removesuffix(f" / {change.stage}")):
            yield code


def _listed(deal_ids: list[str]) -> str:
    more = len(deal_ids) - SHOWN
    return ", ".join(deal_ids[:SHOWN]) + (f" and {more} more" if more > 0 else "")
