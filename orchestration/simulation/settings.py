"""What a simulated company is asked to be."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import available_timezones

from orchestration.simulation.process import SalesProcess


class SimulationError(ValueError):
    """A setting that the simulation cannot follow; names it and what is accepted."""


@dataclass(frozen=True)
class Region:
    """A sales region: its share of new deals, its money, and how well it sells."""

    name: str
    share: float
    currency: str
    countries: tuple[str, ...]
    area: str  # what its director is responsible for
    won: float = 1.0  # multiplies the hazard of winning
    lost: float = 1.0  # and of losing


@dataclass(frozen=True)
class Blockage:
    """Exits from one stage slowed down for some weeks: what "blocked" must find."""

    stage: str
    start: date
    weeks: int = 6
    factor: float = 0.4

    def covers(self, day: date) -> bool:
        """Whether the stage is blocked on `day`."""
        return self.start <= day < self.start + timedelta(weeks=self.weeks)


REGIONS = (
    Region("DACH", 0.45, "EUR", ("DE", "AT", "CH"), "EMEA", won=1.15, lost=0.95),
    Region("UK & Ireland", 0.25, "GBP", ("GB", "IE"), "EMEA", won=0.95, lost=1.0),
    Region("North America", 0.30, "USD", ("US", "CA"), "Americas", won=0.85, lost=1.1),
)


@dataclass(frozen=True)
class SimulationSettings:
    """The size, span and character of a company; the same settings give the same company.

    `until` is the last day simulated, `years` the span before it. `growth` is that of arrivals
    per year (0.12 = 12 %). Shares are of all deals created unless their name says otherwise.
    """

    deals: int = 5000
    seed: int = 7
    until: date = date(2026, 9, 30)
    years: float = 3.0
    time_zone: str = "Europe/Berlin"
    reporting_currency: str = "EUR"
    fiscal_start_month: int = 2
    growth: float = 0.12
    customer_share: float = 0.27  # expansions and renewals
    lead_share: float = 0.45  # deals that begin as a lead
    duplicate_share: float = 0.012  # created twice, most of them merged later
    reopened_share: float = 0.04  # of lost deals
    deletion_hazard: float = 0.0002  # per open deal and day
    other_currency_share: float = 0.08  # deals not in their region's currency
    regions: tuple[Region, ...] = REGIONS
    process: SalesProcess = field(default_factory=SalesProcess)
    blockage: Blockage | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated.

        Raises:
            SimulationError: names the setting, its value and what is accepted.
        """
        if self.deals < 1:
            raise SimulationError(f"deals: {self.deals} is not accepted; at least 1 is")
        if self.span_days < 28:
            raise SimulationError(f"years: {self.years} is not accepted; at least 0.1 is")
        if self.time_zone not in available_timezones():
            raise SimulationError(
                f"time_zone: {self.time_zone!r} is not accepted; names such as Europe/Berlin are"
            )
        if self.blockage and self.blockage.stage not in self.process.open_names:
            accepted = ", ".join(self.process.open_names)
            raise SimulationError(
                f"blockage.stage: {self.blockage.stage!r} is no open stage; accepted: {accepted}"
            )

    @property
    def span_days(self) -> int:
        """How many days are simulated."""
        return round(self.years * 365.25)

    @property
    def start(self) -> date:
        """The first day on which deals are created."""
        return self.until - timedelta(days=self.span_days - 1)
