"""A night that reads only what changed since the night before leaves the lake that reading all leaves."""

import shutil
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.extracts import reading
from orchestration.extracts.manifest import read_manifest
from orchestration.raw_gate import _staged_rows
from tests.unit.extract_folders import FIRST, SECOND, THIRD, Workplace

DEALS = "deal_id,deal_name,stage,amount,created_at,pipeline"
CHANGES = "deal_id,field,changed_at,new_value,old_value"
STAGES = "stage,stage_order\nA,1\nB,2\n"
MANY = 40


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path / "data")


def deal(number, stage="A", amount="1.50", name="", pipeline="", created="2026-01-05T09:00:00Z"):
    return f"D{number},{name},{stage},{amount},{created},{pipeline}"


def change(number, stage="A", moment="2026-01-05T09:00:00Z"):
    return f"D{number},stage,{moment},{stage},"


def files(deals, changes=(), **others):
    return {
        "deals.csv": "\n".join((DEALS, *deals)) + "\n",
        "deal_changes.csv": "\n".join((CHANGES, *changes)) + "\n",
        "stages.csv": STAGES,
    } | {f"{name}.csv": text for name, text in others.items()}


def some(*numbers):
    return [deal(number) for number in numbers]


@pytest.fixture
def left_out(monkeypatch):
    """The files of which rows were left out since they stayed as they were, and how many were read."""
    read: dict[str, int | None] = {}
    original = reading.read_changed

    def noted(table, file, *others):
        changed = original(table, file, *others)
        read[file] = None if changed is None else changed.rows.rows.height
        return changed

    monkeypatch.setattr(reading, "read_changed", noted)
    return read


def state(workplace):
    """Lake and quarantine file by file, the lines to correct, and every account."""
    offered = {
        str(path.relative_to(workplace.root)): path.read_bytes()
        for path in sorted(workplace.folder.quarantine.rglob("*.csv"))
    }
    return workplace.lake_bytes() | offered, read_manifest(workplace.folder).to_json()


def lands_the_same(workplace, nights, monkeypatch):
    """Land nights one after the other, each also by reading all, and compare what is left of them."""
    whole = Workplace(workplace.root.with_name("whole"))
    shutil.rmtree(workplace.root, ignore_errors=True)
    shutil.rmtree(whole.root, ignore_errors=True)
    for day, night in nights:
        workplace.write(day, night)
        whole.write(day, night)
        problems = [extract.problem for extract in workplace.stage()]
        extracts = [(each.extract_date, each) for each in workplace.stage() if not each.problem]
        views = [judged(workplace, extract) for _, extract in extracts]
        workplace_night = workplace.land_readable()
        with monkeypatch.context() as patched:
            patched.setattr(reading, "read_changed", lambda *_: None)
            told = [str(each.problem).replace("/whole/", "/data/") for each in whole.stage()]
            assert [str(each) for each in problems] == told
            assert views == [judged(whole, each) for each in whole.stage() if not each.problem]
            assert workplace_night == whole.land_readable()
        assert state(workplace) == state(whole)


def judged(workplace, extract):
    """The rows that the raw gate looks at."""
    lake = read_manifest(workplace.folder)
    found = []
    for entity in ("deals", "deal_changes"):
        query = _staged_rows(extract, entity, lake)
        rows = query if isinstance(query, pl.DataFrame) else duckdb.sql(query).pl()
        found.append(sorted(map(str, rows.drop("source_row").rows())))
    return found


def test_only_changed_new_and_quarantined_lines_are_read(workplace, left_out):
    rows = some(*range(MANY))
    workplace.write(FIRST, files([*rows, deal("X", amount="12 apples")], [change(1)]))
    workplace.night()
    rows[3] = deal(3, "B")
    del rows[7]
    workplace.write(
        SECOND, files([deal(100), *rows, deal("X", amount="12 apples")], [change(1), change(3, "B")])
    )
    assert workplace.night() == [f"sales {SECOND}"]
    assert left_out == {"deals.csv": 2, "deal_changes.csv": 1}
    assert workplace.rows("deals", "deal_id", "is_tombstone", "source_row", day=SECOND) == [
        ("D100", False, 0),
        ("D3", False, 4),
        ("D7", True, None),
    ]
    assert workplace.account("deals.csv", SECOND) == (41, 2, 38, 1, 0)
    assert workplace.quarantine("file", "line", "column")[-1] == ("deals.csv", 42, "amount")


