"""The back-test knows on each past day what was known then, and nothing later."""

from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from orchestration.forecast import PAST_DAYS, PAST_OPEN_DEALS, backtest, forecast, scores
from orchestration.forecast.forecasting import forecast_current
from orchestration.forecast.known_inputs import KNOWN_BY, known_at
from tests.unit.forecast_tables import Deal, Warehouse, read_aggregates
from tests.unit.simulated_deals import simulated_warehouse

AS_OF = date(2026, 8, 10)
SIZE = 2400


@cache
def company() -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
    """The aggregates, the days of the back-test and the deals open on them."""
    with simulated_warehouse(SIZE, AS_OF).connection() as connection:
        return (
            read_aggregates(connection),
            connection.sql(f"select * from intermediate.{PAST_DAYS} order by as_of_date").pl(),
            connection.sql(f"select * from intermediate.{PAST_OPEN_DEALS} order by as_of_date, deal_id").pl(),
        )


def open_deals(as_of: date) -> pl.DataFrame:
    return company()[2].filter(as_of_date=as_of)


def actuals() -> pl.DataFrame:
    """What ended periods brought: every win as it is known at the end."""
    wins = company()[0]["int_forecast_segment_wins"]
    return wins.group_by("fiscal_period", "segment_name", "segment_value").agg(
        actual=pl.col("amount").sum().cast(pl.Decimal(18, 2))
    )


def test_the_days_are_nine_of_each_of_the_last_periods() -> None:
    days = company()[1]
    by_period = days.group_by("fiscal_period", maintain_order=True).agg("as_of_date", "phase")
    assert by_period["fiscal_period"].to_list()[-1] == "FY2027-Q2"
    assert by_period.height == 11
    newest = by_period.row(-1, named=True)
    assert newest["as_of_date"] == [
        date(2026, 5, 1) + timedelta(days=number) for number in (0, 10, 20, 31, 41, 51, 61, 72, 82)
    ]
    assert newest["phase"] == pytest.approx([number / 9 for number in range(9)], abs=1e-6)


def test_events_on_or_after_the_day_change_no_bit_of_it() -> None:
    """The leak test: whatever is recorded from the day on is deleted from what the back-test reads."""
    frames, days, _ = company()
    for as_of in (date(2025, 5, 1), date(2025, 12, 12)):
        cut = dict(frames)
        for name, column in KNOWN_BY.items():
            table = f"int_forecast_{name}"
            cut[table] = frames[table].filter(pl.col(column) < as_of)
            assert cut[table].height < frames[table].height
        cut["int_forecast_open_deals"] = frames["int_forecast_open_deals"].clear()
        cut["int_forecast_open_segments"] = frames["int_forecast_open_segments"].clear()
        day = days.filter(as_of_date=as_of)
        whole = backtest(frames, day, open_deals, actuals()).rows
        assert whole.height >= 3
        assert whole.equals(backtest(cut, day, open_deals, actuals()).rows)


@pytest.mark.parametrize("as_of", [date(2025, 5, 1), date(2026, 3, 13)])
def test_a_past_day_says_what_a_forecast_made_on_it_said(as_of: date) -> None:
    """The company of that day, whose extract ends with it, gives the back-test's row to the cent."""
    then = forecast(simulated_warehouse(SIZE, as_of).aggregates(), as_of).quarters
    said = then.filter(pl.col("segment_name") == "all", pl.col("period_start") <= as_of)
    frames, days, _ = company()
    row = backtest(frames, days.filter(as_of_date=as_of), open_deals, actuals()).rows
    columns = ["method", "won_to_date", "open_expected", "new_expected", "expected", "p10", "p90", "n_open"]
    assert_frame_equal(row.select(columns), said.select(columns).sort("method"))


def test_the_current_period_alone_is_what_the_whole_forecast_says_of_it() -> None:
    frames = company()[0]
    whole = forecast(frames, AS_OF).quarters
    current = forecast_current(frames, AS_OF).rows.drop("blend_weight")
    said = whole.filter(pl.col("period_start") <= AS_OF, pl.col("method") != "headline").drop("blend_weight")
    assert current.sort("segment_name", "segment_value", "method").equals(said)


def test_what_was_said_of_a_day_is_taken_over_while_nothing_known_then_changes() -> None:
    frames, days, _ = company()
    days = days.tail(12)
    once = backtest(frames, days, open_deals, actuals(), "program")
    again = backtest(frames, days, open_deals, actuals(), "program", once.said)
    assert (once.days_anew, again.days_anew) == (12, 0)
    assert again.rows.equals(once.rows)
    assert again.past == once.past
    assert backtest(frames, days.tail(1), open_deals, actuals(), "other", once.said).days_anew == 1


def test_the_next_night_takes_over_what_was_said_of_every_past_day() -> None:
    """Its own landmark days are others, which no past day asks for."""
    frames, days, _ = company()
    days = days.tail(3)
    before = backtest(frames, days, open_deals, actuals(), "program")
    later = simulated_warehouse(SIZE, AS_OF + timedelta(days=1)).aggregates()
    own = [set(tables["int_forecast_landmarks"]["landmark_date"]) for tables in (frames, later)]
    assert own[0] != own[1]
    assert backtest(later, days, open_deals, actuals(), "program", before.said).days_anew == 0


