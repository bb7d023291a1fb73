"""How far a forecast can be trusted, in a word and a sentence."""

from dataclasses import dataclass
from typing import Final

TOO_FEW_WINS: Final = 15
FLOOR_SHARE: Final = 0.8  # of the sampling error of a period's wins; measured on the back-tests
LIMITED_ERROR: Final = 0.15
LIMITED_PERIODS: Final = 4


@dataclass(frozen=True)
class Reliability:
    """`verdict` is good, limited or too_few."""

    verdict: str
    reason: str

    @property
    def has_range(self) -> bool:
        """Whether there are enough wins for a range."""
        return self.verdict != "too_few"


def judge(wins: float, ended_periods: int, wins_a_period: float, squared_variation: float) -> Reliability:
    """The verdict from wins in the history, whole periods seen, and the floor that no method beats.

    The floor: at the start of a period the relative error of any forecast is about
    0.8 x sqrt((1 + squared variation of amounts) / wins in the period), the noise of its own deals.
    """
    if wins < TOO_FEW_WINS:
        return Reliability(
            "too_few", f"{wins:.0f} wins in the history; a forecast with a range needs {TOO_FEW_WINS}"
        )
    floor = FLOOR_SHARE * ((1 + squared_variation) / max(wins_a_period, 1)) ** 0.5
    noise = (
        f"about {wins_a_period:.0f} wins a period: at its start no method can be expected to err by less "
        f"than {floor:.0%}"
    )
    if ended_periods < LIMITED_PERIODS:
        periods = "period" if ended_periods == 1 else "periods"
        return Reliability("limited", f"the history holds {ended_periods} whole {periods}; {noise}")
    return Reliability("limited" if floor > LIMITED_ERROR else "good", noise)
