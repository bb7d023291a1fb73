"""What forecast.forecast_call_scores must hold: one row per person and phase."""

from expectations.suite import Suite, at_least, no_rows, not_null, probability, unique

_KEY = ("owner_id", "phase")

SUITE = Suite(
    name="forecast_call_scores",
    source="forecast.forecast_call_scores",
    key=_KEY,
    checks=(
        unique("call_score_unique", _KEY, "Each person is scored once at each phase."),
        not_null("owner_id", "A score is of a person.", name="call_score_owner_not_null"),
        probability("call_score_phase_in_range", "phase", "The part of the period that was over is a share."),
        at_least("call_score_counts_periods", "n_periods", 1, "A score is of some periods."),
        at_least("call_wape_not_negative", "wape", 0, "An average error is not below 0."),
        no_rows(
            "call_bias_is_called_less_brought",
            """
            select owner_id, phase, called, actual, wape, bias
            from {batch}
            where
                abs(bias) > wape + {threshold}
                or abs(bias * actual - (called - actual)) > {threshold} * actual
            order by all
            """,
            "The bias is what was called in all, less what came, and not more than errors without signs.",
            expected="bias = (called - actual) / actual, between -wape and wape",
            threshold=2e-6,  # both are rounded to a millionth
        ),
    ),
)
