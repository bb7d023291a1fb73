"""The classes that circumstances fall into; dbt_project/models/forecast cuts at the same edges."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AGE_EDGES: Final = (0, 1, 3, 7, 14, 28, 56, 91, 140, 200, 300)  # first day of each bucket of age in stage
OLDEST: Final = AGE_EDGES[-1]  # from this age on nothing changes
AMOUNT_CLASSES: Final = ("none", "up to median", "up to p80", "up to p95", "over p95")
TOP_AMOUNT: Final = 4
DUE_CLASSES: Final = (
    "none", "over 30 days late", "late", "0-6", "7-13", "14-27", "28-55", "56-90", "91 and more",
)  # fmt: skip

# Due states are finer: none, over 30 days late, late, thirteen weeks (0-6 to 84-90 days), 91 and more.
DUE_STATES: Final = 17
NO_DATE, VERY_LATE, LATE, THIS_WEEK, FAR = 0, 1, 2, 3, 16
DUE_CLASS_OF_STATE: Final = np.array([0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 8])

AGE_BUCKET: Final[Ints] = np.digitize(np.arange(OLDEST + 1), AGE_EDGES).astype(np.int64) - 1


def tally(codes: Ints, amounts: Floats, size: int) -> Floats:
    """Sum of the amounts of each code from 0 to `size` - 1."""
    return np.bincount(codes, amounts, size).astype(np.float64, copy=False)


def due_state(days_to_close: Floats) -> Ints:
    """The due state of each number of days to the expected close date; NaN means no date."""
    dated = ~np.isnan(days_to_close)
    days = np.where(dated, days_to_close, 0.0)
    week = THIS_WEEK + np.floor(np.clip(days, 0, 90) / 7).astype(np.int64)
    state = np.select([~dated, days < -30, days < 0, days > 90], [NO_DATE, VERY_LATE, LATE, FAR], week)
    return state.astype(np.int64)
