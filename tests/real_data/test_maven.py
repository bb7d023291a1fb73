"""A hardware seller's CRM that nothing built in knows, through a mapping file of the user."""

from datetime import date
from decimal import Decimal

import pytest
import yaml

from tests.refreshes import PROJECT, Workplace

MAPPING = PROJECT / "tests" / "mappings" / "maven.yaml"
COMPANY = PROJECT / "tests" / "mappings" / "maven_company.yaml"


@pytest.fixture(scope="module")
def maven(tmp_path_factory, shared_data):
    """Both twins, refreshed: the publisher's files, and the same rows re-saved with US dates."""
    workplaces = {}
    for twin in ("original", "resaved_us_dates"):
        company = yaml.safe_load(COMPANY.read_text())
        company["sources"][0].update(path=str(shared_data / "maven_crm" / twin), crm="maven.yaml")
        company["forecast"] = {"period": "month"}  # it has five quarters
        workplace = Workplace.of(tmp_path_factory.mktemp(twin), company)
        (workplace.company_file.parent / "maven.yaml").write_text(MAPPING.read_text())
        workplace.succeed()
        workplaces[twin] = workplace
    return workplaces


def test_every_deal_is_there_and_wins_per_quarter_are_those_of_the_extract(maven):
    original = maven["original"]
    assert original.query("select count(*) from core.fct_deals") == [(8800,)]
    assert original.query(
        "select date_trunc('quarter', closed_date)::date, count(*), sum(amount)"
        " from core.fct_deals where is_won group by all order by 1"
    ) == [
        (date(2017, 1, 1), 531, Decimal("1134672.00")),
        (date(2017, 4, 1), 1254, Decimal("3086111.00")),
        (date(2017, 7, 1), 1257, Decimal("2982255.00")),
        (date(2017, 10, 1), 1196, Decimal("2802496.00")),
    ]


def test_a_misspelt_product_is_joined_by_a_rule_of_the_mapping(maven):
    [(deals,)] = maven["original"].query(
        "select count(*) from core.fct_deals join core.fct_deal_segments using (deal_id)"
        " where segment_name = 'product_series' and segment_value = '(none)'"
    )
    assert deals == 0


def test_the_twin_with_us_dates_publishes_identical_tables(maven):
    schemas = ("core", "metrics", "forecast")
    assert maven["original"].hashes(*schemas) == maven["resaved_us_dates"].hashes(*schemas)


def test_the_months_are_forecast_better_than_by_past_ones_and_by_all_members_but_one(maven):
    error = dict(
        maven["original"].query(
            "select method, avg(wape) from forecast.forecast_scores where basis = 'backtest' group by method"
        )
    )
    assert error["headline"] <= 0.75 * error["mean_of_3"]
    assert error["headline"] < error["last_period"]
    assert sum(error["headline"] < error[member] for member in ("hazard", "landmark", "series")) >= 2
    assert "crm_weighted" not in error  # its stages carry no probabilities


def test_the_ranges_of_the_months_hold_about_as_often_as_they_say(maven):
    [(held,)] = maven["original"].query(
        "select avg(coverage) from forecast.forecast_scores where method = 'headline'"
    )
    assert 0.7 <= held <= 0.97
