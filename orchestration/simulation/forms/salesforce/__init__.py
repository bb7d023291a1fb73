"""The simulated company as Salesforce's Data Export Service writes it: one CSV per object.

Its organisation uses several currencies with dated rates, a record type per pipeline, and tracks the history
of stage, amount, close date, owner and record type. Quotas, which Salesforce keeps neither of teams nor with
their earlier amounts, and people's calls, which its export leaves out, stand beside in canonical files.
"""

from typing import Final

from orchestration.simulation.forms import Files, Tables
from orchestration.simulation.forms.salesforce.carrying import carried
from orchestration.simulation.forms.salesforce.csv import written
from orchestration.simulation.forms.salesforce.history import field_history, opportunity_history
from orchestration.simulation.forms.salesforce.ids import translated
from orchestration.simulation.forms.salesforce.objects import (
    accounts,
    currency_types,
    dated_conversion_rates,
    leads,
    opportunities,
    opportunity_line_items,
    opportunity_splits,
    opportunity_stages,
    products,
    record_types,
    roles,
    users,
)

__all__ = ["DIMENSIONS", "carried", "files", "translated"]

DIMENSIONS: Final = {"region": "Region__c"}
OBJECTS: Final = {
    "Account": accounts,
    "CurrencyType": currency_types,
    "DatedConversionRate": dated_conversion_rates,
    "Lead": leads,
    "Opportunity": opportunities,
    "OpportunityFieldHistory": field_history,
    "OpportunityHistory": opportunity_history,
    "OpportunitySplit": opportunity_splits,
    "OpportunityLineItem": opportunity_line_items,
    "OpportunityStage": opportunity_stages,
    "Product2": products,
    "RecordType": record_types,
    "User": users,
    "UserRole": roles,
}


def files(tables: Tables) -> Files:
    """A CSV per object, and the canonical quotas and calls beside them."""
    return {
        **{f"{name}.csv": written(rows(tables)) for name, rows in OBJECTS.items()},
        "quotas.csv": tables["quotas"],
        "forecast_calls.csv": tables["forecast_calls"],
    }
