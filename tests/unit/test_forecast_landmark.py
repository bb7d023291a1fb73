"""Method `landmark`: how many of the deals open at the same point of earlier periods were won, by hand."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from orchestration.forecast import forecast
from orchestration.forecast.aggregates import Aggregates
from orchestration.forecast.calendar_factors import CalendarFactors
from orchestration.forecast.fiscal_periods import Calendar, Period, landmark_day
from orchestration.forecast.hazard_method import HazardForecast, forecast_by_hazards
from orchestration.forecast.known_inputs import known_at
from orchestration.forecast.landmark_method import Landmarks, forecast_by_landmark, prospect_class
from tests.unit.forecast_tables import Deal, Warehouse, read_aggregates

Q1, Q2, Q3, Q4 = (date(2025, month, 1) for month in (1, 4, 7, 10))
AS_OF = date(2025, 8, 16)  # half of the third quarter's 92 days
LANDMARK = date(2025, 5, 17)  # 45.5 days into the second quarter's 91, rounded up


def counted(*deals: Deal, as_of: date = AS_OF, **settings: str) -> pl.DataFrame:
    """The counts of the second quarter at the as-of date's own landmark day."""
    first = Deal("first", [(Q1, "Qualified"), (Q1 + timedelta(days=1), "Lost")])  # history starts with it
    found = Warehouse([first, *deals], as_of, **settings).aggregates()["int_forecast_landmarks"]
    return found.filter(landmark_date=LANDMARK)


def counts(stage: int, cells: dict[tuple[int, int, int], tuple[int, int]]) -> Landmarks:
    """Deals open and won per (stage, prospect class, amount class)."""
    open_deals, won = np.zeros((2, stage, 8, 5))
    for cell, (deals, wins) in cells.items():
        open_deals[cell], won[cell] = deals, wins
    return Landmarks(open_deals, won)


def test_one_stage_and_class_is_shrunk_to_its_own_mean() -> None:
    chance = counts(1, {(0, 1, 1): (40, 20)}).win_probabilities()
    mean = 21 / 45
    of_stage = (20 + 10 * mean) / 50  # 0.49333
    assert chance[0, 1, 1] == pytest.approx((20 + 10 * of_stage * of_stage / mean) / 50)
    assert chance[0, 1, 1] == pytest.approx(0.504305, abs=1e-6)


def test_a_stage_by_itself_is_shrunk_to_the_mean_of_all() -> None:
    found = counts(3, {(0, 0, 1): (60, 6), (0, 1, 2): (30, 3), (1, 1, 1): (90, 81)}).stage_probabilities()
    mean = 91 / 185
    assert found == pytest.approx([(9 + 10 * mean) / 100, (81 + 10 * mean) / 100, mean])


def test_the_stages_history_times_amounts_is_a_method_of_its_own() -> None:
    """All deals are in one stage, so its chance is what the landmark days of both quarters say of it."""
    frames = Warehouse(steady(AS_OF), AS_OF).aggregates()
    on_days = frames["int_forecast_landmarks"].filter(
        pl.col("landmark_date").is_in([date(2025, 2, 15), LANDMARK])
    )
    seen, won = on_days["deals"].sum(), on_days["won_deals"].sum()
    assert (seen, won) == (12, 6)  # six a day, as each deal is open for thirty days
    chance = (6 + 10 * 7 / 17) / 22
    found = forecast(frames, AS_OF).quarters.filter(method="stage_history", segment_name="all")
    open_amount = float(frames["int_forecast_open_deals"]["amount"].sum())
    assert float(found["open_expected"].item()) == pytest.approx(open_amount * chance, abs=0.05)
    assert found["new_expected"].to_list() == [0]


def test_a_stage_not_seen_with_a_class_gets_what_both_say() -> None:
    chance = counts(2, {(0, 0, 1): (90, 9), (1, 1, 1): (90, 81)}).win_probabilities()
    mean = 91 / 185
    low, high = (9 + 10 * mean) / 100, (81 + 10 * mean) / 100
    assert chance[0, 1, 1] == pytest.approx(low * high / mean)
    assert chance[1, 0, 1] == pytest.approx(low * high / mean)
    assert chance[1, 2, 1] == pytest.approx(high)  # the class was never seen: its chance is the mean
    # late in the first stage: 90 deals of its own beside ten of what stage and class say
    assert chance[0, 0, 1] == pytest.approx((9 + 10 * low * low / mean) / 100)


def test_no_chance_is_certain() -> None:
    chance = counts(1, {(0, 1, 1): (10_000, 10_000)}).win_probabilities()
    assert chance.max() == 0.98


def test_bigger_deals_are_won_less_by_as_much_as_they_were() -> None:
    chance = counts(1, {(0, 1, 1): (100, 40), (0, 1, 4): (100, 10)}).win_probabilities()
    mean = 51 / 205
    of_stage = (50 + 10 * mean) / 210
    both = (50 + 10 * of_stage**2 / mean) / 210  # without a look at amounts
    assert chance[0, 1, 1] == pytest.approx(both * 45 / (100 * both + 5))
    assert chance[0, 1, 4] == pytest.approx(both * 15 / (100 * both + 5))
    assert chance[0, 1, 2] == pytest.approx(both)  # an amount not seen


