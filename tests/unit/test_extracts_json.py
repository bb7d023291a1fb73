"""JSON becomes tables: dotted columns, a table for each nested list, and a line where it is broken."""

import json
import tracemalloc

import polars as pl
import pytest

from orchestration.extracts import json_objects
from orchestration.extracts.errors import ExtractError
from orchestration.extracts.tables import open_tables
from tests.unit.extract_folders import FIRST, Workplace


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)


def opened(tmp_path, content, name="deals.json"):
    (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return {table.name.removeprefix(f"{tmp_path}/"): table for table in open_tables(tmp_path / name)}


def rows_of(table):
    """The rows as dictionaries of what is given, each with its number."""
    frame = pl.concat([block.rows for block in table.blocks(range(len(table.header)))])
    return [
        (row[0], {name: text for name, text in zip(table.header, row[1:], strict=True) if text is not None})
        for row in frame.rows()
    ]


OBJECTS = [{"id": "1", "amount": 1.10}, {"id": "2", "tags": ["a", 5, True], "is_won": False}]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=2),
        json.dumps({"results": OBJECTS, "paging": {"next": {"after": "2"}}}),
        json.dumps({"success": True, "data": {"items": OBJECTS}}),
        json.dumps({"deals": OBJECTS, "hasMore": False}),
        "\n".join(json.dumps(each) for each in OBJECTS),
        "\n".join(json.dumps({"results": [each], "paging": None}) for each in OBJECTS),
        "\ufeff" + json.dumps(OBJECTS),
    ],
)
def test_objects_are_found_in_an_array_a_list_an_answer_or_one_after_another(tmp_path, content):
    table = opened(tmp_path, content)["deals.json"]
    assert rows_of(table) == [
        (1, {"id": "1", "amount": "1.1"}),
        (2, {"id": "2", "tags": "a;5;true", "is_won": "false"}),
    ]


def test_numbers_are_kept_as_they_are_written(tmp_path):
    table = opened(tmp_path, '[{"a": 1.10, "b": 12345678901234567890, "c": 1e5, "d": null}]')["deals.json"]
    assert table.header == ("a", "b", "c", "d")
    assert rows_of(table) == [(1, {"a": "1.10", "b": "12345678901234567890", "c": "1e5"})]


def test_a_thing_with_an_id_is_a_row_although_it_holds_one_list_of_objects(tmp_path):
    tables = opened(tmp_path, {"id": 7, "items": [{"sku": "x"}]})
    assert rows_of(tables["deals.json"]) == [(1, {"id": "7"})]
    assert rows_of(tables["deals.json#items"]) == [(1, {"sku": "x", "parent.id": "7"})]


def test_nested_objects_are_dotted_columns_and_nested_lists_tables_with_their_parent(tmp_path):
    pipelines = [{"id": "p", "meta": {"label": "Sales"}, "stages": [{"id": "s1"}, {"id": "s2"}]}]
    tables = opened(tmp_path, {"results": pipelines})
    assert rows_of(tables["deals.json"]) == [(1, {"id": "p", "meta.label": "Sales"})]
    parent = {"parent.id": "p", "parent.meta.label": "Sales"}
    assert rows_of(tables["deals.json#stages"]) == [(1, {"id": "s1", **parent}), (1, {"id": "s2", **parent})]


def test_lists_in_lists_know_both_parents(tmp_path):
    tables = opened(tmp_path, [{"id": "a", "b": [{"id": "b", "c": [{"id": "c"}]}]}])
    assert rows_of(tables["deals.json#b.c"]) == [(1, {"id": "c", "parent.id": "b", "parent.parent.id": "a"})]


def test_a_dictionary_of_lists_is_one_table_with_its_key_as_name(tmp_path):
    history = {"dealstage": [{"value": "won"}, {"value": "new"}], "amount": [{"value": "5"}], "closedate": []}
    tables = opened(tmp_path, [{"id": "1", "propertiesWithHistory": history}])
    assert [row for _, row in rows_of(tables["deals.json#propertiesWithHistory"])] == [
        {"value": "won", "name": "dealstage", "parent.id": "1"},
        {"value": "new", "name": "dealstage", "parent.id": "1"},
        {"value": "5", "name": "amount", "parent.id": "1"},
    ]


def test_json_lines_have_nested_tables_and_line_numbers_too(tmp_path):
    tables = opened(
        tmp_path, '{"id":1,"p":{"x":"y"},"c":[{"n":1}]}\n\n{"id":2,"c":[{"n":2}]}\n', "deals.jsonl"
    )
    assert rows_of(tables["deals.jsonl"]) == [(1, {"id": "1", "p.x": "y"}), (3, {"id": "2"})]
    assert [number for number, _ in rows_of(tables["deals.jsonl#c"])] == [1, 3]


def test_json_is_landed_and_its_values_quarantined_by_the_number_of_the_object(workplace):
    deals = [{"deal_id": "D1", "amount": 1.5}, {"deal_id": "D2", "amount": "x"}, "junk"]
    workplace.write(FIRST, {"deals.json": json.dumps(deals)})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert workplace.quarantine("line", "value", "reason") == [
        (2, "x", "an amount below 10^16 is accepted, such as 1234.50 or € 1,234.50"),
        (3, "junk", "no JSON object; accepted is a list of objects alone"),
    ]


