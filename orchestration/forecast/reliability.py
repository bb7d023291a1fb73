"""How far a forecast can be trusted, in a word and a sentence."""

from dataclasses import dataclass
from typing import Final

TOO_FEW_WINS: Final = 15
FLOOR_SHARE: Final = 0.8  # of the sampling error of a period's wins; measured on the back-tests
LIMITED_ERROR: Final = 0.15
LIMITED_PERIODS: Final = 4
NO_WIN_SEEN: Final = "no deal was seen to be won after it had been open"


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


def without_arrivals(verdict: Reliability, why: str, past_periods: int, is_win_seen: bool) -> Reliability:
    """The verdict where new deals cannot be learnt from arrivals but, at best, from past periods."""
    if past_periods == 0:
        reason = f"{why}, and no past period shows wins: new deals are left out"
        return Reliability("too_few", reason if is_win_seen else f"{reason}; {NO_WIN_SEEN}")
    if not verdict.has_range:
        return verdict
    periods = "period" if past_periods == 1 else f"{past_periods} periods"
    return Reliability("limited", f"{why}: new deals are what the last {periods} let expect")
