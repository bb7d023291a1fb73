"""Segments of the company file: each is told by the sources, by a mapping, or is built in."""

import re

import pytest

from orchestration.extracts import ExtractError
from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    made = Workplace(tmp_path)
    made.write(FIRST, {"deals.csv": "deal_id,area\nD1,North\n"})
    return made


def test_a_segment_may_be_a_dimension_of_a_source_or_built_in(workplace):
    workplace.source, workplace.segments = {"dimensions": {"region": "area"}}, ["region", "deal_type"]
    workplace.land()
    assert workplace.rows("deal_dimensions", "dimension", "value") == [("region", "North")]


def test_a_segment_may_be_a_dimension_of_the_mapping(workplace):
    landing = {"entity": "deals", "columns": {"deal_id": "deal_id"}, "dimensions": {"region": "area"}}
    workplace.map(tables={"deals": {"files": "deals", "lands": [landing]}})
    workplace.segments = ["region"]
    workplace.land()
    assert workplace.rows("deal_dimensions", "dimension", "value") == [("region", "North")]


def test_a_segment_that_nothing_tells_is_an_error(workplace):
    workplace.source, workplace.segments = {"dimensions": {"region": "area"}}, ["region", "vertical"]
    said = "segments: vertical: accepted are all, owner, team, pipeline, deal_type, region, or a dimension"
    with pytest.raises(ExtractError, match=re.escape(said)):
        workplace.stage()
