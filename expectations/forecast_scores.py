"""What forecast.forecast_scores must hold: one row per basis, method and phase."""

from expectations.forecast_quarters import METHODS
from expectations.suite import Suite, at_least, in_set, no_rows, probability, unique

_KEY = ("basis", "method", "phase")

SUITE = Suite(
    name="forecast_scores",
    source="forecast.forecast_scores",
    key=_KEY,
    checks=(
        unique("score_unique", _KEY, "Each method is scored once at each phase."),
        in_set("score_basis_known", "basis", ("backtest", "ledger"), "A score says what it is of."),
        in_set("score_method_known", "method", METHODS, "A score names its method."),
        probability("score_phase_in_range", "phase", "The part of the period that was over is a share."),
        at_least("score_counts_forecasts", "n_forecasts", 1, "A score is of some forecasts."),
        at_least("wape_not_negative", "wape", 0, "An average error is not below 0."),
        at_least("pinball_not_negative", "pinball", 0, "What a range costs is not below 0."),
        probability("brier_in_range", "brier", "The mean squared error of chances is at most 1."),
        probability("coverage_in_range", "coverage", "How often the range held is a share."),
        no_rows(
            "bias_within_wape",
            """
            select basis, method, phase, wape, bias
            from {batch}
            where abs(bias) > wape + {threshold}
            order by all
            """,
            "Errors with signs do not come to more than errors without.",
            expected="bias between -wape and wape",
            threshold=1e-6,  # both are rounded to this
        ),
    ),
)
