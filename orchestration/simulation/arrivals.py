"""When leads come in, which of them qualify and convert, and when each deal is created."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.arrays import NONE, Ints
from orchestration.simulation.days import Days
from orchestration.simulation.organisation import Organisation
from orchestration.simulation.process import DEAL_TYPES
from orchestration.simulation.roster import NEVER
from orchestration.simulation.settings import SimulationSettings
from orchestration.simulation.vocabulary import LEAD_SOURCES

LEADS_BEFORE = 90  # days of leads before the first deal, so that conversions do not begin at nothing
QUALIFIED_SHARE = 0.36  # of leads
CONVERTED_SHARE = 0.52  # of qualified leads
DISQUALIFIED_SHARE = 0.8  # of those that never convert
QUALIFY_DAYS, CONVERT_DAYS, DISQUALIFY_DAYS = 5.0, 14.0, 25.0  # means
SOURCE_SHARES = (0.38, 0.18, 0.12, 0.2, 0.12)
CUSTOMERS_FROM = 45  # day on which the first expansions are sold; full strength after a year
CUSTOMERS_FULL = 365
RENEWAL_SHARE = 0.4  # of expansions and renewals
NEW, EXPANSION, RENEWAL = range(len(DEAL_TYPES))


@dataclass(frozen=True)
class Leads:
    """The leads, by day of creation; days not reached within the simulation are NEVER."""

    created: Ints
    region: Ints
    source: Ints
    owner: Ints
    qualified: Ints
    converted: Ints
    disqualified: Ints


@dataclass(frozen=True)
class Arrivals:
    """The deals to be created, by day: their type, and the lead they come from."""

    created: Ints
    deal_type: Ints
    lead: Ints

    def on(self, day: int) -> Ints:
        """The deals created on a day."""
        first, end = np.searchsorted(self.created, [day, day + 1])
        return np.arange(first, end)


def draw_leads(
    settings: SimulationSettings, days: Days, staff: Organisation, rng: np.random.Generator
) -> Leads:
    """Leads enough to convert into the wanted share of deals."""
    expected = settings.deals * settings.lead_share / (QUALIFIED_SHARE * CONVERTED_SHARE)
    count = round(expected * (len(days) + LEADS_BEFORE) / len(days))
    weight = np.concatenate([days.arrival_weight[:LEADS_BEFORE], days.arrival_weight])
    offset = len(weight) - len(days)
    created = np.sort(rng.choice(len(weight), size=count, p=weight / weight.sum())) - offset
    region = rng.choice(len(settings.regions), size=count, p=[region.share for region in settings.regions])

    def later(start: Ints, mean: float, share: float, least: int = 0) -> Ints:
        happens = (rng.random(count) < share) & (start < NEVER)
        day = days.after_weekend(start + least + np.rint(rng.gamma(1.2, mean / 1.2, count)).astype(np.int64))
        return np.where(happens & (day < len(days)), day, NEVER)

    qualified = later(created, QUALIFY_DAYS, QUALIFIED_SHARE)
    converted = later(qualified, CONVERT_DAYS, CONVERTED_SHARE, least=1)
    before_first_deal = converted < 0
    qualified[before_first_deal] = converted[before_first_deal] = NEVER
    left_open = np.where(qualified == NEVER, created, qualified)
    dropped = later(left_open, DISQUALIFY_DAYS, DISQUALIFIED_SHARE, least=1)
    surplus = np.flatnonzero(converted < NEVER)[max(0, settings.deals - customer_deals(settings)) :]
    converted[surplus] = NEVER
    return Leads(
        created=created,
        region=region,
        source=rng.choice(len(LEAD_SOURCES), size=count, p=SOURCE_SHARES),
        owner=staff.assign(region, created, rng),
        qualified=qualified,
        converted=converted,
        disqualified=np.where(converted < NEVER, NEVER, dropped),
    )


def customer_deals(settings: SimulationSettings) -> int:
    """How many expansions and renewals there shall be."""
    return round(settings.deals * settings.customer_share)


def draw_arrivals(
    settings: SimulationSettings, days: Days, leads: Leads, rng: np.random.Generator
) -> Arrivals:
    """Exactly the wanted number of deals: converted leads, sales to customers, and the rest direct."""
    converting = np.flatnonzero(leads.converted < NEVER)
    to_customers = customer_deals(settings)
    direct = settings.deals - to_customers - len(converting)
    ramp = np.clip((np.arange(len(days)) - CUSTOMERS_FROM) / CUSTOMERS_FULL, 0, 1)
    weights = [days.arrival_weight, days.arrival_weight * ramp if ramp.any() else days.arrival_weight]
    drawn = [
        rng.choice(len(days), size=count, p=weight / weight.sum())
        for count, weight in zip((direct, to_customers), weights, strict=True)
    ]
    created = np.concatenate([leads.converted[converting], *drawn])
    kind = np.where(rng.random(to_customers) < RENEWAL_SHARE, RENEWAL, EXPANSION)
    deal_type = np.concatenate([np.full(len(converting) + direct, NEW), kind])
    lead = np.concatenate([converting, np.full(direct + to_customers, NONE)])
    order = np.lexsort((rng.random(len(created)), created))
    return Arrivals(created[order], deal_type[order], lead[order])
