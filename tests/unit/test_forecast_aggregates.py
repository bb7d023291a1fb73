"""The SQL of the forecast's aggregates on a few literal deals."""

from datetime import date, timedelta

import polars as pl
import pytest

from tests.unit.forecast_tables import Deal, Warehouse, at_risk_days
from tests.unit.simulated_deals import simulated_deals, simulated_warehouse

AS_OF = date(2026, 3, 1)
# so that history starts on 1 January, and expected dates are in use
FIRST = Deal("D0", [(date(2026, 1, 1), "Qualified")], close_dates=[(date(2026, 1, 1), date(2026, 3, 20))])


def day(number: int, month: int = 1) -> date:
    return date(2026, month, number)


def episodes(*deals: Deal, as_of: date = AS_OF) -> list[tuple]:
    with Warehouse([FIRST, *deals], as_of).connection() as connection:
        return connection.execute(
            "select stage, first_day, last_day, exit_kind, next_stage from intermediate.int_forecast_episodes"
            " where deal_id = 'D1' order by episode_no"
        ).fetchall()


def pieces(*deals: Deal, as_of: date = AS_OF) -> list[tuple]:
    with Warehouse([FIRST, *deals], as_of).connection() as connection:
        return connection.execute(
            "select age_bucket, due_class, from_day, until_day, exit_kind from"
            " intermediate.int_forecast_pieces where deal_id = 'D1' order by from_day"
        ).fetchall()


def test_a_deal_is_at_risk_from_its_creation_and_after_a_move_from_the_next_day() -> None:
    deal = Deal("D1", [(day(5), "Qualified"), (day(9), "Proposal"), (day(20), "Won")])
    assert episodes(deal) == [
        ("default / Qualified", day(5), day(9), "moved", "default / Proposal"),
        ("default / Proposal", day(10), day(20), "won", None),
    ]


def test_a_move_and_a_close_on_one_day_are_a_close_of_the_earlier_stage() -> None:
    deal = Deal("D1", [(day(5), "Qualified"), (day(9), "Proposal"), (day(9), "Won")])
    assert episodes(deal) == [("default / Qualified", day(5), day(9), "won", None)]


def test_several_moves_on_one_day_are_one_move_to_the_last_stage() -> None:
    deal = Deal("D1", [(day(5), "Qualified"), (day(9), "Proposal"), (day(9), "Negotiation")])
    assert episodes(deal) == [
        ("default / Qualified", day(5), day(9), "moved", "default / Negotiation"),
        ("default / Negotiation", day(10), AS_OF, "open", None),
    ]


def test_a_deal_created_and_closed_on_one_day_was_at_risk_on_it() -> None:
    deal = Deal("D1", [(day(5), "Proposal"), (day(5), "Won")])
    assert episodes(deal) == [("default / Proposal", day(5), day(5), "won", None)]
    assert pieces(deal) == [(0, 0, day(5), day(6), "won")]


def test_a_reopened_deal_starts_a_new_episode_on_the_day_after() -> None:
    deal = Deal("D1", [(day(5), "Qualified"), (day(9), "Lost"), (day(20), "Proposal"), (day(25), "Won")])
    assert episodes(deal) == [
        ("default / Qualified", day(5), day(9), "lost", None),
        ("default / Proposal", day(21), day(25), "won", None),
    ]


def test_a_removed_deal_leaves_as_a_loss() -> None:
    deal = Deal("D1", [(day(5), "Qualified")], removed=day(12))
    assert episodes(deal) == [("default / Qualified", day(5), day(12), "lost", None)]


def test_deals_older_than_the_history_enter_it_late_with_their_true_age() -> None:
    old = Deal("D1", [(date(2025, 11, 1), "Qualified"), (day(9), "Lost")], is_history_assumed=True)
    others = [Deal(f"E{n}", [(day(2), "Qualified"), (day(8), "Lost")]) for n in range(9)]
    assert episodes(old, *others)[0][1:4] == (day(1), day(9), "lost")
    assert [row[0] for row in pieces(old, *others)] == [6]  # 61 to 69 days old


def test_days_are_cut_at_the_edges_of_age_and_of_days_to_the_expected_close() -> None:
    deal = Deal(
        "D1",
        [(day(5), "Qualified"), (day(20), "Lost")],
        close_dates=[(day(5), day(18)), (day(15), date(2026, 12, 31))],
    )
    assert pieces(deal) == [
        (0, 4, day(5), day(6), None),  # 13 days to the 18th on the day of creation
        (1, 4, day(6), day(8), None),
        (2, 4, day(8), day(12), None),  # 10 to 7 days
        (3, 3, day(12), day(16), None),  # 6 to 3 days; on the 15th the old date is still in force
        (3, 8, day(16), day(19), None),
        (4, 8, day(19), day(21), "lost"),
    ]


