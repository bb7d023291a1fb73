"""A night that touches the deals that changed leaves the tables that a full rebuild would."""

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from orchestration.nights import begin, end, lookups_hold
from tests.benchmarks.compiled_models import build, compile_core, compile_night
from tests.nights.random_lakes import nights, write_night

EXAMPLES = 8


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """The SQL of a full build and of a night."""
    folder = tmp_path_factory.mktemp("compiled")
    full = compile_core(folder / "full.duckdb", folder / "target")
    return Compiled(full, compile_night(folder / "added.duckdb", folder / "target"))


class Compiled:
    """Without a long repr, which hypothesis would write for each example."""

    def __init__(self, full, night):
        self.full, self.night = full, night


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(sequence=nights())
def test_after_any_nights_the_tables_equal_a_full_rebuild(compiled, sequence):
    full, night = compiled.full, compiled.night
    with duckdb.connect() as kept:
        for each in sequence:
            write_night(kept, each)
            is_night = begin(kept)
            build(kept, night if is_night else full, is_night)
            if is_night and not lookups_hold(kept):
                kept.execute("drop schema night cascade")
                build(kept, full)
            end(kept, is_built=True)
            with duckdb.connect() as rebuilt:
                write_night(rebuilt, each)
                build(rebuilt, full)
                for model in full:
                    if model.materialized != "view":
                        query = f"select * from {model.relation} order by all"
                        assert kept.execute(query).fetchall() == rebuilt.execute(query).fetchall(), model.name
