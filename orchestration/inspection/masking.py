"""Values as they are shown: shortened, and names and addresses of people made unreadable."""

import re
from typing import Final

SHOWN: Final = 21  # characters of an example
ADDRESS: Final = re.compile(r"([\w.+-])[\w.+-]*@[\w.-]+")
TELEPHONE: Final = re.compile(r"(?<!\w)\+?\(?\d[\d ()/.-]{7,}\d(?!\w)")


def shown(text: str, is_personal: bool = False) -> str:
    """The value in one line, shortened; of people only first letters."""
    line = ADDRESS.sub(r"\1***@***", " ".join(text.split()))
    if is_personal and "@***" not in line and re.search(r"[^\W\d_]", line):
        line = " ".join(f"{word[0]}***" for word in line.split())
    elif is_personal:
        line = TELEPHONE.sub("***", line)
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."
