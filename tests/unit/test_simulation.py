"""What a simulated company must hold for everything measured against it to mean something."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from orchestration.extracts.entities import ENTITIES
from orchestration.extracts.plan import OPTIONAL_KEYS
from orchestration.simulation import (
    Blockage,
    SimulatedCompany,
    SimulationError,
    SimulationSettings,
    simulate,
    write_extracts,
    write_truth,
)
from orchestration.simulation.arrays import NONE
from orchestration.simulation.days import quarter_end
from orchestration.simulation.extracts import extract
from orchestration.simulation.ledger import Field, Ledger
from orchestration.simulation.process import SalesProcess
from orchestration.simulation.truth import expected_by_cell, expected_by_day

DAY = date(2025, 7, 31)


@pytest.fixture(scope="module")
def company() -> SimulatedCompany:
    return simulate(SimulationSettings(deals=1500, seed=3))


@pytest.fixture(scope="module")
def tables(company: SimulatedCompany) -> dict[str, pl.DataFrame]:
    return extract(company, company.settings.until)


def files_under(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*.csv")}


def test_the_same_settings_write_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        made = simulate(SimulationSettings(deals=300, seed=seed))
        write_extracts(made, tmp_path / name, [made.settings.until])
        write_truth(made, tmp_path / name / "truth", [DAY])
    assert files_under(tmp_path / "a") == files_under(tmp_path / "b")
    assert files_under(tmp_path / "a") != files_under(tmp_path / "c")


@pytest.mark.parametrize("deals", [1, 200, 2000])
def test_a_company_has_exactly_the_deals_asked_for(deals: int) -> None:
    made = simulate(SimulationSettings(deals=deals))
    assert extract(made, made.settings.until)["deals"]["deal_id"].n_unique() == deals


def test_every_column_is_canonical_and_region_is_the_one_dimension(tables: dict[str, pl.DataFrame]) -> None:
    for name, table in tables.items():
        canonical = list(ENTITIES[name].columns)
        assert [column for column in table.columns if column not in canonical] == (
            ["region"] if name == "deals" else []
        )
        assert table.select(ENTITIES[name].key).is_duplicated().sum() == 0
        needed = [column for column in ENTITIES[name].key if column not in OPTIONAL_KEYS.get(name, ())]
        assert table.select(pl.any_horizontal(pl.col(needed).is_null()).any()).item() is False


def test_a_series_of_extracts_lies_in_folders_of_their_dates(
    company: SimulatedCompany, tmp_path: Path
) -> None:
    write_extracts(company, tmp_path, [DAY, DAY + timedelta(days=1)])
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["2025-07-31", "2025-08-01"]
    with pytest.raises(SimulationError, match="2020-01-01 is not accepted"):
        write_extracts(company, tmp_path, [date(2020, 1, 1)])


def local_days(changes: pl.DataFrame, column: str) -> pl.Series:
    return changes[column].dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin").dt.date()


def test_an_earlier_extract_is_the_later_one_undone_to_the_end_of_its_day(
    company: SimulatedCompany, tables: dict[str, pl.DataFrame]
) -> None:
    then = extract(company, DAY)
    later = tables["deal_changes"].with_columns(day=local_days(tables["deal_changes"], "changed_at"))
    known = later.filter(pl.col("day") <= DAY).drop("day")
    assert known.equals(then["deal_changes"])

    for field in ("stage", "amount", "close_date", "owner_id", "forecast_category", "pipeline"):
        folded = known.filter(pl.col("field") == field).group_by("deal_id").agg(pl.col("new_value").last())
        current = then["deals"].select("deal_id", now=pl.col(field).cast(pl.String))
        assert current.join(folded, on="deal_id").filter(pl.col("now") != pl.col("new_value")).height == 0
    for name in ("owners", "exchange_rates", "quotas"):
        assert (
            tables[name].filter(pl.col("valid_from") <= DAY).sort(pl.all()).equals(then[name].sort(pl.all()))
        )
    called = pl.Series(local_days(tables["forecast_calls"], "submitted_at") <= DAY)
    assert tables["forecast_calls"].filter(called).equals(then["forecast_calls"])
    for column in ("created_at", "closed_at", "modified_at", "deleted_at", "merged_at"):
        assert local_days(then["deals"], column).max() <= DAY
    for column in ("created_at", "qualified_at", "converted_at"):
        assert local_days(then["leads"], column).max() <= DAY


def test_open_deals_on_a_day_are_those_that_its_extract_holds_open(company: SimulatedCompany) -> None:
    deals = extract(company, DAY)["deals"]
    is_open = ~pl.col("is_closed") & ~pl.col("is_deleted") & pl.col("merged_into_deal_id").is_null()
    truth = company.open_deals_on(DAY)
    columns = ["deal_id", "stage", "owner_id", "close_date", "region"]
    assert truth.select(columns).equals(deals.filter(is_open).select(columns))
    assert truth["original_amount"].equals(deals.filter(is_open)["amount"], check_names=False)


def test_the_daily_loop_and_the_fold_over_the_ledger_agree(company: SimulatedCompany) -> None:
    last = company.open_deals_on(company.settings.until)
    assert np.flatnonzero(company.pipeline.is_open).tolist() == [int(deal[1:]) for deal in last["deal_id"]]


def test_closed_deals_are_closed_on_their_close_date_and_open_ones_have_no_closing(
    tables: dict[str, pl.DataFrame],
) -> None:
    deals = tables["deals"].with_columns(closed_day=local_days(tables["deals"], "closed_at"))
    assert deals.filter(pl.col("is_closed") != pl.col("closed_at").is_not_null()).height == 0
    assert deals.filter(pl.col("is_closed") & (pl.col("closed_day") != pl.col("close_date"))).height == 0


def test_some_changes_happen_when_the_utc_day_is_another_than_the_local_one(
    tables: dict[str, pl.DataFrame],
) -> None:
    changes = tables["deal_changes"]
    assert (local_days(changes, "changed_at") != changes["changed_at"].dt.date()).sum() > 50


@pytest.mark.parametrize(("deals", "tolerance"), [(720, 0.15), (2400, 0.06)])
def test_observed_over_expected_is_near_one_under_the_known_hazards(deals: int, tolerance: float) -> None:
    totals = expected_by_day(simulate(SimulationSettings(deals=deals, seed=11)))
    for cause in ("won", "lost", "moves"):
        ratio = totals[f"observed_{cause}"].sum() / totals[f"expected_{cause}"].sum()
        assert abs(ratio - 1) < tolerance, cause


def test_cells_scatter_about_the_true_hazards_as_poisson_counts_do() -> None:
    by_cell = expected_by_cell(simulate(SimulationSettings(deals=5000, seed=5)))
    cells = by_cell.group_by("stage", "region", "age_from").agg(pl.col("^(observed|expected)_.*$").sum())
    for cause in ("won", "lost", "moves"):
        big = cells.filter(pl.col(f"expected_{cause}") > 5)
        z = (big[f"observed_{cause}"] - big[f"expected_{cause}"]) / big[f"expected_{cause}"].sqrt()
        assert 0.8 < z.std() < 1.2, cause


def test_deals_at_risk_are_those_open_at_the_start_and_created_during_the_day(
    company: SimulatedCompany,
) -> None:
    before = company.open_deals_on(DAY - timedelta(days=1))["deal_id"].to_list()
    deals = extract(company, DAY)["deals"]
    created = deals.filter(local_days(deals, "created_at") == DAY)["deal_id"].to_list()
    removed = deals.filter((local_days(deals, "deleted_at") == DAY) | (local_days(deals, "merged_at") == DAY))
    at_risk = expected_by_day(company).filter(pl.col("day") == DAY)["at_risk"].sum()
    assert at_risk == len({*before, *created} - {*removed["deal_id"].to_list()})


def test_a_planted_blockage_slows_exits_from_its_stage_and_no_other() -> None:
    start = date(2026, 4, 6)
    settings = SimulationSettings(deals=8000, seed=4)
    blocked = dataclasses.replace(settings, blockage=Blockage("Proposal", start))
    window = (pl.col("day") >= start) & (pl.col("day") < start + timedelta(weeks=6))
    per_day = {
        kind: pl.sum_horizontal(f"{kind}_won", f"{kind}_lost", f"{kind}_moves").sum()
        / pl.col("at_risk").sum()
        for kind in ("expected", "observed")
    }
    free, held = (
        expected_by_day(simulate(made)).filter(window).group_by("stage").agg(**per_day)
        for made in (settings, blocked)
    )
    ratios = held.join(free, on="stage").select(
        "stage", *(pl.col(kind) / pl.col(f"{kind}_right") for kind in per_day)
    )
    expected = dict(ratios.select("stage", "expected").iter_rows())
    observed = dict(ratios.select("stage", "observed").iter_rows())
    assert expected.pop("Proposal") == pytest.approx(0.4, abs=0.06)
    assert observed["Proposal"] < 0.6
    assert all(abs(ratio - 1) < 0.15 for ratio in expected.values())


def test_settings_that_cannot_be_followed_are_named() -> None:
    with pytest.raises(SimulationError, match="'Demo' is no open stage; accepted: Qualified, Meeting"):
        SimulationSettings(blockage=Blockage("Demo", DAY))
    with pytest.raises(SimulationError, match="'Mars/Base' is not accepted"):
        SimulationSettings(time_zone="Mars/Base")
    with pytest.raises(SimulationError, match="'XYZ' has no rate here; accepted: EUR"):
        simulate(SimulationSettings(reporting_currency="XYZ"))


def test_representatives_stand_under_managers_three_deep_and_some_join_and_leave(
    company: SimulatedCompany, tables: dict[str, pl.DataFrame]
) -> None:
    owners = tables["owners"]
    manager = dict(owners.select("owner_id", "manager_id").iter_rows())
    owner, depth = tables["deals"]["owner_id"][0], 0
    while manager[owner] is not None:
        owner, depth = manager[owner], depth + 1
    assert depth == 3
    assert owners.filter(~pl.col("is_active")).height > 0
    assert (owners["valid_from"] > company.settings.start).sum() > 0
    assert owners["owner_name"].n_unique() == owners["owner_id"].n_unique()


def test_no_open_deal_belongs_to_someone_who_has_left(company: SimulatedCompany) -> None:
    for day in (DAY, company.settings.until):
        inactive = extract(company, day)["owners"].filter(~pl.col("is_active"))["owner_id"]
        assert company.open_deals_on(day)["owner_id"].is_in(inactive.to_list()).sum() == 0


def test_a_company_has_what_real_ones_have() -> None:
    tables = extract(simulate(SimulationSettings(deals=5000)), date(2026, 9, 30))
    deals, changes = tables["deals"], tables["deal_changes"]
    stage = changes.filter(pl.col("field") == "stage")
    same_day = stage.with_columns(day=local_days(stage, "changed_at")).group_by("deal_id", "day").len()
    assert deals["is_deleted"].sum() > 20
    assert deals["merged_into_deal_id"].is_not_null().sum() > 20
    assert stage.filter(pl.col("old_value") == "Closed Lost").height > 50  # reopened
    assert stage.filter((pl.col("old_value") == "Proposal") & (pl.col("new_value") == "Meeting")).height > 20
    assert (
        stage.filter((pl.col("old_value") == "Meeting") & (pl.col("new_value") == "Negotiation")).height > 20
    )
    assert same_day.filter(pl.col("len") > 1).height > 100  # a move and a close
    assert changes.filter((pl.col("field") == "pipeline") & pl.col("old_value").is_not_null()).height > 20
    assert deals["currency"].n_unique() == 3
    assert set(deals["deal_type"]) == {"new", "expansion", "renewal"}
    assert set(tables["leads"]["status"]) == {"Open", "Qualified", "Disqualified", "Converted"}


def test_merged_deals_share_the_account_of_the_deal_they_are_merged_into(
    tables: dict[str, pl.DataFrame],
) -> None:
    merged = tables["deals"].filter(pl.col("merged_into_deal_id").is_not_null())
    survivors = tables["deals"].select("deal_id", survivor_account="account_id")
    joined = merged.join(survivors, left_on="merged_into_deal_id", right_on="deal_id")
    assert joined.height == merged.height > 0
    assert joined["account_id"].equals(joined["survivor_account"], check_names=False)


def test_expansions_and_renewals_are_sold_to_accounts_that_won_before(
    tables: dict[str, pl.DataFrame],
) -> None:
    deals = tables["deals"]
    first_win = deals.filter("is_won").group_by("account_id").agg(first_win=pl.col("closed_at").min())
    sold = deals.filter(pl.col("deal_type") != "new").join(first_win, on="account_id", how="left")
    assert sold.height > 200
    assert (sold["created_at"] > sold["first_win"]).all()


def test_leads_convert_into_the_deals_that_name_them(tables: dict[str, pl.DataFrame]) -> None:
    leads, deals = tables["leads"], tables["deals"]
    converted = leads.filter(pl.col("converted_at").is_not_null())
    joined = converted.join(deals.select("lead_id", "created_at", other="deal_id"), on="lead_id")
    assert joined.height == converted.height == deals["lead_id"].is_not_null().sum()
    assert joined["deal_id"].equals(joined["other"], check_names=False)
    assert (joined["converted_at"] == joined["created_at_right"]).all()
    assert (joined["created_at"] <= joined["qualified_at"]).all()
    assert (joined["qualified_at"] <= joined["converted_at"]).all()


def test_wins_rise_at_the_end_of_a_quarter_and_a_process_without_it_has_none() -> None:
    flat = SalesProcess(week_won=(1.0,) * 14, week_lost=(1.0,) * 14)
    shares = {}
    for name, process in (("skewed", SalesProcess()), ("flat", flat)):
        made = simulate(SimulationSettings(deals=4000, process=process))
        closed = made.wins()["closed_date"]
        left = pl.Series([(quarter_end(day, made.settings.fiscal_start_month) - day).days for day in closed])
        shares[name] = (left < 14).mean()
    assert 0.22 < shares["skewed"] < 0.36
    assert 0.12 < shares["flat"] < 0.20


def test_the_last_value_in_time_is_the_current_one() -> None:
    column = np.array([0, 0, 1])
    ledger = Ledger(column, column, np.array([5, 6, 7]), column, column, np.array([10, 11, 12]), column)
    assert ledger.latest(3).tolist() == [11, 12, -1]
    assert ledger.first_at(3).tolist() == [5, 7, -1]
    assert len(ledger.of(Field.STAGE)) == 1


def test_fiscal_quarters_end_where_the_year_says() -> None:
    assert quarter_end(date(2026, 9, 30), 2) == date(2026, 10, 31)
    assert quarter_end(date(2026, 1, 31), 2) == date(2026, 1, 31)
    assert quarter_end(date(2026, 12, 1), 1) == date(2026, 12, 31)


def test_managers_are_succeeded_and_nobody_reports_to_someone_who_has_left() -> None:
    made = simulate(SimulationSettings(deals=3000))
    staff, count = made.staff, len(made.staff.joined)
    managers = {manager for _, _, manager, _, _ in staff.records if manager != NONE}
    assert any(staff.left[manager] < len(made.days) for manager in managers)
    for day in range(0, len(made.days), 30):
        above = staff.managers_on(day)
        at_work = {code for code in range(count) if staff.joined[code] <= day < staff.left[code]}
        assert [code for code in at_work if code not in above] == [0]  # only the vice president
        assert {above[code] for code in at_work - {0}} <= at_work


def test_some_deals_are_shared_by_two_people_who_were_there(
    company: SimulatedCompany, tables: dict[str, pl.DataFrame]
) -> None:
    splits = tables["deal_splits"]
    deals = splits.group_by("deal_id").agg(pl.len(), pl.col("share").sum())
    assert set(deals["len"]) == {2}
    assert deals["share"].is_close(1).all()
    assert 0.04 < deals.height / tables["deals"].height < 0.09
    owners = tables["owners"].group_by("owner_id").agg(pl.col("valid_from").min())
    created = tables["deals"].select("deal_id", created=pl.col("created_at").dt.date())
    known = splits.join(created, on="deal_id").join(owners, on="owner_id")
    assert known.height == splits.height
    assert known.filter(pl.col("valid_from") > pl.col("created") + pl.duration(days=1)).is_empty()
