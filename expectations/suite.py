"""Suites and their checks as plain data, written the way Great Expectations will read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Severity = Literal["critical", "warning"]


class _Threshold:
    """Stands in a check's arguments where its threshold goes."""


THRESHOLD: Final = _Threshold()


@dataclass(frozen=True)
class Check:
    """One expectation about a dataset, in words and as a Great Expectations class with its arguments.

    A critical check that fails stops what comes after its gate; a warning is shown and carried along. The
    company file overrides `threshold` by the check's name; in SQL it stands as `{threshold}`.
    """

    name: str
    description: str
    expectation: str
    arguments: Mapping[str, Any]
    expected: str
    severity: Severity = "critical"
    remedy: str = ""
    threshold: float | None = None

    def arguments_at(self, threshold: float | None) -> dict[str, Any]:
        """The arguments with the threshold put in."""
        return {name: _at(value, threshold) for name, value in self.arguments.items()}

    def expected_at(self, threshold: float | None) -> str:
        """What is expected, in words, with the threshold put in."""
        return self.expected.format(threshold=threshold)


@dataclass(frozen=True)
class Suite:
    """The checks of one dataset.

    `source` is the SQL relation to validate; inside a check's SQL it is `{batch}`. `key` names the columns
    that point an analyst to a failing row.
    """

    name: str
    source: str
    key: tuple[str, ...]
    checks: tuple[Check, ...] = field(repr=False)


def not_null(column: str, description: str, **options: Any) -> Check:
    """Every row has a value in `column`; the check is named after it."""
    return Check(
        name=options.pop("name", f"{column}_not_null"),
        description=description,
        expectation="ExpectColumnValuesToNotBeNull",
        arguments={"column": column},
        expected=f"{column} is never empty",
        **options,
    )


def in_set(name: str, column: str, values: Sequence[str], description: str, **options: Any) -> Check:
    """Every value of `column` is one of `values`."""
    return Check(
        name=name,
        description=description,
        expectation="ExpectColumnValuesToBeInSet",
        arguments={"column": column, "value_set": list(values)},
        expected=f"{column} is one of {', '.join(values)}",
        **options,
    )


def at_least(name: str, column: str, minimum: float, description: str, **options: Any) -> Check:
    """Every value of `column` is `minimum` or more."""
    return Check(
        name=name,
        description=description,
        expectation="ExpectColumnValuesToBeBetween",
        arguments={"column": column, "min_value": minimum},
        expected=f"{column} is {minimum} or more",
        **options,
    )


def probability(name: str, column: str, description: str, **options: Any) -> Check:
    """Every value of `column` lies in [0, 1]."""
    return Check(
        name=name,
        description=description,
        expectation="ExpectColumnValuesToBeBetween",
        arguments={"column": column, "min_value": 0, "max_value": 1},
        expected=f"{column} is between 0 and 1",
        **options,
    )


def unique(name: str, columns: Sequence[str], description: str, **options: Any) -> Check:
    """No two rows agree in all of `columns`."""
    single = len(columns) == 1
    return Check(
        name=name,
        description=description,
        expectation="ExpectColumnValuesToBeUnique" if single else "ExpectCompoundColumnsToBeUnique",
        arguments={"column": columns[0]} if single else {"column_list": list(columns)},
        expected=f"each {' + '.join(columns)} stands once",
        **options,
    )


def row_count(name: str, description: str, threshold: float = 1, **options: Any) -> Check:
    """The dataset has `threshold` rows or more."""
    return Check(
        name=name,
        description=description,
        expectation="ExpectTableRowCountToBeBetween",
        arguments={"min_value": THRESHOLD},
        expected="{threshold:g} rows or more",
        threshold=threshold,
        **options,
    )


def no_rows(name: str, sql: str, description: str, expected: str, **options: Any) -> Check:
    """The query `sql`, which reads `{batch}` and may read other tables, finds nothing."""
    return Check(
        name=name,
        description=description,
        expectation="UnexpectedRowsExpectation",
        arguments={"unexpected_rows_query": sql},
        expected=expected,
        **options,
    )


def _at(value: Any, threshold: float | None) -> Any:
    if value is THRESHOLD:
        return threshold
    return value.replace("{threshold}", repr(threshold)) if isinstance(value, str) else value
