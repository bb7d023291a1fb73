"""Amounts and numbers from text: plain decimals at full speed, other spellings once per distinct value."""

from typing import Final

import polars as pl

from orchestration.extracts.entities import MONEY
from orchestration.extracts.mapping import DecimalSign

AMBIGUOUS: Final = (
    r"^[+-]?[1-9]\d{0,2}([.,])\d{3}$"  # 1.234 is a thousand to some and one and a bit to others
)
GROUPED: Final = r"^[+-]?\d{1,3}([ '\x{2019}\x{a0}\x{202f}]\d{3})+([.,]\d+)?$"
CURRENCY: Final = r"(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|Rs\.?|[Kk]r\.?|S?Fr\.?|zł|Kč|Ft|lei)"
NO_CENTS: Final = r"[.,][-\x{2013}\x{2014}]{1,2}$"  # as in 1'234.-
PERCENT: Final = r"\s*%\s*$"
POINT: Final = r"^[+-]?(\d+|\d{1,3}(,\d{2,3})*,\d{3})?(\.\d*)?([eE][+-]?\d{1,3})?$"
COMMA: Final = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)?(,\d*)?$"
MINORITY_LIMIT: Final = 20  # as for dates: one contradicting value in so many is a slip
ACCEPTED_AMOUNT: Final = "an amount below 10^16 is accepted, such as 1234.50 or € 1,234.50"
ACCEPTED_NUMBER: Final = "a finite number is accepted, such as 0.35"
ACCEPTED_COUNT: Final = "a whole number is accepted, such as 3"
ACCEPTED_FLAG: Final = "true, false, yes, no, 1 or 0 is accepted"
FLAGS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "1.0"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0", "0.0"), False),
}


class UndecidedDecimalError(Exception):
    """Nothing in a column tells decimal signs from thousands separators; `example` is one such value."""

    def __init__(self, example: str, is_mixed: bool) -> None:
        super().__init__(example)
        self.example = example
        self.is_mixed = is_mixed


def fast_amount(text: pl.Expr, decimal: DecimalSign | None) -> pl.Expr:
    """Amounts of plain decimals, cents rounded half to even; null for any other text."""
    amount = text.cast(MONEY, strict=False)
    return amount if decimal == "point" else pl.when(~text.str.contains(AMBIGUOUS)).then(amount)


def fast_number(text: pl.Expr) -> pl.Expr:
    """Finite numbers of plain decimals; null for any other text."""
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def fast_count(text: pl.Expr) -> pl.Expr:
    """Whole numbers, null for any other text; 3.0 is whole too."""
    number = text.cast(pl.Float64, strict=False)
    is_whole = number.is_finite() & (number.abs() < 2**53) & (number.floor() == number)
    return pl.coalesce(
        text.cast(pl.Int64, strict=False), pl.when(is_whole).then(number).cast(pl.Int64, strict=False)
    )


def fast_flag(text: pl.Expr) -> pl.Expr:
    """Truth values, null for any other text."""
    return (
        text.str.strip_chars().str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)
    )


def decided_decimal(values: pl.Series, has_plain_decimals: bool) -> DecimalSign:
    """The decimal sign that a column's unusual values show.

    `has_plain_decimals` says that some of the column's plain values have a decimal point.

    Raises:
        UndecidedDecimalError: they show none, or both often.
    """
    text = pl.col("text")
    last = text.str.extract(r"[.,](\d*)$").str.len_chars()
    sign = text.str.extract(r"([.,])\d*$")
    is_repeated = text.str.count_matches(r"\.") + text.str.count_matches(",") > 1
    is_mixed = text.str.contains(r"\.") & text.str.contains(",")
    is_ambiguous = text.str.contains(AMBIGUOUS)
    groups = is_repeated & ~is_mixed
    shown = (
        pl.when(sign.is_null() | is_ambiguous).then(None)
        .when(groups).then(pl.when(sign == ",").then(pl.lit(".")).otherwise(pl.lit(",")))
        .when(is_mixed | (last != 3) | ~is_ambiguous).then(sign)
    )  # fmt: skip
    readable = _bare(values.str.replace(PERCENT, "").to_frame("text"), text).filter(
        text.str.contains(r"^[+-]?[\d.,]+$") & (text.str.contains(POINT) | text.str.contains(COMMA))
    )  # what is a number in neither reading shows nothing
    votes = readable.select(shown.alias("sign"), is_ambiguous.alias("is_ambiguous"), "text")
    point = votes.filter(pl.col("sign") == ".").height + has_plain_decimals
    comma = votes.filter(pl.col("sign") == ",").height
    if point and comma and min(point, comma) * MINORITY_LIMIT > max(point, comma):
        raise UndecidedDecimalError(votes.filter(pl.col("sign") == ",")["text"][0], is_mixed=True)
    open_question = votes.filter(pl.col("is_ambiguous") & text.str.contains(r"\."))["text"]
    if not point and not comma and len(open_question):
        raise UndecidedDecimalError(open_question[0], is_mixed=False)
    return "comma" if comma > point else "point"


def parsed_numbers(
    values: pl.Series, decimal: DecimalSign, dtype: pl.DataType | type[pl.DataType], percent: float = 0.01
) -> pl.Series:
    """Numbers of texts with currency, sign or thousands separators; null for what is none.

    `percent` is what a percent sign stands for: of a column that is scaled later, it says so already.
    """
    text = pl.col("text")
    is_share = dtype == pl.Float64
    frame = values.to_frame("text")
    if is_share:
        frame = frame.select(text.str.replace(PERCENT, ""))
    bare = _bare(frame, text)
    plain = (
        text.str.replace_all(",", "")
        if decimal == "point"
        else text.str.replace_all(r"\.", "").str.replace(",", ".")
    )
    is_number = text.str.contains(POINT if decimal == "point" else COMMA) & text.str.contains(r"\d")
    number = pl.when(is_number).then(plain)
    result = bare.select(number.cast(dtype, strict=False).alias(values.name)).to_series()
    if not is_share:
        return result
    is_percent = values.str.contains(PERCENT)
    shares = result.zip_with(~is_percent, (result * percent).round(12)).alias(values.name)
    return shares.set(~shares.is_finite(), None)


def _bare(frame: pl.DataFrame, text: pl.Expr) -> pl.DataFrame:
    """Texts without currency, accounting negatives and groups by spaces or apostrophes."""
    stripped = text.str.strip_chars().str.replace("\u2212", "-", literal=True).str.replace(NO_CENTS, "")
    is_negative = stripped.str.contains(r"^\(.*\)$") | stripped.str.contains(r"^[^-]*\d-$")
    unsigned = pl.when(is_negative).then(stripped.str.replace_all(r"[()]|-$", "")).otherwise(stripped)
    bare = (
        unsigned.str.replace(rf"^([+-]?)\s*{CURRENCY}\s*([+-]?[\d.,])", "$1$2")
        .str.replace(rf"([\d.,])\s*{CURRENCY}$", "$1")
        .str.strip_chars()
    )
    ungrouped = (
        pl.when(bare.str.contains(GROUPED))
        .then(bare.str.replace_all(r"[ '\x{2019}\x{a0}\x{202f}]", ""))
        .otherwise(bare)
    )
    return frame.select(pl.when(is_negative).then("-" + ungrouped).otherwise(ungrouped).alias("text"))
