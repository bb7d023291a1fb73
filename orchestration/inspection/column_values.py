"""What a column holds, gathered block by block: a bounded sample of values, and all that shows date order."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from orchestration.extracts import dates
from orchestration.extracts.tables import LINE

SAMPLED: Final = 20_000  # distinct values kept; of those beyond only date order and uniqueness are looked at
HASHED: Final = 10_000_000  # rows up to which a column is tested for repeated values
DIVIDED: Final = r"^\s*\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}"
DAY_FIRST: Final = r"^\s*(1[3-9]|2\d|3[01])\s?[-/.]"
MONTH_FIRST: Final = r"^\s*\d{1,2}\s?[-/.]\s?(1[3-9]|2\d|3[01])\s?[-/.]"


@dataclass
class Votes:
    """How many of a column's dates can only be read one way, with the first of each sort and its line."""

    day_first: int = 0
    month_first: int = 0
    both: int = 0
    shown: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, frame: pl.DataFrame) -> None:
        """Count the dates among the values of a block (text, LINE)."""
        written = frame.filter(pl.col("text").str.contains(DIVIDED))
        if not written.height:
            return
        day_first, month_first, both = dates.order_votes(written["text"])
        self.day_first += day_first
        self.month_first += month_first
        self.both += len(both)
        for sort, found in (("dmy", day_first), ("mdy", month_first), ("both", len(both))):
            if not found or sort in self.shown:
                continue
            pattern = {"dmy": DAY_FIRST, "mdy": MONTH_FIRST}.get(sort)
            chosen = pl.col("text").str.contains(pattern) if pattern else pl.col("text").is_in(both[:1])
            if (first := written.filter(chosen).head(1)).height:
                self.shown[sort] = (first["text"][0].strip(), int(first[LINE][0]))


@dataclass
class ColumnValues:
    """The values of one column so far."""

    name: str
    rows: int = 0
    blanks: int = 0
    sample: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"text": pl.String, "len": pl.UInt32, LINE: pl.Int64})
    )
    is_whole: bool = True  # whether the sample holds every distinct value
    votes: Votes = field(default_factory=Votes)
    hashes: list[pl.Series] | None = field(default_factory=list)  # None once a value was seen twice

    def add(self, texts: pl.Series, lines: pl.Series) -> None:
        """Take a block of the column."""
        frame = pl.DataFrame({"text": texts.str.strip_chars(), LINE: lines}).filter(pl.col("text") != "")
        self.rows += len(texts)
        self.blanks += len(texts) - frame.height
        self.votes.add(frame)
        self._look_for_repeats(frame["text"])
        if self.is_whole:
            counted = frame.group_by("text", maintain_order=True).agg(pl.len(), pl.col(LINE).first())
            merged = pl.concat([self.sample, counted]).group_by("text", maintain_order=True)
            self.sample = merged.agg(pl.col("len").sum(), pl.col(LINE).first())
            if self.sample.height > SAMPLED:
                self.sample, self.is_whole = self.sample.head(SAMPLED), False

    @property
    def is_unique(self) -> bool:
        """Whether no two rows have the same value, and none has none."""
        if self.hashes is None or self.blanks or self.rows == 0:
            return False
        return self.all_hashes().n_unique() == self.rows

    def all_hashes(self) -> pl.Series:
        """A hash of every value, where none was seen twice."""
        return pl.concat(self.hashes) if self.hashes else pl.Series([], dtype=pl.UInt64)

    def _look_for_repeats(self, texts: pl.Series) -> None:
        if self.hashes is None:
            return
        hashes = texts.hash()
        if self.rows > HASHED or hashes.n_unique() < len(hashes):
            self.hashes = None
        else:
            self.hashes.append(hashes)
