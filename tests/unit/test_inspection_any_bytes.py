"""Whatever bytes a file holds, inspecting it ends in a report or in an error of ours."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orchestration.extracts.errors import ExtractError
from orchestration.inspection.inspecting import inspect
from orchestration.inspection.report import report

ENDINGS = st.sampled_from([".csv", ".tsv", ".json", ".jsonl", ".xlsx", ".zip", ".csv.gz", ".parquet"])
CELLS = st.one_of(
    st.sampled_from(["", "id", "stage", "Won", "Lost", "1/2/2026", "2026-01-31", "1.234,5", "=1+1", "-"]),
    st.text(max_size=8),
)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8).map(
    lambda rows: "\n".join(",".join(row) for row in rows).encode("utf-8", "replace")
)


@example(content=b"\x0b", ending=".csv")  # white space to text, though not to bytes
@given(content=st.one_of(st.binary(max_size=200), TABLES), ending=ENDINGS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_raise_anything_but_our_error(content, ending):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"deals{ending}").write_bytes(content)
        try:
            text = report(inspect(Path(folder)))
        except ExtractError:
            return
        assert max(map(len, text.splitlines())) <= 100