NIGHTS = {
    "a row that comes back": [some(*range(MANY)), some(*range(1, MANY)), some(*range(MANY))],
    "rows in another order": [some(*range(MANY)), some(*reversed(range(MANY)))],
    "a copy of a line that stayed": [some(*range(MANY)), some(*range(MANY), 5)],
    "a copy that goes": [some(*range(MANY), 5), some(*range(MANY))],
    "the copy that is written differently": [
        [*some(*range(MANY)), deal(5, amount="1.5")],
        [*some(*range(MANY)), deal(5, amount="1.5"), deal(99)],
        [*some(*range(5), *range(6, MANY)), deal(5, amount="1.5"), deal(99)],
    ],
    "a row that contradicts one that stayed": [some(*range(MANY)), [*some(*range(MANY)), deal(5, "B")]],
    "a contradiction that ends": [[*some(*range(MANY)), deal(5, "B")], some(*range(MANY))],
    "a row that is unreadable for a night": [
        some(*range(MANY)),
        [*some(*range(MANY - 1)), deal(MANY - 1, amount="12 apples")],
        [*some(*range(MANY - 1)), deal(MANY - 1, amount="12 apples"), deal(99)],
        some(*range(MANY)),
        some(*range(MANY - 1)),
    ],
    "an unreadable row that goes": [
        some(*range(MANY)),
        [*some(*range(MANY - 1)), deal(MANY - 1, amount="12 apples")],
        some(*range(MANY - 1)),
    ],
    "a broken line": [
        [*some(*range(MANY)), "cut short"],
        [*some(*range(MANY)), "cut short", 'D9,12" screen,A,1.00,,'],
        [*some(*range(MANY)), deal(99), 'D9,12" screen,A,1.00,,'],
    ],
    "a line in quotes that goes on in the next": [
        some(*range(MANY)),
        [*some(*range(20)), 'D99,"two', 'lines",A,1.00,,', *some(*range(20, MANY))],
        [*some(*range(21)), 'D99,"two', 'lines",A,1.00,,', *some(*range(20, MANY))],
    ],
    "a quote that swallows lines that stayed": [
        some(*range(MANY)),
        [*some(*range(20)), 'D99,"open', *some(*range(20, MANY)), 'D98,"",A,1.00,,'],
    ],
    "a date that decides the order": [
        [deal(number, created="05.01.2026") for number in range(MANY)] + [deal(99, created="31.01.2026")],
        [deal(number, created="05.01.2026") for number in range(MANY)] + [deal(98, created="30.01.2026")],
        [deal(number, created="05.01.2026") for number in range(MANY)] + [deal(98, created="01.30.2026")],
    ],
    "the first date that is not plain": [
        some(*range(MANY)),
        [*some(*range(MANY)), deal(99, created="05.01.2026")],
        [*some(*range(MANY)), deal(99, created="25.01.2026")],
        [*some(*range(MANY)), deal(99, created="25.01.2026"), deal(98, created="06.01.2026")],
    ],
    "another pipeline": [
        some(*range(MANY)),
        [*some(*range(MANY)), deal(99, pipeline="other")],
        [*some(*range(1, MANY)), deal(99, pipeline="other"), deal(98)],
        some(*range(1, MANY)),
    ],
    "nothing at all": [some(*range(MANY)), some(*range(MANY)), []],
}


@pytest.mark.parametrize("nights", NIGHTS.values(), ids=NIGHTS)
def test_reading_only_what_changed_leaves_what_reading_all_leaves(workplace, nights, monkeypatch):
    days = [FIRST + timedelta(days=number) for number in range(len(nights))]
    lands_the_same(
        workplace, [(day, files(rows)) for day, rows in zip(days, nights, strict=True)], monkeypatch
    )


def test_history_that_the_crm_purged_stays_and_what_comes_back_is_read(workplace, monkeypatch):
    changes = [change(number) for number in range(MANY)]
    nights = [changes, changes[1:], [*changes[1:], change(99)], changes, changes]
    days = [FIRST + timedelta(days=number) for number in range(len(nights))]
    extracts = [(day, files(some(*range(MANY)), each)) for day, each in zip(days, nights, strict=True)]
    lands_the_same(workplace, extracts, monkeypatch)


def test_changes_of_a_status_are_always_read_together(workplace, monkeypatch):
    changes = [change(number) for number in range(MANY)]
    status = "D1,status,2026-02-01T00:00:00Z,won,open"
    nights = [changes, [*changes, status], [*changes, status, change(99)]]
    days = [FIRST, SECOND, THIRD]
    extracts = [(day, files(some(*range(MANY)), each)) for day, each in zip(days, nights, strict=True)]
    lands_the_same(workplace, extracts, monkeypatch)


