"""Monthly exchange rates that wander about today's."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.simulation.arrays import Ints
from orchestration.simulation.days import Days
from orchestration.simulation.settings import SimulationError, SimulationSettings

MILLION = 1_000_000  # rates are held as whole millionths: products with cents stay exact
EUROS = {
    "EUR": 1.0,
    "USD": 0.92,
    "GBP": 1.17,
    "CHF": 1.05,
    "SEK": 0.088,
    "JPY": 0.0061,
}  # one unit, about 2025
MONTHLY_SPREAD = 0.012  # sd of the log change from month to month


@dataclass(frozen=True)
class ExchangeRates:
    """What one unit of a currency is worth in the reporting currency, per month.

    `millionths` has one row per month of the simulation and one column per currency.
    """

    currencies: tuple[str, ...]
    month_starts: tuple[date, ...]
    millionths: Ints

    @classmethod
    def draw(cls, settings: SimulationSettings, days: Days, rng: np.random.Generator) -> "ExchangeRates":
        """Rates of the regions' currencies and the reporting currency.

        Raises:
            SimulationError: a currency that EUROS does not hold.
        """
        regional = {region.currency for region in settings.regions}
        currencies = tuple(sorted(regional | {settings.reporting_currency}))
        unknown = [currency for currency in currencies if currency not in EUROS]
        if unknown:
            raise SimulationError(f"currency {unknown[0]!r} has no rate here; accepted: {', '.join(EUROS)}")
        months = int(days.month[-1]) + 1
        steps = rng.normal(0, MONTHLY_SPREAD, (months, len(currencies))).cumsum(axis=0)
        level = np.array([EUROS[currency] / EUROS[settings.reporting_currency] for currency in currencies])
        # A last digit that shares no factor with 10 leaves almost no product on half a cent, so
        # every way of rounding agrees.
        millionths = (level * np.exp(steps) * MILLION).astype(np.int64) // 10 * 10 + 3
        millionths[:, currencies.index(settings.reporting_currency)] = MILLION
        first = days.start.year * 12 + days.start.month - 1
        starts = tuple(date(month // 12, month % 12 + 1, 1) for month in range(first, first + months))
        return cls(currencies, starts, millionths)

    def to_reporting(self, cents: Ints, currency: Ints, month: int | Ints) -> Ints:
        """Cents of the reporting currency, half a cent rounded up."""
        converted: Ints = (cents * self.millionths[month, currency] + MILLION // 2) // MILLION
        return converted

    def from_reporting(self, cents: Ints, currency: Ints, month: int) -> Ints:
        """Cents of each deal's own currency."""
        converted: Ints = np.rint(cents * MILLION / self.millionths[month, currency]).astype(np.int64)
        return converted
