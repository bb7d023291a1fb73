"""Ids as Salesforce writes them: 18 characters, the last three of which tell upper from lower case."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from orchestration.simulation.forms import Tables

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
PREFIXES: Final = {"A": "001", "U": "005", "D": "006", "L": "00Q", "P": "00k"}
# account, user, opportunity, lead and product line
INSTANCE: Final = "Fc"  # the server on which a record was made
NUMBER_LENGTH: Final = 10
FIRST: Final = 62**5 * 41 + 7  # an organisation's numbers do not begin at nothing
CHUNK: Final = 5


def translated(tables: Tables) -> Tables:
    """The tables with every id as Salesforce writes it; their order stays."""
    return {name: _translated(frame) for name, frame in tables.items()}


def _translated(frame: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in frame.columns if name.endswith("_id") or name == "changed_by"]
    frame = frame.with_columns(_with_new_ids(frame[name]) for name in names)
    if "field" not in frame.columns:
        return frame
    of_owners = pl.col("field") == "owner_id"
    return frame.with_columns(
        pl.when(of_owners)
        .then(_with_new_ids(frame[name].set(frame["field"] != "owner_id", None)))
        .otherwise(name)
        .alias(name)
        for name in ("new_value", "old_value")
    )


def _with_new_ids(ids: pl.Series) -> pl.Series:
    old = ids.drop_nulls().unique()
    new = [record_id(PREFIXES[one[0]], int(one[1:])) for one in old]
    return ids.replace_strict(old, pl.Series(new, dtype=pl.String), default=None, return_dtype=pl.String)


def record_ids(prefix: str, numbers: Iterable[int]) -> pl.Series:
    """The ids of an object's records of these numbers."""
    return pl.Series("Id", [record_id(prefix, number) for number in numbers], dtype=pl.String)


def record_id(prefix: str, number: int) -> str:
    """The id of an object's record of this number."""
    number += FIRST
    digits = []
    for _ in range(NUMBER_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    short = prefix + INSTANCE + "".join(reversed(digits))
    return short + checksum(short)


def checksum(short: str) -> str:
    """The three characters that a 15-character id is made unique with where case is ignored."""
    chunks = (short[start : start + CHUNK] for start in range(0, len(short), CHUNK))
    return "".join(
        CHECKS[sum(1 << place for place, character in enumerate(chunk) if character.isupper())]
        for chunk in chunks
    )
