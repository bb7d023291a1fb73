"""What assets are handed: the run's settings, and dbt."""

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.dbt_step import DBT, DBT_PROJECT
from orchestration.run_resource import Refresh


@dg.definitions
def resources() -> dg.Definitions:
    """The resources of every run."""
    return dg.Definitions(
        resources={
            "refresh": Refresh.configure_at_launch(),
            "dbt": DbtCliResource(project_dir=DBT_PROJECT, dbt_executable=str(DBT)),
        }
    )