def test_prospect_classes_are_cut_as_sql_cuts_them() -> None:
    none = np.nan
    days = np.array([-1, 0, 45, 46, 136, 137, none, none, none, none, none, none])
    age = np.array([1, 1, 1, 1, 1, 1, 13, 14, 44, 45, 99, 100])
    assert prospect_class(days, age, 45).tolist() == [0, 1, 1, 2, 2, 3, 4, 5, 5, 6, 6, 7]
    first = date(2025, 1, 31)
    deals = [
        Deal(
            f"D{number:02d}",
            [(first if days > -1000 else LANDMARK - timedelta(days=int(old)), "Qualified")],
            [(first, 100.0)],
            [] if days < -1000 else [(first, LANDMARK + timedelta(days=int(days)))],
        )
        for number, (days, old) in enumerate(zip(np.nan_to_num(days, nan=-9999), age, strict=True))
    ]
    period_end = date(2025, 6, 30)
    assert (period_end - LANDMARK).days == 44
    by_class = counted(*deals).group_by("prospect_class").agg(pl.col("deals").sum()).sort("prospect_class")
    expected = np.bincount(prospect_class(days, age, 44), minlength=8)
    assert by_class["deals"].to_list() == expected[expected > 0].tolist()


def test_a_win_counts_if_it_was_known_by_the_periods_end_and_not_taken_back() -> None:
    born, end = date(2025, 5, 1), date(2025, 6, 30)

    def closed(name: str, *events: tuple[date, str], **more: date) -> Deal:
        return Deal(name, [(born, "Qualified"), *events], [(born, 100.0)], **more)

    found = counted(
        closed("on the last day", (end, "Won")),
        closed("by way of a stage", (date(2025, 6, 1), "Proposal"), (date(2025, 6, 9), "Won")),
        closed("on the landmark day", (LANDMARK, "Won")),
        closed("a day late", (end + timedelta(days=1), "Won")),
        closed("booked in time, known late", (date(2025, 7, 3), "Won"), booked=end),
        closed("taken back", (date(2025, 6, 1), "Won"), (date(2025, 6, 20), "Qualified")),
        closed("taken back later", (date(2025, 6, 1), "Won"), (date(2025, 7, 20), "Qualified")),
        closed("deleted", (date(2025, 6, 1), "Won"), removed=date(2025, 6, 20)),
        closed("lost", (date(2025, 6, 1), "Lost")),
        closed("still open"),
        closed("won before the landmark day", (LANDMARK - timedelta(days=1), "Won")),
        Deal("created on the landmark day", [(LANDMARK, "Qualified"), (end, "Won")], [(LANDMARK, 100.0)]),
    )
    assert found.select("stage", "prospect_class", "deals", "won_deals").rows() == [
        ("default / Qualified", 5, 10, 4)
    ]
    assert found["period_end"].to_list() == [end]


def test_deals_are_counted_as_they_stood() -> None:
    born = date(2025, 4, 2)
    moved = Deal(
        "D",
        [(born, "Qualified"), (LANDMARK - timedelta(days=1), "Proposal"), (LANDMARK, "Negotiation")],
        [(born, 100.0)],
        [(born, date(2025, 5, 1)), (date(2025, 5, 10), date(2025, 6, 1)), (LANDMARK, date(2026, 1, 1))],
    )
    assert counted(moved).select("stage", "prospect_class").rows() == [("default / Proposal", 1)]


@pytest.mark.parametrize(("period", "as_of"), [("quarter", date(2027, 2, 14)), ("month", date(2026, 3, 16))])
def test_each_day_finds_its_landmark_days_among_those_counted(period: str, as_of: date) -> None:
    deals = [Deal("D", [(date(2024, 1, 1), "Qualified")])]
    with Warehouse(deals, as_of, period=period).connection() as connection:
        aggregates = Aggregates.of(read_aggregates(connection))
        asked = connection.sql("select as_of_date from intermediate.int_forecast_past_days").fetchall()
        rows = connection.sql(
            "select landmark_date, fiscal_period from intermediate.int_forecast_landmark_days"
        )
        known = dict(rows.fetchall())
    calendar = Calendar.of(aggregates)
    needed = {
        landmark_day(day, calendar.from_current(day, 0)[0], past): past.name
        for day in [as_of, *(day for (day,) in asked)]
        for past in calendar.ended(aggregates.history_start, day)[-6:]
    }
    assert known == needed
    assert len(needed) >= 90


