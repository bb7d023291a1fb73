"""Models know the steps of the sales process, and no stage, CRM or company: those are data."""

import re
from pathlib import Path
from typing import get_args

import pytest

from orchestration.company import ProcessStep
from orchestration.simulation.forms import form_names
from orchestration.simulation.process import CATEGORIES, PIPELINES, SalesProcess
from orchestration.simulation.settings import REGIONS

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))
STEPS = set(get_args(ProcessStep)) - {"lost"}  # which is a result, too
# The map of the process gives each step its place, and a deal without any stage setting its end.
MAP = {"dim_stages.sql", "int_stage_map.sql"}
EVENTS = {"int_funnel_measures.sql": {"lead"}, "int_funnel_events.sql": {"lead"}}  # kinds of events


def literals(sql: str) -> set[str]:
    """The texts in quotes, comments left out."""
    return set(re.findall(r"'((?:[^']|'')*)'", re.sub(r"--.*|\{#.*?#\}", "", sql)))


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_names_no_stage_pipeline_crm_or_region(model):
    stages = {stage.name for stage in SalesProcess().stages} | {"Won", "Lost", "closedwon", "closedlost"}
    names = {*stages, *PIPELINES, *CATEGORIES, *(region.name for region in REGIONS)}
    crms = set(form_names()) - {"canonical"}
    words = literals(model.read_text())
    assert {word for word in words if word in names or word.lower() in crms} == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_steps_of_the_process_stand_in_its_map_only(model):
    allowed = STEPS if model.name in MAP else EVENTS.get(model.name, set())
    assert literals(model.read_text()) & STEPS <= allowed


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_is_short_and_says_its_grain_first(model):
    assert len(model.read_text().splitlines()) <= 110
    described = model.with_suffix(".yml").read_text()
    description = re.search(r"\n    description:\s*(?:>-?\s*)?[\"']?(.*)", described)
    assert description, "no description"
    assert re.match(r"(One row|The one row|Each|Per )", description[1]), description[1]
