"""Time: the as-of date, the company's days, and when a deal begins."""

import pytest

from tests.dbt.core_queries import deals, visits
from tests.dbt.literal_rows import NEWEST, changes, deal

VISIT = "stage, entered_date::text, exit_kind, is_entry_assumed"


@pytest.mark.lake(
    deal("early", created_at="2026-01-20 09:00", stage="Demo"),
    changes("early", "stage", ("2026-01-10 09:00", "Qualify"), ("2026-01-25 09:00", "Demo")),
    deal("uncreated", created_at=None, stage="Demo", extract_date="2026-02-14"),
    deal("unborn", created_at="2027-01-01 09:00", extract_date="2026-02-14"),
)
def test_a_deal_begins_with_its_first_sign_of_life(core):
    assert visits(core, "early", VISIT)[0] == ("Qualify", "2026-01-10", "advance", False)
    assert deals(core, "early", "created_date::text, is_created_assumed") == ("2026-01-20", False)
    assert deals(core, "uncreated", "created_date::text, is_created_assumed") == ("2026-02-14", True)
    assert deals(core, "unborn", "created_date::text, is_created_assumed") == ("2026-02-14", True)


@pytest.mark.lake(
    deal(
        "rewound", extract_date=NEWEST, stage="Won", amount="900.00", owner_id="ben", close_date="2026-03-10"
    ),
    changes("rewound", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-03-10 09:00", "Won", "Qualify")),
    changes("rewound", "amount", ("2026-03-05 09:00", "900.00", "400.00")),
    changes("rewound", "owner_id", ("2026-03-05 09:00", "ben", "anna")),
    changes("rewound", "close_date", ("2026-03-10 09:00", "2026-03-10", "2026-06-30")),
    deal("later", extract_date=NEWEST, created_at="2026-03-02 09:00"),
)
def test_the_past_is_rewound_by_undoing_later_changes(core):
    assert deals(
        core, "rewound", "stage, is_closed, amount, owner_id, close_date::text, closed_date, close_known_date"
    ) == ("Qualify", False, 400, "anna", "2026-06-30", None, None)
    assert core("select count(*) from core.fct_deals where deal_id = 'later'") == [(0,)]


@pytest.mark.lake(
    deal("midnight", created_at="2026-01-05 22:30", stage="Demo"),
    changes("midnight", "stage", ("2026-01-05 22:30", "Qualify"), ("2026-01-05 23:30", "Demo")),
    deal("summer", created_at="2025-07-01 22:30"),
    changes("summer", "stage", ("2025-07-01 22:30", "Qualify")),
    deal("asofmidnight"),
    changes(
        "asofmidnight", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-02-28 23:30", "Demo", "Qualify")
    ),
)
def test_days_are_those_of_the_company_also_near_midnight_and_in_summer(core):
    assert visits(core, "midnight", VISIT) == [
        ("Qualify", "2026-01-05", "advance", False),
        ("Demo", "2026-01-06", "open", False),
    ]
    assert visits(core, "summer", VISIT) == [("Qualify", "2025-07-02", "open", False)]
    assert deals(core, "asofmidnight", "stage") == ("Qualify",)  # 00:30 of the as-of date in Berlin


@pytest.mark.lake(
    deal("dawn", source_name="morning", extract_date="2026-03-01", stage="Demo"),
    changes(
        "dawn", "stage", ("2026-01-05 09:00", "Qualify"), ("2026-03-01 00:30", "Demo"), source_name="morning"
    ),
)
def test_an_extract_taken_before_dawn_does_not_put_the_night_into_the_day_before(core):
    assert deals(core, "dawn", "stage") == ("Qualify",)
