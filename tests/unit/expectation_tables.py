"""Small literal tables as SQL, and the one row in them that a test spoils."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pytest

from orchestration import gates
from orchestration.gates import CheckResult, run_gate


@dataclass(frozen=True)
class Table:
    """A table of a test: columns with their types, and rows in the columns' order."""

    columns: Mapping[str, str]
    rows: Sequence[Sequence[object]]

    def as_select(self) -> str:
        lines = self.rows or [[None] * len(self.columns)]
        selects = [
            "select "
            + ", ".join(
                f"cast({_literal(value)} as {kind}) as {name}"
                for value, (name, kind) in zip(row, self.columns.items(), strict=True)
            )
            for row in lines
        ]
        return " union all ".join(selects) + ("" if self.rows else " where false")


@dataclass(frozen=True)
class Spoil:
    """One change to good data: new values in a row, the row again (`twice`), or the row gone (`gone`)."""

    check: str
    table: str
    row: int = 0
    values: Mapping[str, object] = field(default_factory=dict)
    twice: bool = False
    gone: bool = False

    def __str__(self) -> str:
        return self.check

    def apply(self, tables: Mapping[str, Table]) -> dict[str, Table]:
        table = tables[self.table]
        names = list(table.columns)
        row = [self.values.get(name, value) for name, value in zip(names, table.rows[self.row], strict=True)]
        before, after = list(table.rows[: self.row]), list(table.rows[self.row + 1 :])
        middle = [table.rows[self.row], row] if self.twice else [] if self.gone else [row]
        return {**tables, self.table: Table(table.columns, [*before, *middle, *after])}


def as_views(tables: Mapping[str, Table]) -> dict[str, str]:
    """The views that run_gate takes."""
    return {name: table.as_select() for name, table in tables.items()}


def run_one_check(
    monkeypatch: pytest.MonkeyPatch, gate: str, check: str, tables: Mapping[str, Table]
) -> CheckResult:
    """The result of one check of a gate on these tables."""
    (alone,) = [
        replace(suite, checks=(one,))
        for suite in gates.GATES[gate]
        for one in suite.checks
        if one.name == check
    ]
    monkeypatch.setitem(gates.GATES, gate, (alone,))
    (result,) = run_gate(gate, None, as_views(tables))
    return result


def names_of_checks(gate: str) -> set[str]:
    return {check.name for suite in gates.GATES[gate] for check in suite.checks}


def _literal(value: Any) -> str:
    match value:
        case None:
            return "null"
        case str() | date() | datetime():
            return "'" + str(value).replace("'", "''") + "'"
        case _:
            return str(value)
