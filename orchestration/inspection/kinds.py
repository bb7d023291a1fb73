"""What kind of values a column holds, how they are written, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import polars as pl

from orchestration.extracts import dates, numbers
from orchestration.extracts.counted_dates import COUNTS, shown_count
from orchestration.extracts.entities import NUMBER
from orchestration.inspection.column_values import ColumnValues, Votes
from orchestration.inspection.masking import shown
from orchestration.inspection.names import has_word, words

Kind = Literal["blank", "id", "date", "moment", "amount", "number", "share", "flag", "category", "text"]
MOST: Final = 0.95  # share of values that must be of a kind; the rest is told as what does not fit
CATEGORIES: Final = 60  # distinct values up to which a text is a category
UTC: Final = dates.Zones("UTC", "UTC")
MIXED: Final = ": add `date_order: dmy` or `date_order: mdy`"
BOTH_WAYS: Final = f" both ways{MIXED}"
ORDERS: Final = {"dmy": "day first", "mdy": "month first"}


@dataclass(frozen=True)
class Reading:
    """A kind, how it is written, the evidence for it, and values that do not fit."""

    kind: Kind
    writing: str = ""
    evidence: str = ""
    question: str = ""  # what nothing decides, and the line that does
    strays: tuple[str, ...] = ()
    order: Literal["dmy", "mdy"] | None = None  # of dates, where their values show it


def reading(values: ColumnValues) -> Reading:
    """What the values of a column are."""
    sample = values.sample
    if not sample.height:
        return Reading("blank")
    texts = sample["text"]
    folded = set(texts.head(3).str.to_lowercase())
    if sample.height <= 2 and folded <= numbers.FLAGS.keys() and (sample.height == 2 or not _digits(folded)):
        return Reading("flag", " / ".join(texts.sort()))
    if found := _counted_dates(values) or _dates(values) or _numbers(values):
        return found
    first = texts.head(200)
    is_coded = first.str.contains(r"\d").any() and not first.str.contains(r"\s").any()
    if _is_id_name(values) or (values.is_unique and is_coded):
        return Reading("id")
    if values.is_whole and sample.height <= CATEGORIES and sample.height * 2 <= values.rows:
        return Reading("category")
    return Reading("text")


def settled(readings: Sequence[Reading]) -> list[Reading]:
    """The readings of a file's columns: dates that nothing decides are read as the file's others."""
    orders = {each.order for each in readings if each.order}
    if len(orders) != 1:
        return list(readings)
    told = f"{ORDERS[orders.pop()]}, as other dates of the file"
    return [
        replace(each, question="", evidence=told) if each.question.endswith(BOTH_WAYS) else each
        for each in readings
    ]


def _digits(folded: set[str]) -> bool:
    return all(text[:1].isdigit() for text in folded)


def _is_id_name(values: ColumnValues) -> bool:
    last = (words(values.name) or [""])[-1]
    return has_word(last, "id") or (values.is_unique and has_word(last, "numbered"))


def _counted_dates(values: ColumnValues) -> Reading | None:
    """Dates written as counts: thirteen digits alone, others where the name says that it is a date."""
    texts = values.sample["text"]
    count = shown_count(texts, 0)
    if count is None or not (count == COUNTS[0] or has_word(values.name, "dates")):
        return None
    fits = texts.str.contains(count.pattern)
    if (share := _share(values, fits)) < MOST:
        return None
    units = dict(
        zip(COUNTS, ("milliseconds since 1970", "seconds since 1970", "days of a sheet"), strict=True)
    )
    strays = _strays(values, ~fits) if share < 1 else ()
    return Reading("moment", units[count], f"{units[count]}: {shown(texts[0])} and the like", strays=strays)


def _dates(values: ColumnValues) -> Reading | None:
    texts = values.sample["text"]
    if not texts.head(500).str.contains(r"\d").mean():
        return None
    votes = values.votes
    order, evidence, question = _order(votes)
    moments = dates.parsed_moments(texts, order, UTC, False)
    if question:
        moments = moments.fill_null(dates.parsed_moments(texts, "mdy", UTC, False))
    if (share := _share(values, moments.is_not_null())) < MOST:
        return None
    has_time = bool(texts.str.contains(r"\d:\d\d").any())
    example = texts[0]
    if votes.shown:
        writing = f"{'-'.join(order.upper()) if not question else 'day or month first'}, as {shown(example)}"
    else:
        writing = f"as {shown(example)}"
    strays = _strays(values, moments.is_null()) if share < 1 else ()
    decided = order if evidence else None
    return Reading("moment" if has_time else "date", writing, evidence, question, strays, decided)


def _order(votes: Votes) -> tuple[Literal["dmy", "mdy"], str, str]:
    """The order of day and month, its evidence, and the question where there is none."""
    both = [votes.shown["both"][0]] * votes.both if "both" in votes.shown else []
    try:
        order = dates.decided_order(votes.day_first, votes.month_first, both)
    except dates.UndecidedOrderError as error:
        what = (
            "some are day first, some month first"
            if error.is_mixed
            else f"{shown(error.example)} and the like can be read"
        )
        return "dmy", "", f"{what}{MIXED if error.is_mixed else BOTH_WAYS}"
    decided: Literal["dmy", "mdy"] = "mdy" if order == "mdy" else "dmy"
    if decided not in votes.shown:
        return decided, "", ""
    text, line = votes.shown[decided]
    count = votes.day_first if decided == "dmy" else votes.month_first
    others = votes.month_first if decided == "dmy" else votes.day_first
    counted = f"{count:,} rows like it, {votes.both:,} of both"
    if others:
        counted += f", {others:,} contradict it"
    return decided, f"{ORDERS[decided]}: {shown(text)} in line {line} can be nothing else ({counted})", ""


def _numbers(values: ColumnValues) -> Reading | None:
    texts = values.sample["text"]
    fast = texts.cast(pl.Float64, strict=False)
    unusual = texts.filter(fast.is_null())
    decimal: Literal["point", "comma"] = "point"
    evidence = question = ""
    parsed = fast
    if len(unusual):
        if (texts.str.contains(r"\d") & ~texts.str.contains(r"\p{L}{4}")).mean() < MOST:  # type: ignore[operator]
            return None
        try:
            decimal = numbers.decided_decimal(unusual, bool((fast.fill_null(0) % 1 != 0).any()))
        except numbers.UndecidedDecimalError as error:
            question = f"{shown(error.example)}: add `decimal: point` or `decimal: comma`"
        read = dict(zip(unusual, numbers.parsed_numbers(unusual, decimal, NUMBER), strict=True))
        parsed = fast.fill_null(texts.replace_strict(read, default=None, return_dtype=pl.Float64))
        evidence = _decimal_evidence(values, unusual, decimal) if not question else ""
    elif (
        texts.str.contains(numbers.AMBIGUOUS).any()
        and not (fast % 1 != 0).filter(~texts.str.contains(numbers.AMBIGUOUS)).any()
    ):
        example = texts.filter(texts.str.contains(numbers.AMBIGUOUS))[0]
        question = f"{example}: add `decimal: point` or `decimal: comma`"
    if (share := _share(values, parsed.is_not_null())) < MOST:
        return None
    strays = _strays(values, parsed.is_null()) if share < 1 else ()
    kind: Kind = "number"
    if texts.str.ends_with("%").any():
        kind = "share"
    elif texts.str.contains(r"\p{Sc}").any() or has_word(values.name, "money"):
        kind = "amount"
    elif _is_id_name(values):
        return Reading("id")
    writing = "decimal comma" if decimal == "comma" else ""
    return Reading(kind, writing, evidence, question, strays)


def _decimal_evidence(values: ColumnValues, unusual: pl.Series, decimal: str) -> str:
    sign = r"\," if decimal == "comma" else r"\."
    telling = values.sample.filter(
        pl.col("text").is_in(unusual.implode()) & pl.col("text").str.contains(sign + r"\d{1,2}(\D|$)")
    )
    if not telling.height:
        return ""
    return f"decimal {decimal}: {shown(telling['text'][0])} in line {telling['_line'][0]} shows it"


def _share(values: ColumnValues, fits: pl.Series) -> float:
    """The share of rows of the sample whose value fits."""
    counts = values.sample["len"]
    return int(counts.filter(fits).sum()) / int(counts.sum())


def _strays(values: ColumnValues, is_stray: pl.Series) -> tuple[str, ...]:
    found = values.sample.filter(is_stray).head(3)
    return tuple(f"{shown(text)} in line {line}" for text, line in found.select("text", "_line").iter_rows())