def test_several_lists_in_one_object_are_a_table_each(workplace):
    both = {"deals": [{"deal_id": "D1"}], "owners": [{"owner_id": "O1"}]}
    workplace.write(FIRST, {"export.json": json.dumps(both)})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert workplace.rows("owners", "owner_id") == [("O1",)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"id": 1},\n {"id": 2}\n {"id": 3}]', r"line 3, column 2: no sound JSON: expected is , or \]"),
        ('[{"id": 1},\n {"id: 2}]', "line 2, column 3: no sound JSON: the file ends in a text"),
        ('[{"id": 1},\n {"id": 2},', r"line 2, column 12: no sound JSON: the file ends in the middle"),
        ('[{"id": 1}', "the file ends in the middle"),
        ("deal_id,amount\nD1,1\n", r"line 1, column 1: no sound JSON: expected is \[ or \{"),
        ('[{"id": ' + "[" * 100_000, "is nested too deep"),
    ],
)
@pytest.mark.parametrize("size", [3, 1 << 20])
def test_a_broken_file_is_named_with_its_line_and_what_is_accepted(
    tmp_path, monkeypatch, content, said, size
):
    size = max(size, len(content) // 20)
    monkeypatch.setattr("orchestration.extracts.byte_streams.byte_blocks.__defaults__", (size,))
    with pytest.raises(ExtractError, match=rf"deals.json: .*{said}.*; accepted is an array of objects"):
        opened(tmp_path, content)


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path):
    (tmp_path / "deals.json").write_bytes('[{"id": "é"},\n{"id": "'.encode() + b'\xff\xfe"}]')
    with pytest.raises(ExtractError, match=r"line 2, column 9: .*is not valid UTF-8"):
        open_tables(tmp_path / "deals.json")


def test_half_a_character_and_nul_are_no_text(workplace):
    workplace.write(FIRST, {"deals.json": r'[{"deal_id": "D\u00001"}, {"deal_id": "D\ud8002"}]'})
    workplace.land()
    assert workplace.rows("deals", "deal_id") == [("D1",)]
    assert workplace.quarantine("line", "reason") == [
        (2, "holds half of a character (a lone surrogate); accepted is text in UTF-8")
    ]


def test_lists_nested_too_deep_are_refused(tmp_path):
    with pytest.raises(ExtractError, match=r"object 1: is nested too deep; accepted are 100 levels"):
        opened(tmp_path, '[{"x": ' + "[" * 500 + "1" + "]" * 500 + "}]")


def test_too_many_columns_are_refused(tmp_path):
    with pytest.raises(ExtractError, match=r"columns; accepted are 5,000"):
        opened(tmp_path, {f"D{number}": {"amount": 1} for number in range(6000)})


def test_an_object_over_the_bound_is_refused_and_a_list_in_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(json_objects, "LONGEST_RECORD_BYTES", 300)
    monkeypatch.setattr("orchestration.extracts.byte_streams.byte_blocks.__defaults__", (64,))
    many = [{"id": str(number)} for number in range(100)]
    table = opened(tmp_path, {"total": 100, "results": many, "paging": {"a": 1}})["deals.json"]
    assert [row["id"] for _, row in rows_of(table)] == [str(number) for number in range(100)]
    table = opened(tmp_path, {"data": {"items": many}, "success": True})["deals.json"]
    assert len(rows_of(table)) == 100
    with pytest.raises(ExtractError, match="an object is longer than 8 MB"):
        opened(tmp_path, [{"id": "x" * 1000}])


@pytest.mark.parametrize("name", ["deals.json", "deals.jsonl"])
def test_memory_is_bounded_by_blocks_and_not_by_the_file(tmp_path, monkeypatch, name):
    deal = json.dumps({"id": "0", "properties": {f"p{number}": "value" * 5 for number in range(10)}})
    divider = ",\n" if name == "deals.json" else "\n"
    monkeypatch.setattr("orchestration.extracts.byte_streams.byte_blocks.__defaults__", (1 << 16,))
    monkeypatch.setattr("orchestration.extracts.json_tables.BLOCK_ROWS", 1000)
    text = divider.join([deal] * 6_000)
    (tmp_path / name).write_text(f"[{text}]" if name == "deals.json" else text)
    del text
    tracemalloc.start()
    [table] = open_tables(tmp_path / name)
    count = sum(block.rows.height for block in table.blocks([0, 1]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 6_000
    assert (tmp_path / name).stat().st_size > 2 << 20
    assert peak < 1 << 20


def test_parquet_has_the_columns_that_the_same_json_has(tmp_path):
    frame = pl.DataFrame({"id": ["1"], "p": [{"x": 1, "q": {"y": True}}], "tags": [["a", None, "b"]]})
    frame.write_parquet(tmp_path / "deals.parquet")
    [table] = open_tables(tmp_path / "deals.parquet")
    assert rows_of(table) == [(1, {"id": "1", "p.x": "1", "p.q.y": "true", "tags": "a;b"})]
