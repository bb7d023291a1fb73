"""Salesforce's ids of 15 characters, in which case matters, as those of 18, in which it does not."""

from typing import Final

import numpy as np
import polars as pl

from orchestration.extracts.entities import TEXT

SHORT: Final = r"^[A-Za-z0-9]{15}$"
CHECK_CHARACTERS: Final = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)


def long_ids(text: pl.Expr) -> pl.Expr:
    """The text with each id of 15 letters and digits as that of 18; anything else stays as it is.

    Each of the three more characters says which of five are capital letters, the first being the lowest bit.
    Source: Salesforce, "Record IDs: 15-character case-sensitive and 18-character case-insensitive".
    """
    return text.map_batches(_long_ids, return_dtype=TEXT, is_elementwise=True)


def _long_ids(texts: pl.Series) -> pl.Series:
    is_short = ((texts.str.len_bytes() == 15) & texts.str.contains(SHORT)).fill_null(False)
    if not is_short.any():
        return texts
    short = texts.filter(is_short)
    characters = np.frombuffer("".join(short.to_list()).encode(), dtype=np.uint8).reshape(-1, 15)
    is_capital = (characters >= ord("A")) & (characters <= ord("Z"))
    codes = is_capital.reshape(-1, 3, 5) @ (1 << np.arange(5))
    long = np.concatenate([characters, CHECK_CHARACTERS[codes]], axis=1)
    known = pl.Series(long.reshape(-1).view("S18").astype("U18").tolist(), dtype=TEXT)
    return texts.scatter(is_short.arg_true(), known)
