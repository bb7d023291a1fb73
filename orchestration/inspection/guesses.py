"""Which file of an unknown CRM holds deals, and which of its columns is what: by names and by contents."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from orchestration.inspection.names import file_fitness, fitness, synonyms, words
from orchestration.inspection.profile import ColumnProfile, FileProfile, clear_columns
from orchestration.inspection.stage_words import stage_guess

FITTING: Final = 0.45  # fitness of a name from which it counts
WORDED: Final = 0.3  # bonus of a column whose values are stages by their words
DATES: Final = ("date", "moment")
NUMBERS: Final = ("amount", "number")
WORDS: Final = ("id", "category", "text", "number")
FEW_ROWS: Final = 10  # in which stages or teams may all be different by chance
LEAST_SCORE: Final = 5  # of the file that is taken to hold deals


@dataclass(frozen=True)
class DealsGuess:
    """The file of deals and its columns; `outcome` is the column whose words say won or lost."""

    number: int
    parts: tuple[int, ...]  # this file and others with the same header
    columns: dict[str, str]
    outcome: str | None
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    score: float = 0.0
    notes: dict[str, str] = field(default_factory=dict)


def guessed_columns(file: FileProfile, entity: str) -> dict[str, str]:
    """The column of the file for each canonical column of an entity, the best fitting names first."""
    clear = clear_columns(file.table.header)
    choices = [
        (score + (WORDED if target == "stage" and _is_worded(column) else 0), target, column.name)
        for target, phrases in synonyms()["columns"][entity].items()
        for column in file.columns
        if column.position in clear and _may_be(target, column)
        if (score := fitness(column.name, phrases)) >= FITTING
    ]
    chosen: dict[str, str] = {}
    for _, target, name in sorted(choices, key=lambda choice: -choice[0]):
        if target not in chosen and name not in chosen.values():
            chosen[target] = name
    return chosen


def guessed_deals(files: Sequence[FileProfile]) -> DealsGuess | None:
    """The file that holds deals; None where none looks like it."""
    headed = [(number, file) for number, file in enumerate(files) if not file.is_headerless]
    guesses = [guess for number, file in headed if (guess := _deals(number, file, files))]
    best = max(guesses, key=lambda guess: guess.score, default=None)
    return best if best and best.score >= LEAST_SCORE else None


def closing_values(column: ColumnProfile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values whose words say won, and those that say lost."""
    if column.kind not in ("category", "text") or not column.values.is_whole or column.distinct > 200:
        return (), ()
    guesses = [stage_guess(text) for text in column.texts]
    won = tuple(guess.stage for guess in guesses if guess.is_won)
    return won, tuple(guess.stage for guess in guesses if guess.is_closed and not guess.is_won)


def _deals(number: int, file: FileProfile, files: Sequence[FileProfile]) -> DealsGuess | None:
    columns = guessed_columns(file, "deals")
    clear = clear_columns(file.table.header)
    if "deal_id" not in columns:
        keys = [key for key in file.keys if key.position in clear and key.kind in ("id", "text", "number")]
        if not keys:
            return None
        columns["deal_id"] = next((key for key in keys if key.kind == "id"), keys[0]).name
        for target in [each for each, name in columns.items() if name == columns["deal_id"]][:-1]:
            del columns[target]
    outcome, won, lost = _outcome(file, columns)
    if outcome and "stage" not in columns:
        columns["stage"] = outcome
    if not outcome and not {"stage", "closed_at", "is_won"} & columns.keys():
        return None
    told = sum(name in columns for name in ("amount", "owner_id", "account_id", "created_at"))
    told += bool({"close_date", "closed_at"} & columns.keys())
    own = min(1, file_fitness(file.name, "deals"))
    other = any(file_fitness(file.name, entity) for entity in ("leads", "accounts", "owners"))
    of_parts = any(file_fitness(file.name, entity) for entity in ("deal_changes", "stages"))
    is_keyed = bool({"deal", "opportunity"} & set(words(columns["deal_id"])))
    score = (
        2 + told + 3 * own + 3 * bool(won or lost) + 2 * is_keyed
        - 4 * of_parts - 2 * (other and not own)
    )  # fmt: skip
    parts = tuple(at for at, each in enumerate(files) if each.table.header == file.table.header)
    return DealsGuess(number, parts, columns, outcome, won, lost, score + min(0.9, file.rows / 1e6))


def _outcome(
    file: FileProfile, columns: dict[str, str]
) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """The column whose words say won or lost, the stage before others, and its values that do."""
    named = [columns["stage"]] if "stage" in columns else []
    clear = clear_columns(file.table.header)
    others = [column.name for column in file.columns if column.position in clear]
    for name in dict.fromkeys([*named, *others]):
        column = file.column(name)
        won, lost = closing_values(column)
        if won and (name in named or column.distinct <= 30):
            return name, won, lost
    return None, (), ()


def _may_be(target: str, column: ColumnProfile) -> bool:
    """Whether a column's contents, and the other words of its name, allow it to be this."""
    if column.kind == "blank" or set(words(column.name)) & set(synonyms()["never"].get(target, ())):
        return False
    is_one_each = column.is_unique and column.values.rows > FEW_ROWS
    if target in ("deal_id", "lead_id"):
        return column.is_unique
    if target.endswith(("_at", "_date")):
        return column.kind in DATES
    if target == "amount":
        return (column.kind in NUMBERS and not column.is_unique) or column.kind == "amount"
    if target.startswith("is_"):
        return column.kind == "flag"
    if target == "currency":
        return all(len(text) == 3 and text.isalpha() for text in column.texts[:20])
    if target == "stage":
        return column.kind in ("category", "text", "id", "number") and not is_one_each
    if target in ("owner_id", "manager_id", "team") and is_one_each:
        return False
    return column.kind in WORDS


def _is_worded(column: ColumnProfile) -> bool:
    texts = column.texts[:20]
    return column.kind == "category" and sum(stage_guess(text).step is not None for text in texts) * 2 >= len(
        texts
    )