@pytest.mark.parametrize("table", [*KNOWN_BY, "open_deals"])
def test_a_day_is_forecast_anew_when_anything_known_then_changed(table: str) -> None:
    """One more row on a day between two, the last of a period and the next: only the later is made anew."""
    frames, days, deals = company()
    asked = days.slice(days.height - 10, 2)
    first, second = asked["as_of_date"]
    if table == "open_deals":
        deals = pl.concat([deals, deals.filter(as_of_date=second).tail(1).with_columns(deal_id=pl.lit("~"))])
    else:
        name, column = f"int_forecast_{table}", KNOWN_BY[table]
        rows = frames[name].filter(pl.col(column).is_between(first, second, closed="left"))
        if table == "landmarks":  # of the day that the later of them looks at: the first of the period before
            rows = rows.filter(pl.col("landmark_date") == pl.col("landmark_date").min())
        if "segment_name" in rows.columns:
            rows = rows.filter(segment_name="all")
        frames = frames | {name: pl.concat([frames[name], rows.head(1)])}
        assert rows.height >= 1

    def read(as_of: date) -> pl.DataFrame:
        return deals.filter(as_of_date=as_of)

    before = backtest(company()[0], asked, open_deals, actuals(), "program")
    after = backtest(frames, asked, read, actuals(), "program", before.said)
    assert after.days_anew == 1
    assert after.said.filter(as_of_date=first).equals(before.said.filter(as_of_date=first))


def test_landmarks_of_another_day_are_nothing_that_a_day_looks_at() -> None:
    """Each night asks for the landmark days of its own as-of date."""
    frames, days, _ = company()
    landmarks = frames["int_forecast_landmarks"]
    tonight = landmarks.tail(1).with_columns(pl.col("landmark_date").dt.offset_by("1d"))
    assert landmarks.filter(landmark_date=tonight["landmark_date"].item()).is_empty()
    other = frames | {"int_forecast_landmarks": pl.concat([landmarks, tonight])}
    before = backtest(frames, days.tail(1), open_deals, actuals(), "program")
    assert backtest(other, days.tail(1), open_deals, actuals(), "program", before.said).days_anew == 0


def test_cells_numbered_otherwise_are_the_same_cells() -> None:
    """A new combination of circumstances moves the numbers of those behind it."""
    frames, days, _ = company()
    moved = {
        name: frames[f"int_forecast_{name}"].with_columns(pl.col("cell_id") + 1)
        for name in ("cells", "exposure_changes", "events")
    }
    fresh = moved["cells"].head(1).with_columns(cell_id=pl.lit(0, dtype=moved["cells"]["cell_id"].dtype))
    moved["cells"] = pl.concat([fresh.with_columns(age_bucket=pl.lit(99)).cast(fresh.schema), moved["cells"]])
    other = frames | {f"int_forecast_{name}": frame for name, frame in moved.items()}
    before = backtest(frames, days.tail(1), open_deals, actuals(), "program")
    assert backtest(other, days.tail(1), open_deals, actuals(), "program", before.said).days_anew == 0


def test_the_forecast_of_a_simulated_company_beats_the_mean_of_three() -> None:
    frames, days, _ = company()
    sample = days.filter(pl.col("phase").is_in([0.0, 0.444444, 0.888889]))
    found = scores(backtest(frames, sample, open_deals, actuals()).rows)
    headline = found.filter(method="headline").sort("phase")
    assert headline["n_forecasts"].to_list() == [9, 10, 10]  # too few wins before the second quarter
    first, middle, last = headline["wape"].to_list()
    assert first <= 0.25
    assert middle <= 0.2
    assert last <= 0.1
    assert (headline["skill"] > 0).all()
    landmark = found.filter(method="landmark").sort("phase")
    assert landmark["n_forecasts"].to_list() == [9, 10, 10]
    assert (landmark["skill"] > 0).all()


def test_a_deal_without_an_amount_is_worth_the_wins_known_by_then() -> None:
    won = [
        Deal(f"W{number}", [(day(number), "Qualified"), (day(number + 20), "Won")], [(day(number), amount)])
        for number, amount in ((0, 100.0), (30, 300.0), (200, 9999.0))
    ]
    unpriced = Deal("X", [(day(40), "Qualified")], [(day(40), None)])
    warehouse = Warehouse([*won, unpriced], day(250))
    with warehouse.connection() as connection:
        frames = read_aggregates(connection)
        deals = connection.sql(f"select * from intermediate.{PAST_OPEN_DEALS}").pl()
    as_of = date(2025, 4, 1)
    then = known_at(frames, deals.filter(as_of_date=as_of), as_of)["int_forecast_open_deals"]
    assert then.select("deal_id", "amount", "is_amount_assumed").rows() == [("X", 200, True)]


def test_a_history_without_an_ended_period_has_no_back_test() -> None:
    with Warehouse([Deal("D", [(day(0), "Qualified")])], day(20)).connection() as connection:
        frames = read_aggregates(connection)
        days = connection.sql(f"select * from intermediate.{PAST_DAYS}").pl()
    assert days.is_empty()
    assert backtest(frames, days, open_deals, actuals().clear()).rows.is_empty()


def day(number: int) -> date:
    return date(2025, 1, 1) + timedelta(days=number)
