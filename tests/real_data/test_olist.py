"""A marketplace's leads and won sellers, published with several spellings of the same facts."""

import pytest
import yaml

from tests.refreshes import PROJECT, Workplace

MAPPING = PROJECT / "tests" / "mappings" / "olist.yaml"
COMPANY = PROJECT / "tests" / "mappings" / "olist_company.yaml"


@pytest.fixture(scope="module")
def olist(tmp_path_factory, shared_data):
    """The publisher's files refreshed, and the twins that Excel and a headerless export made of them."""
    workplaces = {}
    for name, path in (("publisher", "olist"), ("variants", "olist/variants")):
        company = yaml.safe_load(COMPANY.read_text())
        company["sources"][0].update(path=str(shared_data / path))
        workplaces[name] = Workplace.of(tmp_path_factory.mktemp(name), company)
        (workplaces[name].company_file.parent / "olist.yaml").write_text(MAPPING.read_text())
    return workplaces, {name: workplace.succeed() for name, workplace in workplaces.items()}


def test_every_lead_and_every_won_deal_is_there(olist):
    workplaces, _ = olist
    publisher = workplaces["publisher"]
    assert publisher.query("select count(*) from core.fct_leads") == [(8000,)]
    assert publisher.query("select count(*), count(distinct lead_id) from core.fct_deals where is_won") == [
        (842, 842)
    ]


def test_the_variants_publish_identical_tables(olist):
    workplaces, _ = olist
    schemas = ("core", "metrics", "forecast")
    assert workplaces["publisher"].hashes(*schemas) == workplaces["variants"].hashes(*schemas)


def test_the_deal_won_before_its_first_contact_is_flagged(olist):
    workplaces, outputs = olist
    assert "created_after_closed: 1 found" in outputs["publisher"]
    assert workplaces["publisher"].query(
        "select count(*) from core.fct_deals where created_date > closed_date"
    ) == [(1,)]


def test_leads_that_became_customers_are_counted_by_origin(olist):
    workplaces, _ = olist
    origins = workplaces["publisher"].query(
        "select source, count(*), count_if(is_converted) from core.fct_leads group by source"
    )
    assert {source: (leads, converted) for source, leads, converted in origins} == {
        "organic_search": (2296, 271),
        "paid_search": (1586, 195),
        "social": (1350, 75),
        "unknown": (1099, 179),
        "direct_traffic": (499, 56),
        "email": (493, 15),
        "referral": (284, 24),
        "other": (150, 4),
        "display": (118, 6),
        "other_publicities": (65, 3),
        None: (60, 14),
    }
