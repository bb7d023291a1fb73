"""Deals that are won more or less often, at the same pace: all of them, or those that come to a stage."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from orchestration.forecast.classes import Floats, Ints
from orchestration.forecast.curves_ahead import CurvesAhead, curves_ahead
from orchestration.forecast.fit import Fit
from orchestration.forecast.hazard_method import HazardForecast
from orchestration.forecast.not_yet_created import by_arrivals
from orchestration.forecast.open_deals import OpenDeals, win_probabilities
from orchestration.forecast.scenario_effects import Conversions

NEWBORN: Final = 1  # age in days at which a new deal is first at risk after its day of creation


@dataclass(frozen=True)
class Chances:
    """Per open deal: to be won in each period (columns), and at all."""

    in_period: Floats
    ever: Floats


@dataclass(frozen=True)
class Paths:
    """The curves of a fit, and those past some stages: each is worked out once, for all scenarios."""

    fit: Fit
    _past: dict[tuple[int, ...], CurvesAhead] = field(default_factory=dict)

    @property
    def every(self) -> CurvesAhead:
        """The curves as they were fitted."""
        return self.fit.hazard.curves

    def past(self, stages: Ints) -> CurvesAhead:
        """The curves if nothing came out of some stages."""
        key = tuple(stages.tolist())
        if key not in self._past:
            self._past[key] = _blocked(self.fit, stages)
        return self._past[key]


def converted(paths: Paths, deals: OpenDeals, chances: Chances, change: Conversions) -> Chances:
    """The chances after a conversion is scaled: what leads through its stages is, up to certainty.

    A deal's chance to be won after it was in a stage is its chance less the one that it has where nothing
    comes out of that stage. So a factor above 1 raises the chances of every period, and none lowers any.
    """
    share, share_ever = np.ones_like(chances.in_period), np.ones_like(chances.ever)
    if len(change.stages):
        through = win_probabilities(deals, paths.every)
        past = win_probabilities(deals, paths.past(change.stages))
        share, share_ever = _share(past.in_period, through.in_period), _share(past.ever, through.ever)
    gain = _gain(change.by, chances.ever, share_ever)
    return Chances(
        np.clip(chances.in_period * (1 + gain[:, None] * share), 0, 1),
        np.clip(chances.ever * (1 + gain * share_ever), 0, 1),
    )


def growth_of_new(paths: Paths, changes: Sequence[Conversions]) -> Floats:
    """Per period, the factor on what deals not created yet bring, by the same rule.

    Where arrivals cannot be learnt, nothing says through which stages new deals go: a conversion of a stage
    leaves them as they are.
    """
    growth, ever = np.ones(len(paths.fit.periods)), _new_ever(paths.fit.hazard, paths.every)
    for change in changes:
        share, share_ever = _new_shares(paths, change.stages)
        gain = _gain(change.by, ever, share_ever)
        growth = growth * (1 + gain * share)
        ever = ever * (1 + gain * share_ever)
    return growth


def _new_shares(paths: Paths, stages: Ints) -> tuple[Floats, Floats]:
    """The part of new deals' revenue per period, and of their chance at all, that leads through stages."""
    if not len(stages):
        return np.ones(len(paths.fit.periods)), np.ones(1)
    hazard, blocked = paths.fit.hazard, paths.past(stages)
    past, through = (
        by_arrivals(hazard.arrivals, curves, hazard.path, hazard.won_amounts)
        for curves in (blocked, paths.every)
    )
    return _share(past, through), _share(_new_ever(hazard, blocked), _new_ever(hazard, paths.every))


def _blocked(fit: Fit, stages: Ints) -> CurvesAhead:
    """The curves if nothing came out of some stages: what is won past them."""
    hazards, curves = fit.hazard.hazards, fit.hazard.curves
    base, moves = hazards.won.base.copy(), hazards.moves.copy()
    base[stages], moves[stages] = 0, 0
    return curves_ahead(
        replace(hazards, won=replace(hazards.won, base=base), moves=moves),
        fit.hazard.path,
        curves.combinations,
        fit.calendar,
        fit.as_of,
        fit.periods,
    )


def _share(past: Floats, through: Floats) -> Floats:
    """The part of chances that is lost if they cannot lead through a stage."""
    lost = 1 - np.divide(past, through, out=np.ones_like(through), where=through > 0)
    share: Floats = np.clip(lost, 0, 1)
    return share


def _gain(by: float, ever: Floats, share: Floats) -> Floats:
    """By how much a chance through the stages grows; what it is at all stays at 1 or below."""
    most = np.divide(1 - ever, ever * share, out=np.full_like(ever, np.inf), where=ever * share > 0)
    gain: Floats = np.minimum(by - 1, most)
    return gain


def _new_ever(hazard: HazardForecast, curves: CurvesAhead) -> Floats:
    """The chance of a new deal to be won at all; one element."""
    arrivals = hazard.arrivals
    if not len(arrivals.combinations):
        return np.zeros(1)
    weights = curves.profiles.weights[curves.place(arrivals.combinations)]
    by_kind = np.einsum("ps,si->pis", weights.T @ arrivals.shares, hazard.path.at_creation)
    return np.array([(by_kind * curves.open_current[-1][..., NEWBORN]).sum()])
