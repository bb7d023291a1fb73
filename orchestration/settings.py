"""The settings of one run: which company, which data folder, as of when."""

import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from orchestration.builds import Build
from orchestration.company import Company
from orchestration.company_file import CompanyFileError, load_company
from orchestration.data_folder import DataFolder
from orchestration.gates import default_thresholds
from orchestration.publication import current_manifest
from orchestration.shown_values import shown_length
from orchestration.warehouse import WarehouseError

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class RunSettings:
    """What a run is told; the same from the command line, the schedule and the UI."""

    company_path: Path
    folder: DataFolder
    asked_as_of: date | None = None

    @classmethod
    def resolve(
        cls, company_file: str = "", data: str = "", as_of: str = "", preview: bool = False
    ) -> "RunSettings":
        """Settings as given, else from FUNNELCAST_COMPANY, _DATA, _AS_OF, _PREVIEW, else the defaults.

        Raises:
            ValueError: the as-of date is no date, the data folder no folder, or the shown length no length.
        """
        shown_length()
        environment = os.environ.get
        folder = DataFolder(Path(data or environment("FUNNELCAST_DATA") or PROJECT / "data").resolve())
        if folder.root.exists() and not folder.root.is_dir():
            raise ValueError(f"data: {folder.root} is a file; a folder is accepted")
        preview = preview or environment("FUNNELCAST_PREVIEW", "") not in ("", "0")
        company = company_file or environment("FUNNELCAST_COMPANY") or PROJECT / "data" / "company.yaml"
        return cls(
            company_path=Path(company).resolve(),
            folder=folder.preview() if preview else folder,
            asked_as_of=_day(as_of or environment("FUNNELCAST_AS_OF", "")),
        )

    @property
    def is_preview(self) -> bool:
        """Whether this run publishes and keeps nothing."""
        return self.folder.scratch is not None

    @cached_property
    def company(self) -> Company:
        """The company file, read once.

        Raises:
            CompanyFileError: it cannot be used, or names a threshold that no check has.
        """
        company = load_company(self.company_path)
        known = default_thresholds()
        for name in company.thresholds:
            if name not in known:
                raise CompanyFileError(
                    f"{self.company_path}: thresholds.{name}: no check has a threshold of this name;"
                    f" accepted are {', '.join(sorted(known))}"
                )
        return company

    @property
    def warehouse(self) -> Path:
        """The warehouse file; a run as of a date before the published one has a file of its own."""
        main, asked = self.folder.warehouse, self.asked_as_of
        current = current_manifest(DataFolder(self.folder.root))
        if asked and current and asked < date.fromisoformat(current["as_of"]):
            return main.parent / f"as_of_{asked}" / main.name
        return main

    @property
    def build(self) -> Build:
        """The build in this run's warehouse file."""
        return Build.of(self.warehouse, self.folder.ledger)

    def current_build(self) -> Build:
        """The build that the steps after landing work on.

        Raises:
            WarehouseError: nothing is landed yet, or another as-of date was asked for.
        """
        build, asked = self.build, self.asked_as_of
        if not build.exists:
            raise WarehouseError("Nothing has been landed here yet; run the job refresh")
        if asked and asked != build.as_of:
            raise WarehouseError(
                f"The warehouse is as of {build.as_of}, not {asked};"
                " to move it, run the job refresh with that date"
            )
        return build


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"as_of {text!r}: a date is accepted, written YYYY-MM-DD") from None
