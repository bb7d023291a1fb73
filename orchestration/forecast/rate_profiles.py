"""Few pairs of rate multipliers that stand for every combination of segment and amount class."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from orchestration.forecast.classes import Floats, Ints

MOST_EXACT: Final = 16  # combinations up to which each has a profile of its own
NODES: Final = 4  # per multiplier beyond that


@dataclass(frozen=True)
class RateProfiles:
    """Multipliers of winning and losing, and each combination's weights on them.

    A win curve is a smooth function of the two multipliers, so beyond sixteen combinations it is
    computed at 4 x 4 Chebyshev points of their logs and interpolated: cost no longer grows with
    segments. Source: Berrut & Trefethen, "Barycentric Lagrange interpolation", 2004.
    """

    won: Floats
    lost: Floats
    weights: Floats  # combination x profile, rows sum to 1

    @classmethod
    def of(cls, won: Floats, lost: Floats) -> "RateProfiles":
        """Profiles for combinations with these multipliers."""
        pairs, inverse = np.unique(np.column_stack([won, lost]), axis=0, return_inverse=True)
        if len(pairs) <= MOST_EXACT:
            return cls(pairs[:, 0], pairs[:, 1], np.eye(len(pairs))[inverse.ravel()])
        won_nodes, won_weights = _interpolation(np.log(won))
        lost_nodes, lost_weights = _interpolation(np.log(lost))
        weights = won_weights[:, :, None] * lost_weights[:, None, :]
        return cls(
            np.exp(np.repeat(won_nodes, len(lost_nodes))),
            np.exp(np.tile(lost_nodes, len(won_nodes))),
            weights.reshape(len(won), -1),
        )

    def mix(self, combination: Ints, values: Floats) -> Floats:
        """The value for each combination, from `values` with a row per element and a column per profile."""
        mixed: Floats = (self.weights[combination] * values).sum(axis=-1)
        return mixed


def _interpolation(at: Floats) -> tuple[Floats, Floats]:
    """Chebyshev points over the range of `at`, and the Lagrange weights of each element on them."""
    low, high = float(at.min()), float(at.max())
    if high - low < 1e-9:
        return np.array([low]), np.ones((len(at), 1))
    nodes = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
    weights = np.ones((len(at), NODES))
    for node in range(NODES):
        for other in range(NODES):
            if other != node:
                weights[:, node] *= (at - nodes[other]) / (nodes[node] - nodes[other])
    return nodes, weights