def test_half_a_day_is_rounded_up() -> None:
    whole, past = Period("Q3", Q3, Q4), Period("Q2", Q2, Q3)
    assert landmark_day(AS_OF, whole, past) == LANDMARK
    june, february = Period("June", date(2025, 6, 1), Q3), Period("F", date(2024, 2, 1), date(2024, 3, 1))
    assert landmark_day(date(2025, 6, 16), june, february) == date(2024, 2, 16)  # 14.5 of 29 days


def steady(as_of: date) -> list[Deal]:
    """A deal every five days, won after thirty or, every second one, lost."""
    start = date(2025, 1, 1)
    born = [start + timedelta(days=5 * number) for number in range((as_of - start).days // 5)]
    return [
        Deal(
            f"D{number:03d}",
            [(day, "Qualified"), (day + timedelta(days=30), ("Won", "Lost")[number % 2])],
            [(day, 1000.0)],
        )
        for number, day in enumerate(born)
    ]


def fitted_at(as_of: date) -> tuple[Aggregates, Calendar, HazardForecast]:
    aggregates = Aggregates.of(Warehouse(steady(as_of), as_of).aggregates())
    calendar = Calendar.of(aggregates)
    ended = calendar.ended(aggregates.history_start, as_of)
    current = calendar.from_current(as_of, 0)
    return aggregates, calendar, forecast_by_hazards(aggregates, calendar, as_of, current, ended)


def revenue(factors: CalendarFactors) -> float:
    """The open deals' revenue if wins came by these factors of the calendar."""
    aggregates, calendar, fitted = fitted_at(AS_OF)
    won = replace(fitted.hazards.won, calendar=factors)
    fitted = replace(fitted, hazards=replace(fitted.hazards, won=won))
    ended = calendar.ended(aggregates.history_start, AS_OF)
    found = forecast_by_landmark(
        aggregates, calendar, fitted, calendar.from_current(AS_OF, 0)[0], ended, AS_OF
    )
    assert found is not None
    return found.revenue - float(fitted.new_expected[0])


def by_hand(rho: float) -> float:
    """The open deals' revenue where the days left weigh `rho` times those of the landmarks.

    On 15 February six deals were 5, 10 ... 30 days old, on 17 May they were 1, 6 ... 26: every second
    one was won, two of the five under 14 days and four of the seven older ones.
    """
    mean = (6 + 1) / (12 + 5)
    of_stage = (6 + 10 * mean) / 22
    young, older = (2 + 10 * mean) / 15, (4 + 10 * mean) / 17
    chances = (
        (2 + 10 * of_stage * young / mean) / 15,
        (4 + 10 * of_stage * older / mean) / 17,
    )
    won = [1000 * (1 - (1 - chance) ** rho) for chance in chances]
    ages = [(AS_OF - deal.created).days for deal in steady(AS_OF) if deal.stages[1][0] >= AS_OF]
    return sum(won[age >= 14] for age in ages)


def test_open_deals_are_won_as_their_like_of_earlier_periods() -> None:
    rows = Warehouse(steady(AS_OF), AS_OF).aggregates()["int_forecast_landmarks"]
    rows = rows.filter(pl.col("landmark_date").is_in([date(2025, 2, 15), LANDMARK]))
    found = rows.group_by("prospect_class").agg(pl.col("deals", "won_deals").sum()).sort("prospect_class")
    assert found.rows() == [(4, 5, 2), (5, 7, 4)]
    # 46 days are left, where 45 were then
    assert revenue(CalendarFactors(np.ones(7), np.ones(14))) == pytest.approx(by_hand(46 / 45))


def test_a_stronger_end_of_the_quarter_counts_for_the_days_that_are_left() -> None:
    """The last week is ahead in all three periods: the stronger it is, the less a day more weighs."""
    late = np.where(np.arange(14) == 0, 8.0, 1.0)
    found = revenue(CalendarFactors(np.ones(7), late))
    assert found == pytest.approx(by_hand((46 + 7 * 7) / (45 + 7 * 7)))
    assert found < by_hand(46 / 45)


def test_only_the_current_period_has_a_landmark_and_only_after_an_ended_one() -> None:
    found = forecast(Warehouse(steady(AS_OF), AS_OF).aggregates(), AS_OF).quarters
    rows = found.filter(method="landmark", segment_name="all")
    assert rows["fiscal_period"].to_list() == ["FY2025-Q3"]
    row = rows.row(0, named=True)
    assert row["expected"] == row["won_to_date"] + row["open_expected"] + row["new_expected"]
    early = date(2025, 3, 20)
    assert "landmark" not in forecast(Warehouse(steady(early), early).aggregates(), early).quarters["method"]


def test_a_past_day_knows_no_count_of_a_period_that_had_not_ended() -> None:
    frames = Warehouse(steady(AS_OF), AS_OF).aggregates()
    nobody = frames["int_forecast_open_deals"].clear()
    for as_of, known in ((Q3 - timedelta(days=1), {"FY2025-Q1"}), (Q3, {"FY2025-Q1", "FY2025-Q2"})):
        then = known_at(frames, nobody, as_of)["int_forecast_landmarks"]
        assert set(then["fiscal_period"]) == known
