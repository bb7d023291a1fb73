"""A damaged file of any format is an error of ours or broken lines, never another exception."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.extracts.errors import ExtractError
from orchestration.extracts.footers import without_footer
from orchestration.extracts.tables import open_tables

OBJECTS = [{"id": f"D{number}", "name": 'a "q",\né', "k": [{"v": number}]} for number in range(9)]
TEXT = "id,name\n" + "".join('"{id}","a ""q"",\né"\n'.format(**each) for each in OBJECTS) + "\nReport\nAcme\n"
DAMAGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=9)), min_size=1, max_size=4
)


def zipped():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deals.csv", TEXT)
        archive.writestr("deals.json", json.dumps(OBJECTS))
    return content.getvalue()


def workbook():
    content = io.BytesIO()
    pl.DataFrame(OBJECTS).drop("k").write_excel(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("deals.csv", TEXT.encode()),
        ("deals.csv.gz", gzip.compress(TEXT.encode(), mtime=0)),
        ("deals.json", json.dumps(OBJECTS, indent=1).encode()),
        ("deals.jsonl", "\n".join(map(json.dumps, OBJECTS)).encode()),
        ("deals.zip", zipped()),
        ("deals.xlsx", workbook()),
    ],
)
@settings(max_examples=60, deadline=None)
@given(damages=DAMAGES)
def test_a_damaged_file_is_an_error_of_ours_or_broken_lines(name, sound, damages):
    content = bytearray(sound)
    for place, gone, instead in damages:
        start = int(place * len(content))
        content[start : start + gone] = instead
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        problem = ""
        try:
            for table in map(without_footer, open_tables(path)):
                for block in table.blocks(range(len(table.header))):
                    assert block.rows.width == len(table.header) + 1
        except ExtractError as error:
            problem = str(error)
        assert not problem or str(path) in problem
