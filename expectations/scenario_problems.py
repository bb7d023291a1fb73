"""What forecast.scenario_problems should hold: nothing."""

from expectations.suite import Suite, no_rows

SUITE = Suite(
    name="scenario_problems",
    source="forecast.scenario_problems",
    key=("file", "scenario", "problem"),
    checks=(
        no_rows(
            "scenarios_usable",
            "select file, scenario, problem from {batch} order by all",
            "Every scenario is made as it is written.",
            expected="no problem with a scenario",
            severity="warning",
            remedy="Correct these files.",
        ),
    ),
)
