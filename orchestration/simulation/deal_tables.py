"""The canonical deals and their field history as they stood at the end of a day."""

from collections.abc import Callable

import numpy as np
import polars as pl

from orchestration.simulation.arrays import NONE, Ints, identifiers, labels, money
from orchestration.simulation.company import DealState, SimulatedCompany
from orchestration.simulation.days import moments
from orchestration.simulation.ledger import TRACKED, Field
from orchestration.simulation.process import CATEGORIES, DEAL_TYPES, PIPELINES
from orchestration.simulation.vocabulary import LOSS_REASONS, NEXT_STEPS, SOURCES, account_name

TITLES = {"new": "New business", "expansion": "Expansion", "renewal": "Renewal"}


def deals(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """Every deal with its values of the day; removed ones stay, flagged."""
    codes, values, pipeline = state.deals, state.values, company.pipeline
    stages = company.settings.process.stages
    stage = values[Field.STAGE]
    kind = labels(pipeline.deal_type[codes], DEAL_TYPES)
    account_names = labels(
        pipeline.account[codes], [account_name(code) for code in range(company.accounts.count)]
    )
    is_closed = np.array([known.is_closed for known in stages])[stage]
    removed_at = moments(state.removed_at)
    is_deleted = pl.Series(values[Field.DELETED] != NONE)
    next_steps = [NEXT_STEPS.get(known.step) for known in stages]
    return pl.DataFrame(
        {
            "deal_id": identifiers("D", codes),
            "deal_name": account_names + " - " + kind.replace_strict(TITLES),
            "account_id": identifiers("A", pipeline.account[codes]),
            "owner_id": identifiers("U", values[Field.OWNER_ID]),
            "pipeline": labels(values[Field.PIPELINE], PIPELINES),
            "stage": labels(stage, [known.name for known in stages]),
            "amount": money(values[Field.AMOUNT]),
            "currency": labels(pipeline.currency[codes], company.rates.currencies),
            "created_at": moments(state.created_at),
            "close_date": company.days.dates(values[Field.CLOSE_DATE]),
            "closed_at": moments(np.where(is_closed, state.stage_at, NONE)),
            "is_closed": is_closed,
            "is_won": np.array([known.is_won for known in stages])[stage],
            "deal_type": kind,
            "lead_id": identifiers("L", company.arrivals.lead[codes]),
            "lead_source": labels(pipeline.source[codes], SOURCES),
            "forecast_category": labels(values[Field.FORECAST_CATEGORY], CATEGORIES),
            "next_step": pl.Series(next_steps, dtype=pl.String).gather(stage),
            "loss_reason": labels(values[Field.LOSS_REASON], LOSS_REASONS),
            "modified_at": moments(state.modified_at),
            "is_deleted": is_deleted,
            "deleted_at": removed_at.set(~is_deleted, None),
            "merged_into_deal_id": identifiers("D", values[Field.MERGED_INTO]),
            "merged_at": removed_at.set(is_deleted, None),
            "region": labels(pipeline.region[codes], [region.name for region in company.settings.regions]),
        }
    )


def deal_changes(company: SimulatedCompany, state: DealState) -> pl.DataFrame:
    """The field history of every deal, from its creation (nothing to first value) on."""
    ledger = company.ledger.known(state.day).of(*TRACKED)
    frame = pl.DataFrame(
        {
            "deal_id": identifiers("D", ledger.deal),
            "field": labels(ledger.field, [field.name.lower() for field in Field]),
            "changed_at": moments(ledger.at),
            "changed_by": identifiers("U", ledger.by),
        }
    )
    texts = {"new_value": ledger.new, "old_value": ledger.old}
    worded = [change_texts(company, ledger.field, codes).alias(name) for name, codes in texts.items()]
    return frame.with_columns(worded).select(
        "deal_id", "field", "changed_at", "new_value", "old_value", "changed_by"
    )


def change_texts(company: SimulatedCompany, field: Ints, codes: Ints) -> pl.Series:
    """The codes of changes in the words of their fields."""
    words: dict[Field, Callable[[Ints], pl.Series]] = {
        Field.PIPELINE: lambda part: labels(part, PIPELINES),
        Field.STAGE: lambda part: labels(part, [stage.name for stage in company.settings.process.stages]),
        Field.AMOUNT: lambda part: money(part).cast(pl.String).set(pl.Series(part == NONE), None),
        Field.CLOSE_DATE: lambda part: (
            company.days.dates(part).cast(pl.String).set(pl.Series(part == NONE), None)
        ),
        Field.OWNER_ID: lambda part: identifiers("U", part),
        Field.FORECAST_CATEGORY: lambda part: labels(part, CATEGORIES),
    }
    rows = [np.flatnonzero(field == known) for known in words]
    texts = [words[known](codes[part]) for known, part in zip(words, rows, strict=True)]
    order = np.argsort(np.concatenate(rows), kind="stable")
    return pl.concat(texts).gather(order)
