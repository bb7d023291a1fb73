"""The simulated company as HubSpot's API answers: objects in JSON, deals with their history.

What HubSpot does not keep, rates, quotas, calls, splits and earlier versions of owners, stands beside it in
canonical files.
"""

from typing import Final

from orchestration.simulation.forms import Files, Tables
from orchestration.simulation.forms.hubspot.carrying import carried
from orchestration.simulation.forms.hubspot.deals import deals
from orchestration.simulation.forms.hubspot.ids import translated
from orchestration.simulation.forms.hubspot.objects import answer, companies, contacts, owners, pipelines

__all__ = ["DIMENSIONS", "carried", "files", "translated"]

DIMENSIONS: Final = {"region": "region"}


def files(tables: Tables) -> Files:
    """An answer per object, archived deals in one of their own, and the canonical files beside."""
    known = deals(tables)
    return {
        "deals.json": answer(known.filter(archived=False)),
        "deals_archived.json": answer(known.filter(archived=True)),
        "pipelines.json": answer(pipelines(tables)),
        "owners.json": answer(owners(tables)),
        "companies.json": answer(companies(tables)),
        "contacts.json": answer(contacts(tables)),
        "owners.csv": tables["owners"],
        "exchange_rates.csv": tables["exchange_rates"],
        "quotas.csv": tables["quotas"],
        "forecast_calls.csv": tables["forecast_calls"],
        "deal_splits.csv": tables["deal_splits"],
    }
