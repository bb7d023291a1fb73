"""One job, one schedule: the nightly refresh is the same job as a click in the UI."""

import dagster as dg

from orchestration.settings import RunSettings


@dg.definitions
def automation() -> dg.Definitions:
    """The refresh job and its schedule, which is off until someone switches it on."""
    refresh_job = dg.define_asset_job(
        "refresh",
        selection=dg.AssetSelection.all(),
        description="Land what is new, rebuild everything from it, check it and publish it.",
    )
    nightly = dg.ScheduleDefinition(
        name="nightly",
        job=refresh_job,
        cron_schedule="0 3 * * *",
        execution_timezone=RunSettings.resolve().company.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Every night at 3:00 in the company's time zone, where someone has switched it on.",
    )
    return dg.Definitions(
        jobs=[refresh_job],
        schedules=[nightly],
        executor=dg.in_process_executor,  # DuckDB has one writer, and every process pays the imports
    )
