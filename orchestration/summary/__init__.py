"""What a refresh found, in one screen of plain words."""

from dataclasses import dataclass

from orchestration.check_results import no_results
from orchestration.company import AMOUNT_MEANINGS, Company
from orchestration.settings import RunSettings
from orchestration.summary.answers import blocked_lines, coverage_lines, forecast_lines, scenario_lines
from orchestration.summary.checks import check_lines, not_done_lines, published_lines
from orchestration.summary.landing import held_lines, landed_lines
from orchestration.warehouse import connected


@dataclass(frozen=True)
class Summary:
    """The screen, and whether every gate let everything through."""

    text: str
    every_gate_passed: bool


def summarise(settings: RunSettings) -> Summary:
    """The state of the company after a refresh, as far as the refresh came."""
    build = settings.build
    results = build.results() if build.record.exists() else no_results()
    held = list(held_lines(settings, results))
    if not build.exists:
        lines = [
            f"{settings.company.company}: nothing new was computed",
            *held,
            *published_lines(settings, None, ["no extract was landed"]),
        ]
        return Summary("\n".join(["", *lines]), False)
    refusals = build.refusals()
    lines = [f"{settings.company.company}, as of {build.as_of}: what was known before that day"]
    lines += [*landed_lines(settings), *held]
    if not refusals:
        with connected(settings.warehouse, read_only=True) as connection:
            currency = settings.company.reporting_currency
            money = _money(settings.company)
            lines += ["", *forecast_lines(connection, money), *coverage_lines(connection, currency)]
            lines += scenario_lines(connection)
            lines += ["", *blocked_lines(connection, currency)]
    lines += [
        "",
        *check_lines(results, refusals),
        *published_lines(settings, build, refusals),
        *not_done_lines(settings),
    ]
    return Summary("\n".join(["", *lines]), not refusals and not held)


def _money(company: Company) -> str:
    """What amounts are: the reporting currency, and what the company says they mean."""
    meaning = AMOUNT_MEANINGS.get(company.amount_meaning or "")
    return f"{company.reporting_currency} of {meaning}" if meaning else company.reporting_currency
