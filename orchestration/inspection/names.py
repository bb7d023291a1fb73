"""How well the name of a column or file says what it is, in the words of many CRMs and languages."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

SPELT_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@cache
def synonyms() -> dict[str, Any]:
    """The words for files and columns."""
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("synonyms.yaml").read_text("utf-8"))
    return content


def words(name: str) -> list[str]:
    """The words of a name, without accents and case: CloseDate, close_date and 'Close Date' are alike."""
    spelt = unicodedata.normalize("NFC", name).lower().translate(SPELT_OUT) if not name.isascii() else name
    divided = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", spelt)
    bare = unicodedata.normalize("NFKD", divided).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z]+|\d+", bare)


def fitness(name: str, phrases: Sequence[str]) -> float:
    """How well a column's name fits one of the phrases: 0 not at all, 1 exactly the first of them."""
    spoken = words(name)
    joined = "".join(spoken)
    best = 0.0
    for rank, phrase in enumerate(phrases):
        wanted = phrase.split()
        if joined == "".join(wanted):
            best = max(best, 1.0 - rank / 200)
        elif len(joined) > 2 and len("".join(wanted)) > 2 and _contains(spoken, wanted):
            best = max(best, 0.3 + 0.4 * len(wanted) / len(spoken) - rank / 500)
    return best


def file_fitness(name: str, entity: str) -> int:
    """How many of a file name's words stand for this entity."""
    return len(set(words(name)) & set(synonyms()["files"].get(entity, ())))


def has_word(name: str, kind: str) -> bool:
    """Whether one of a name's words is listed under this kind."""
    return any(_is_listed(word, kind) for word in words(name))


def is_personal(column: str, file: str) -> bool:
    """Whether a column's name, in a file of this name, says that its values name people."""
    spoken = words(column)
    is_name = spoken in (["name"], ["first", "name"], ["last", "name"], ["full", "name"])
    if spoken[-1:] == ["id"]:
        return False
    joined = {"".join(spoken[at : at + 2]) for at in range(len(spoken))}
    is_of_people = any(_is_listed(word, "people") for word in {*spoken, *joined})
    return is_of_people or (is_name and has_word(file, "files_of_people"))


def _contains(spoken: Sequence[str], wanted: Sequence[str]) -> bool:
    if len(wanted) > 1 and "".join(wanted) in spoken:  # closedate, createdate
        return True
    length = len(wanted)
    return any(list(spoken[at : at + length]) == list(wanted) for at in range(len(spoken) - length + 1))


def _is_listed(word: str, kind: str) -> bool:
    return word in synonyms()["words"][kind]
