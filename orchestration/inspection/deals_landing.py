"""What the rows of the guessed file of deals become: its stage, its outcome, its dates and its money."""

from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.extracts.numbers import FLAGS
from orchestration.inspection.guesses import DealsGuess
from orchestration.inspection.money import written_currency
from orchestration.inspection.names import words
from orchestration.inspection.profile import ColumnProfile, FileProfile

STAGES: Final = 100  # values of a stage column up to which they are written out
CLOSING: Final = ("date", "close", "closed")  # words of dates that no stage has for itself
PLAIN: Final = (
    "deal_name", "pipeline", "currency", "created_at", "deal_type", "lead_source", "forecast_category",
    "next_step", "loss_reason", "modified_at",
)  # fmt: skip


@dataclass
class StartingLanding:
    """What rows of a file become, with a comment for lines that are guesses."""

    entity: str
    columns: dict[str, Any]
    comments: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, Any] = field(default_factory=dict)
    only_where_given: list[str] = field(default_factory=list)


def deals_landing(file: FileProfile, guess: DealsGuess, checks: list[str]) -> StartingLanding:
    """Deals of the file's rows; what a person should look at is added to `checks`."""
    landing = StartingLanding("deals", {"deal_id": guess.columns["deal_id"]})
    landing.comments["deal_id"] = "every row has another value"
    for target in ("account_id", "owner_id"):
        if target in guess.columns:
            landing.columns[target] = guess.columns[target]
    _add_stage(landing, file, guess, checks)
    _add_outcome(landing, guess, checks)
    _add_amount(landing, file, guess, checks)
    landing.columns |= {name: guess.columns[name] for name in PLAIN if name in guess.columns}
    if "created_at" not in guess.columns:
        checks.append("no column says when a deal was created: lifetimes cannot be told")
    _add_closing_dates(landing, guess, checks)
    return landing


def stage_entries(file: FileProfile, guess: DealsGuess, checks: list[str]) -> list[StartingLanding]:
    """Dates that are named for a stage say when a deal entered it: engage_date, of Engaging."""
    stage = guess.columns.get("stage")
    if stage is None:
        return []
    closing = (guess.columns.get("close_date"), guess.columns.get("closed_at"))
    made = []
    for column in file.columns:
        if column.kind not in ("date", "moment") or column.name in closing:
            continue
        entered = [text for text in file.column(stage).texts[:STAGES] if _is_named_for(column, text)]
        if len(entered) == 1:
            columns = {
                "deal_id": guess.columns["deal_id"],
                "changed_at": column.name,
                "field": "=stage",
                "new_value": f"={entered[0]}",
            }
            told = f"{column.name} is taken as the day on which a deal entered {entered[0]}"
            comments = {"changed_at": f"CHECK: {told}"}
            made.append(StartingLanding("deal_changes", columns, comments, only_where_given=["changed_at"]))
            checks.append(told)
    return made


def source_columns(columns: dict[str, Any]) -> set[str]:
    """The names of the file's columns that specifications name."""
    found: set[str] = set()
    for source in columns.values():
        if isinstance(source, dict):
            inner = source.get("first_given") or [source["from"]]
            found |= source_columns({str(at): each for at, each in enumerate(inner)})
        elif not source.startswith("="):
            found.add(source)
    return found


def _add_stage(landing: StartingLanding, file: FileProfile, guess: DealsGuess, checks: list[str]) -> None:
    stage = guess.columns.get("stage")
    if stage is None:
        flag = guess.columns.get("is_won")
        if flag is not None:
            won = {text: "Won" for text in file.column(flag).texts if FLAGS.get(text.lower())}
            landing.columns["stage"] = _flagged_stage(flag, won, file, guess.columns.get("is_closed"))
        else:
            landing.columns["stage"] = {"from": guess.columns["closed_at"], "values": {"*": "Won"}}
        landing.comments["stage"] = "CHECK: no column of stages was found"
        why = f"the flag {flag} says what is won" if flag else "all that has a closing date counts as won"
        checks.append(f"no column of stages was found: {why}")
    elif guess.outcome and guess.outcome != stage:
        closing = {value: value for value in (*guess.won, *guess.lost)}
        told = {"from": guess.outcome, "values": {**closing, "*": None}}
        landing.columns["stage"] = {"first_given": [told, stage]}
        landing.comments["stage"] = f"what {guess.outcome} says of closed deals, else {stage}"
    else:
        landing.columns["stage"] = stage


