"""What a file's name says: its format, and the words by which a mapping knows it."""

from pathlib import PurePath
from typing import Final

COMPRESSED: Final = {".gz": "gzip", ".zst": "zstd"}
ZIP: Final = ".zip"
DELIMITED: Final = (".csv", ".tsv")
JSON_LINES: Final = (".jsonl", ".ndjson")
JSON: Final = (*JSON_LINES, ".json")
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
FORMATS: Final = (*DELIMITED, *JSON, ".parquet", *WORKBOOKS, ZIP)


def file_format(path: PurePath) -> str | None:
    """The file's format by its name, such as .csv for deals.csv.gz; None for what is no data file."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in FORMATS else None


def file_stem(path: PurePath) -> str:
    """The file's name without format and compression."""
    name = path.name
    for ending in (*COMPRESSED, ZIP, *FORMATS):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name
