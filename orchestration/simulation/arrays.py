"""The array types of the simulation: one element per deal, lead, owner or day."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NONE = -1  # the code of "no value" in an array of codes


def labels(codes: Ints, names: Sequence[str]) -> pl.Series:
    """The name of each code, null for NONE."""
    positions = pl.Series(codes).set(pl.Series(codes == NONE), None)
    return pl.Series(names, dtype=pl.String).gather(positions)


def identifiers(letter: str, codes: Ints) -> pl.Series:
    """Ids such as D0000042, null for NONE."""
    padded = pl.Series(codes).cast(pl.String).str.zfill(7)
    return (letter + padded).set(pl.Series(codes == NONE), None)


def money(cents: Ints) -> pl.Series:
    """Amounts with two decimals, exactly."""
    text = pl.Series(cents // 100).cast(pl.String) + "." + pl.Series(cents % 100).cast(pl.String).str.zfill(2)
    return text.cast(pl.Decimal(18, 2))
