"""Which currency amounts are in, where no column says it."""

import re
from typing import Final

from orchestration.inspection.profile import FileProfile

SIGNS: Final = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR", "R$": "BRL", "zł": "PLN"}
CODES: Final = (
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CAD",
    "AUD",
    "JPY",
    "INR",
    "BRL",
    "MXN",
)
DEFAULT: Final = "USD"


def written_currency(file: FileProfile, amount: str | None) -> tuple[str, str]:
    """The currency of a column of amounts, and why."""
    if amount is not None:
        spoken = re.findall(r"[A-Z]{3}", amount.upper())
        for code in CODES:
            if code in spoken or re.search(rf"(^|[^A-Z]){code}([^A-Z]|$)", amount.upper()):
                return code, f"the column is named {amount}"
        texts = file.column(amount).texts[:50]
        for sign, code in sorted(SIGNS.items(), key=lambda pair: -len(pair[0])):
            if any(sign in text for text in texts):
                return code, f"amounts have the sign {sign}"
        for code in CODES:
            if any(code in text for text in texts):
                return code, f"amounts have {code} beside them"
    return DEFAULT, "nothing in the files says which currency"
