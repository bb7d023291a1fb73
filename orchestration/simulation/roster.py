"""The people of a simulated company while it is built up."""

from dataclasses import dataclass, field

from orchestration.simulation.arrays import NONE

FIRST_DAY = -120  # everyone of the first hour is here before the first lead
NEVER = 1_000_000


@dataclass
class Roster:
    """What is known of each person, built up person by person; codes are positions.

    `records` are the versions of people: (owner, valid from, manager, team, is active).
    """

    region: list[int] = field(default_factory=list)  # of representatives, else NONE
    joined: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    records: list[tuple[int, int, int, str | None, bool]] = field(default_factory=list)

    def hire(
        self, manager: int, team: str | None, *, region: int = NONE, day: int = FIRST_DAY, left: int = NEVER
    ) -> int:
        """The code of a new person."""
        code = len(self.joined)
        self.region.append(region)
        self.joined.append(day)
        self.left.append(left)
        self.records.append((code, day, manager, team, True))
        if left < NEVER:
            self.records.append((code, left, manager, team, False))
        return code

    def newest(self, day: int) -> dict[int, tuple[int, int, int, str | None, bool]]:
        """The record of each person that holds on a day."""
        return {record[0]: record for record in sorted(self.records) if record[1] <= day}

    def succeed(self, manager: int, day: int) -> None:
        """Let a manager leave, and a new one take over the place and everyone who reports to it."""
        _, _, above, team, _ = self.newest(day)[manager]
        successor = self.hire(above, team, day=day)
        self.left[manager] = day
        members = [
            (owner, day, manager, of, True)
            for owner, since, boss, of, is_active in self.newest(day).values()
            if boss == manager and is_active and since < day
        ]
        self.records = [
            (
                successor if owner == manager and since > day else owner,
                since,
                successor if boss == manager and since >= day else boss,
                of,
                is_active,
            )
            for owner, since, boss, of, is_active in self.records + members
            if (owner, since) != (manager, day)
        ]
        self.records.append((manager, day, above, team, False))
