"""Progress of a refresh: one plain line a step, for the terminal and for the run's page in the UI."""

import sys

import dagster as dg


def say(
    context: dg.OpExecutionContext | dg.AssetExecutionContext | dg.AssetCheckExecutionContext, text: str
) -> None:
    """Tell whoever waits what has just been done."""
    context.log.info(text)
    sys.stderr.write(f"  {text}\n")