@pytest.mark.parametrize(
    "second",
    [
        {"deals.csv": DEALS + ",next_step\n" + "".join(f"{row},call\n" for row in some(*range(MANY)))},
        {"deals.csv": "\r\n".join((DEALS, *some(*range(MANY)), ""))},
        {"deals.csv": "\ufeff" + "\n".join((DEALS, *some(*range(MANY)), ""))},
        {"deals.csv": "\n".join((DEALS, *some(*range(MANY)), deal("Ä"), "")).encode("cp1252")},
        {"deals.csv": "\n".join((DEALS, *some(*range(MANY)), "")).replace("A", "A\0")},
        {"deals.csv": "\n".join((DEALS, *some(*range(MANY)), "")).replace(",", ";")},
        {"deals.csv": "\n".join((DEALS, *some(*range(MANY))))},
    ],
    ids=["header", "line ends", "mark", "encoding", "nul", "delimiter", "no last line end"],
)
def test_a_file_that_is_written_differently_is_read_right(workplace, second, monkeypatch):
    first = files(some(*range(MANY)))
    lands_the_same(workplace, [(FIRST, first), (SECOND, first | second), (THIRD, first)], monkeypatch)


def test_a_correction_lands_the_later_nights_anew(workplace, monkeypatch):
    nights = [files(some(*range(MANY))), files(some(*range(1, MANY))), files(some(*range(2, MANY)))]
    corrected = files([*some(*range(MANY - 1)), deal(MANY - 1, "B")])
    delivered = list(zip((FIRST, SECOND, THIRD), nights, strict=True))
    lands_the_same(workplace, [*delivered, (SECOND, corrected)], monkeypatch)


def test_an_older_extract_that_arrives_late_is_told_from_nothing(workplace, monkeypatch):
    nights = [(SECOND, files(some(*range(MANY)))), (THIRD, files(some(*range(1, MANY))))]
    lands_the_same(workplace, [*nights, (FIRST, files(some(*range(5, MANY))))], monkeypatch)


def test_an_extract_staged_from_the_lake_is_staged_anew_when_another_comes_between(workplace):
    workplace.write(FIRST, files(some(*range(MANY))))
    workplace.night()
    workplace.write(THIRD, files(some(*range(1, MANY))))
    [staged] = workplace.stage()
    assert staged.before is not None
    workplace.write(SECOND, files(some(*range(2, MANY))))
    assert [extract.before is None for extract in workplace.stage()] == [False, True]


def test_a_night_after_somebody_was_forgotten_reads_all(workplace, left_out):
    workplace.write(FIRST, files(some(*range(MANY))))
    workplace.night()
    (workplace.root / "forgotten.json").write_text('["U1"]')
    workplace.write(SECOND, files(some(*range(1, MANY))))
    workplace.night()
    assert left_out == {}


LINES = st.one_of(
    st.builds(
        deal,
        st.integers(0, 12),
        st.sampled_from(["A", "B", ""]),
        st.sampled_from(["1.50", "1.5", "12 apples", "1,234.50", ""]),
        st.sampled_from(["", '"x, y"', '"two\nlines"', '"', 'a "b" c', "é"]),
        st.sampled_from(["", "p"]),
        st.sampled_from(["2026-01-05T09:00:00Z", "05.01.2026", "25.01.2026", "45000", ""]),
    ),
    st.sampled_from(["", "cut", DEALS, '"']),
)
CHANGE_LINES = st.builds(
    change,
    st.integers(0, 6),
    st.sampled_from(["A", "B", ""]),
    st.sampled_from(["2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z", "never"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.lists(LINES, max_size=4),
    edits=st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["put", "take", "move"]), LINES), max_size=12
    ),
    history=st.lists(st.tuples(st.integers(0, 50), CHANGE_LINES), max_size=8),
)
def test_random_nights_leave_what_reading_all_leaves(workplace, monkeypatch, start, edits, history):
    rows = [*some(*range(100, 140)), *start]
    changes = [change(number) for number in range(100, 140)]
    nights = [files(rows, changes)]
    for number, (place, kind, line) in enumerate(edits):
        at = place % (len(rows) + 1)
        if kind == "put":
            rows.insert(at, line)
        elif at < len(rows):
            taken = rows.pop(at)
            if kind == "move":
                rows.append(taken)
        for where, changed in history[number : number + 1]:
            changes.insert(where % (len(changes) + 1), changed)
        if number % 4 == 3:
            nights.append(files(rows, changes))
    nights.append(files(rows, changes))
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(len(nights))]
    lands_the_same(workplace, list(zip(days, nights, strict=True)), monkeypatch)
