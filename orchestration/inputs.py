"""The inputs of a build, as one short fingerprint: equal inputs share one publication."""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from orchestration.company import Company
from orchestration.extracts import LakeManifest
from orchestration.extracts.held_extracts import HeldExtract
from orchestration.publication import fingerprint

PROJECT: Final = Path(__file__).parent.parent
CODE: Final = ("orchestration/**/*.py", "orchestration/**/*.yaml", "expectations/*.py", "dbt_project/*.yml")
MODELS: Final = ("dbt_project/models/**/*.sql", "dbt_project/models/**/*.yml", "dbt_project/macros/**/*.sql")


def input_fingerprint(
    company: Company, manifest: LakeManifest, as_of: date, held: Sequence[HeldExtract] = ()
) -> str:
    """Extracts, company file, as-of date and program: what fixes every byte that is computed.

    Held extracts are no input of the numbers, but a publication says beside them what is held.
    """
    extracts = [
        [extract.source_name, str(extract.extract_date), extract.fingerprint] for extract in manifest.extracts
    ]
    waiting = [[extract.name, extract.content, *sorted(extract.checks)] for extract in held]
    return fingerprint(
        [
            json.dumps(sorted(extracts)),
            json.dumps(sorted(waiting)),
            company.model_dump_json(),
            str(as_of),
            program_fingerprint(),
        ]
    )


@lru_cache(maxsize=1)
def program_fingerprint() -> str:
    """A short name for the program: every file that decides what is computed."""
    files = sorted(path for pattern in (*CODE, *MODELS) for path in PROJECT.glob(pattern))
    return fingerprint(
        [part for path in files for part in (str(path.relative_to(PROJECT)), path.read_bytes())]
    )
