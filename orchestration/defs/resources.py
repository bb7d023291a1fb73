"""What assets are handed: the run's settings."""

import dagster as dg

from orchestration.run_resource import Refresh


@dg.definitions
def resources() -> dg.Definitions:
    """The resources of every run."""
    return dg.Definitions(resources={"refresh": Refresh.configure_at_launch()})