def _flagged_stage(
    flag: str, won: dict[str, str], file: FileProfile, closed_flag: str | None
) -> dict[str, Any]:
    """Won, Lost and Open as the flags say."""
    if closed_flag is None:
        return {"from": flag, "values": {**won, "*": "Open"}}
    closed = {text: "Lost" for text in file.column(closed_flag).texts if FLAGS.get(text.lower())}
    return {
        "first_given": [
            {"from": flag, "values": {**won, "*": None}},
            {"from": closed_flag, "values": {**closed, "*": "Open"}},
        ]
    }


def _add_outcome(landing: StartingLanding, guess: DealsGuess, checks: list[str]) -> None:
    """Whether a deal is closed and won: by flags, else by the words of the stage or outcome."""
    columns, outcome = guess.columns, guess.outcome
    if "is_won" in columns and "is_closed" in columns:
        landing.columns |= {"is_closed": columns["is_closed"], "is_won": columns["is_won"]}
    elif outcome:
        won, lost = dict.fromkeys(guess.won, True), dict.fromkeys(guess.lost, False)
        closed = dict.fromkeys((*guess.won, *guess.lost), True)
        landing.columns["is_closed"] = {"from": outcome, "values": {**closed, "*": False}}
        landing.columns["is_won"] = {"from": outcome, "values": {**won, "*": False}}
        landing.comments["is_won"] = f"CHECK: lost are {', '.join(lost) or 'none'}"
        if not lost:
            checks.append(f"no value of {outcome} says lost: every deal is won or open")
    elif "is_won" in columns:
        landing.columns["is_won"] = columns["is_won"]
    elif "stage" not in columns:
        closed_at = {"from": columns["closed_at"], "values": {"*": True}}
        landing.columns |= {"is_closed": closed_at, "is_won": closed_at}
    else:
        checks.append(f"no value of {columns['stage']} says won or lost: say under rows which stages do")


def _add_amount(landing: StartingLanding, file: FileProfile, guess: DealsGuess, checks: list[str]) -> None:
    amount = guess.columns.get("amount")
    if amount is None:
        checks.append("no column looks like an amount: nothing can be told in money without one")
        return
    landing.columns["amount"] = amount
    if "currency" not in guess.columns:
        code, why = written_currency(file, amount)
        landing.columns["currency"] = f"={code}"
        landing.comments["currency"] = f"CHECK: {why}"
        checks.append(f"amounts are taken as {code}: {why}")


def _add_closing_dates(landing: StartingLanding, guess: DealsGuess, checks: list[str]) -> None:
    """Close dates: the actual one before the expected one, and closed_at only where the deal is closed."""
    columns = guess.columns
    closed = [columns[name] for name in ("closed_at", "lost_at") if name in columns]
    dated = closed + ([columns["close_date"]] if "close_date" in columns else [])
    if not dated:
        checks.append("no column says when a deal closes: wins have no quarter without one")
        return
    landing.columns["close_date"] = dated[0] if len(dated) == 1 else {"first_given": dated}
    if not closed and "is_closed" not in landing.columns:
        return  # an expected date closes nothing
    told = closed or dated
    source: dict[str, Any] = {"from": told[0]} if len(told) == 1 else {"first_given": told}
    if "is_closed" in landing.columns:
        source["only_if"] = "is_closed"
    landing.columns["closed_at"] = source


def _is_named_for(column: ColumnProfile, stage: str) -> bool:
    """Whether a word of the column's name and one of the stage begin alike: engage, Engaging."""
    stems = {word[: max(4, len(word) - 2)][:5] for word in words(stage) if len(word) >= 4}
    named = [word for word in words(column.name) if word not in CLOSING]
    return any(word.startswith(stem) for stem in stems for word in named)
