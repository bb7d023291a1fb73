"""What the words of a stage say of it: which step of the process it is, and whether it is won or lost."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.inspection.names import words


@dataclass(frozen=True)
class StageGuess:
    """One stage as its words tell it; `step` is None where they do not."""

    stage: str
    step: str | None
    rank: float

    @property
    def is_won(self) -> bool:
        """Whether the words say won."""
        return self.step == "customer"

    @property
    def is_closed(self) -> bool:
        """Whether the words say won or lost."""
        return self.step in ("customer", "lost")


UNKNOWN_RANK = 2.5  # in the midst of the open stages


@cache
def _stems() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("stage_words.yaml").read_text("utf-8"))
    return content


def stage_guess(stage: str) -> StageGuess:
    """The step that a stage's words stand for."""
    spoken = words(stage)
    steps = [next(iter(each.items())) for each in _stems()["open"]]
    if _speaks(spoken, _stems()["lost"]):
        return StageGuess(stage, "lost", len(steps) + 2)
    if _speaks(spoken, _stems()["won"]):
        return StageGuess(stage, "customer", len(steps) + 1)
    for rank, (step, stems) in enumerate(steps):
        if _speaks(spoken, stems):
            return StageGuess(stage, step, rank)
    return StageGuess(stage, None, UNKNOWN_RANK)


def in_order(stages: list[str]) -> list[StageGuess]:
    """Stages in the order of a usual process; those that no word tells in its midst, as they came."""
    guesses = [stage_guess(stage) for stage in stages]
    return sorted(guesses, key=lambda guess: (guess.rank, _place(guess)))


def _place(guess: StageGuess) -> int:
    """Where the stage's first telling word stands among those of its step."""
    steps = {step: stems for each in _stems()["open"] for step, stems in each.items()}
    spoken = words(guess.stage)
    stems = steps.get(guess.step or "", [])
    return next((at for at, stem in enumerate(stems) if _speaks(spoken, [stem])), len(stems))


def _speaks(spoken: list[str], stems: list[str]) -> bool:
    text = " ".join(spoken)
    return any(stem in text if " " in stem else any(w.startswith(stem) for w in spoken) for stem in stems)