def test_every_day_at_risk_is_counted_once() -> None:
    as_of = date(2025, 6, 10)
    frames = simulated_warehouse(400, as_of).aggregates()
    start = frames["int_forecast_history"]["history_start"].item()
    changes = frames["int_forecast_exposure_changes"].filter(pl.col("day_date") < as_of)
    exposure = changes.select(
        (pl.col("change").cast(pl.Int64) * (as_of - pl.col("day_date")).dt.total_days()).sum()
    ).item()
    daily = changes.group_by("day_date").agg(pl.col("change").cast(pl.Int64).sum()).sort("day_date")
    span = pl.DataFrame({"day_date": pl.date_range(start, as_of, closed="left", eager=True)})
    running = span.join(daily, on="day_date", how="left")["change"].fill_null(0).cum_sum().sum()
    known = [deal.cut(as_of) for deal in simulated_deals(400) if deal.created < as_of]
    walked = sum(at_risk_days(deal, start, as_of) for deal in known)
    assert exposure == running == walked


def test_every_event_of_an_episode_is_in_a_cell() -> None:
    with simulated_warehouse(400, date(2025, 6, 10)).connection() as connection:
        by_episode, by_cell = (
            connection.execute(
                f"select exit_kind, {count} from intermediate.{table}"
                " where exit_kind <> 'open' group by all order by all"
            ).fetchall()
            for table, count in (("int_forecast_episodes", "count(*)"), ("int_forecast_events", "sum(deals)"))
        )
    assert by_episode == by_cell


def test_a_win_counts_in_the_period_it_is_booked_in_and_is_taken_back_when_reopened() -> None:
    deals = [
        Deal("D1", [(day(5), "Qualified"), (day(9), "Won")], amounts=[(day(5), 100.0)]),
        Deal("D2", [(day(5), "Qualified"), (day(9), "Won"), (day(20), "Proposal")], amounts=[(day(5), 50.0)]),
    ]
    wins = Warehouse([FIRST, *deals], AS_OF).aggregates()["int_forecast_wins"]
    found = wins.select("known_date", "fiscal_period", "created_in_period_date", "deals", "amount").rows()
    assert [(*row[:4], float(row[4])) for row in found] == [
        (day(9), "FY2026-Q1", day(5), 1, 50.0),
        (day(9), "FY2026-Q1", day(5), 1, 100.0),
        (day(20), "FY2026-Q1", day(5), -1, -50.0),
    ]


@pytest.mark.parametrize(("lacking", "is_pooled"), [(2, False), (3, True)])
def test_stages_are_pooled_when_a_fifth_of_the_closed_deals_lack_history(
    lacking: int, is_pooled: bool
) -> None:
    deals = [
        Deal(f"D{n}", [(day(n), "Qualified"), (day(n + 3), "Lost")], is_history_assumed=n <= lacking)
        for n in range(1, 11)
    ]
    history = Warehouse([FIRST, *deals], AS_OF).aggregates()["int_forecast_history"]
    assert history["is_stage_pooled"].item() is is_pooled


def test_a_file_that_begins_with_the_closes_of_a_month_starts_there() -> None:
    deals = [
        Deal(f"D{n}", [(date(2025, 1 + n % 9, 1 + n % 28), "Qualified"), (date(2025, 11, 1 + n), "Lost")],
             is_history_assumed=True)
        for n in range(28)
    ]  # fmt: skip
    history = Warehouse(deals, AS_OF).aggregates()["int_forecast_history"]
    assert history["history_start"].item() == date(2025, 11, 1)


@pytest.mark.parametrize(("oldest", "start"), [(60, date(2025, 11, 1)), (19, date(2025, 10, 13))])
def test_recorded_moves_start_with_the_closes_unless_the_first_deals_were_too_young(
    oldest: int, start: date
) -> None:
    """Later deals close at twenty days: of those created sixty before the first close, many are missing."""
    first_close = date(2025, 11, 1)
    born = [first_close - timedelta(days=oldest - number) for number in range(oldest + 60)]
    deals = [
        Deal(f"D{day}", [(day, "Qualified"), (max(first_close, day + timedelta(days=20)), "Lost")])
        for day in born
    ]
    history = Warehouse(deals, AS_OF).aggregates()["int_forecast_history"]
    assert not history["is_stage_pooled"].item()
    assert history["history_start"].item() == start


def test_amounts_known_only_at_the_close_are_refused() -> None:
    def deal(number: int, is_leaking: bool) -> Deal:
        created, closed = day(1 + number % 20), day(25)
        ends = [(closed, "Won")] if number % 2 else []
        amounts = [(created, None), (closed, 10.0 + number)] if is_leaking else [(created, 10.0 + number)]
        return Deal(f"D{number}", [(created, "Qualified"), *ends], amounts=amounts)

    for is_leaking in (False, True):
        deals = [deal(number, is_leaking) for number in range(80)]
        attributes = Warehouse(deals, AS_OF).aggregates()["int_forecast_attributes"]
        assert attributes["has_amount_classes"].item() is not is_leaking


def test_expected_dates_that_foretell_the_close_are_refused() -> None:
    for is_foretold in (False, True):
        deals = [
            Deal(
                f"D{n}",
                [(day(1 + n), "Qualified"), *([(day(20 + n % 5), "Won")] if n % 2 else [])],
                close_dates=[(day(1 + n), day(20 + n % 5) if is_foretold else day(28))],
            )
            for n in range(12)
        ]
        attributes = Warehouse(deals, AS_OF).aggregates()["int_forecast_attributes"]
        assert attributes["has_expected_dates"].item() is not is_foretold
