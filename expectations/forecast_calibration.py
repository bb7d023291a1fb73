"""What forecast.forecast_calibration must hold: one row per basis, method and band of chances."""

from expectations.forecast_quarters import METHODS
from expectations.suite import Suite, at_least, in_set, no_rows, probability, unique

_KEY = ("basis", "method", "p_from")

SUITE = Suite(
    name="forecast_calibration",
    source="forecast.forecast_calibration",
    key=_KEY,
    checks=(
        unique("calibration_unique", _KEY, "Each band of chances stands once for each method."),
        in_set("calibration_method_known", "method", METHODS, "A row names its method."),
        at_least("calibration_counts_deals", "n_forecasts", 1, "A band has deals."),
        probability("won_share_in_range", "won_share", "What was won of them is a share."),
        no_rows(
            "expected_share_in_band",
            """
            select basis, method, p_from, p_to, expected_share
            from {batch}
            where expected_share not between p_from - {threshold} and p_to + {threshold}
            order by all
            """,
            "The mean chance of the deals in a band lies in it.",
            expected="p_from <= expected_share <= p_to",
            threshold=1e-6,  # it is rounded to this
        ),
    ),
)
