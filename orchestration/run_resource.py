"""The resource `refresh`: a run's settings as typed run config, and the lock it holds."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import Field, PrivateAttr

from orchestration.settings import RunSettings


class Refresh(dg.ConfigurableResource["Refresh"]):
    """The run's settings. Left empty, each comes from the environment, then from its default."""

    company_file: str = Field(
        "", description="Company file; else FUNNELCAST_COMPANY, else data/company.yaml."
    )
    data: str = Field("", description="Data folder; else FUNNELCAST_DATA, else data/.")
    as_of: str = Field(
        "",
        description="YYYY-MM-DD: only what happened before this day is used; else FUNNELCAST_AS_OF, else the"
        " day after the newest extract. A run of part of the assets keeps the warehouse's date.",
    )
    preview: bool = Field(
        False, description="Compute and show everything, publish and keep nothing; else FUNNELCAST_PREVIEW=1."
    )

    _settings: RunSettings = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Refresh"]:
        """Hold the data folder's lock for the whole run."""
        self._settings = RunSettings.resolve(self.company_file, self.data, self.as_of, self.preview)
        with self._settings.folder.locked(on_wait=context.log.warning if context.log else print):
            yield self

    @property
    def settings(self) -> RunSettings:
        """Which company, which data folder, as of when."""
        return self._settings


class ScenarioChoice(dg.Config):
    """Which what-if scenarios a run makes: those of the data folder, unless it is told otherwise."""

    names: list[str] = Field(
        [], description="Names of the scenarios of data/scenarios/ to make; left empty, all of them."
    )
    another: str = Field(
        "", description="One scenario more, written as in a scenario file: name, description, changes."
    )
