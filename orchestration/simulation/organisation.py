"""Who sells: representatives under managers, directors and one vice president, over time."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Ints, identifiers
from orchestration.simulation.days import Days
from orchestration.simulation.roster import FIRST_DAY, NEVER, Roster
from orchestration.simulation.settings import SimulationSettings
from orchestration.simulation.vocabulary import FIRST_NAMES, LAST_NAMES

DEALS_PER_SEAT = 60  # a year: what one representative looks after
SEATS_PER_TEAM = 7
LATE_SHARE = 0.35  # of seats that open only as the company grows
MEAN_TENURE_DAYS = 900
VACANCY_DAYS = 21  # between a leaver and who follows
REORGANISED_SHARE = 0.12  # of representatives who get another manager at a fiscal year's start
SUCCEEDED_SHARE = 0.5  # of directors and managers whom a new one follows
SUCCESSION_STREAM = 4  # a random stream of its own, so that everything else stays as it is


@dataclass(frozen=True)
class Organisation:
    """Everyone who ever owned or managed a deal."""

    region: Ints
    joined: Ints
    left: Ints
    records: tuple[tuple[int, int, int, str | None, bool], ...]
    representatives: tuple[Ints, ...]  # per region

    @classmethod
    def draw(cls, settings: SimulationSettings, days: Days, rng: np.random.Generator) -> "Organisation":
        """An organisation whose size follows the number of deals."""
        roster = Roster()
        vice_president = roster.hire(NONE, None)
        areas = dict.fromkeys(region.area for region in settings.regions)
        directors = {area: roster.hire(vice_president, area) for area in areas}
        seats = settings.deals / settings.years / DEALS_PER_SEAT
        for code, region in enumerate(settings.regions):
            count = max(3, round(seats * region.share))
            teams = [
                (roster.hire(directors[region.area], f"{region.name} {number}"), f"{region.name} {number}")
                for number in range(1, 1 + -(-count // SEATS_PER_TEAM))
            ]
            for seat in range(count):
                is_late = seat > 1 and rng.random() < LATE_SHARE
                opens = int(rng.integers(0, len(days))) if is_late else FIRST_DAY
                fill_seat(roster, teams[seat % len(teams)], code, opens, len(days), rng, may_leave=seat > 0)
            reorganise(roster, teams, code, settings, days, rng)
        succeed_some(roster, vice_president, len(days), settings.seed)
        in_region = np.array(roster.region, dtype=np.int64)
        return cls(
            region=in_region,
            joined=np.array(roster.joined, dtype=np.int64),
            left=np.array(roster.left, dtype=np.int64),
            records=tuple(sorted(roster.records, key=lambda record: record[:2])),
            representatives=tuple(np.flatnonzero(in_region == code) for code in range(len(settings.regions))),
        )

    def assign(self, region: Ints, day: Ints, rng: np.random.Generator) -> Ints:
        """A representative at work on the day for each region asked for.

        Draws again for those who drew someone absent; each region has someone who is always there.
        """
        owner = np.full(len(region), NONE, dtype=np.int64)
        waiting = np.arange(len(region))
        while len(waiting):
            for code, people in enumerate(self.representatives):
                of_region = waiting[region[waiting] == code]
                owner[of_region] = people[rng.integers(0, len(people), len(of_region))]
            waiting = waiting[~self.is_active(owner[waiting], day[waiting])]
        return owner

    def is_active(self, owner: Ints, day: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each owner is at work on the day."""
        active: np.ndarray[tuple[int], np.dtype[np.bool_]] = (self.joined[owner] <= day) & (
            day < self.left[owner]
        )
        return active

    def managers_on(self, day: int) -> dict[int, int]:
        """The manager of each person who has one at the end of a day."""
        managers = {owner: manager for owner, since, manager, _, _ in self.records if since <= day}
        return {owner: manager for owner, manager in managers.items() if manager != NONE}

    def owners_known(self, days: Days, day: int) -> pl.DataFrame:
        """The versions of people that began up to the end of a day: the canonical `owners`."""
        known = [record for record in self.records if record[1] <= day]
        codes, valid_from, managers, teams, active = map(list, zip(*known, strict=True))
        names = [person_name(code) for code in codes]
        return pl.DataFrame(
            {
                "owner_id": identifiers("U", np.array(codes)),
                "valid_from": days.dates(np.array(valid_from)),
                "owner_name": names,
                "email": [f"{name.lower().replace(' ', '.')}@acme.example" for name in names],
                "manager_id": identifiers("U", np.array(managers)),
                "team": pl.Series(teams, dtype=pl.String),
                "is_active": pl.Series(active, dtype=pl.Boolean),
            }
        )


def person_name(code: int) -> str:
    """A name of its own for each person; a middle initial where first and last names run out."""
    first = FIRST_NAMES[code % len(FIRST_NAMES)]
    last = LAST_NAMES[code % len(LAST_NAMES)]  # 24 and 25 share no factor: 600 pairs
    round_trip = code // (len(FIRST_NAMES) * len(LAST_NAMES))
    return f"{first} {last}" if not round_trip else f"{first} {last} {round_trip + 1}"


def fill_seat(
    roster: Roster,
    team: tuple[int, str],
    region: int,
    opens: int,
    end: int,
    rng: np.random.Generator,
    *,
    may_leave: bool,
) -> None:
    """Hire the people who hold one seat in turn, from the day it opens."""
    day = opens
    while day < end:
        left = max(day, 0) + 60 + int(rng.exponential(MEAN_TENURE_DAYS)) if may_leave else NEVER
        roster.hire(*team, region=region, day=day, left=left if left < end else NEVER)
        day = left + VACANCY_DAYS


def reorganise(
    roster: Roster,
    teams: list[tuple[int, str]],
    region: int,
    settings: SimulationSettings,
    days: Days,
    rng: np.random.Generator,
) -> None:
    """Move some representatives to another team of their region as a fiscal year starts."""
    if len(teams) < 2:
        return
    starts = [
        number
        for number in range(1, len(days))
        if (date := days.date(number)).day == 1 and date.month == settings.fiscal_start_month
    ]
    for owner, of_region in enumerate(roster.region):
        for day in starts:
            if of_region != region or rng.random() > REORGANISED_SHARE:
                continue
            if roster.joined[owner] < day < roster.left[owner]:
                team = teams[int(rng.integers(0, len(teams)))]
                roster.records.append((owner, day, *team, True))
                amend_leaving(roster, owner, team)


def amend_leaving(roster: Roster, owner: int, team: tuple[int, str]) -> None:
    """Let a leaver leave from the team of their last move."""
    leaving = (owner, roster.left[owner])
    roster.records = [
        (*leaving, *team, False) if record[:2] == leaving and not record[4] else record
        for record in roster.records
    ]


def succeed_some(roster: Roster, vice_president: int, end: int, seed: int) -> None:
    """Replace some directors and managers on random days; new people follow all others in number."""
    rng = np.random.default_rng((seed, SUCCESSION_STREAM))
    for code, region in enumerate(list(roster.region)):
        if region == NONE and code != vice_president and rng.random() < SUCCEEDED_SHARE:
            roster.succeed(code, int(rng.integers(1, end)))
