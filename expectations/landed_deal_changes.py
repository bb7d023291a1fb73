"""What staged changes of deals must look like before they may become history."""

from expectations.suite import Check, Severity, Suite, no_rows, not_null, unique

_FIELDS = ("stage", "amount", "close_date", "owner_id", "forecast_category", "pipeline", "currency")
# The last moment of an extract's day anywhere on Earth: it ends at 12:00 UTC of the next day in UTC-12.
_AFTER_EXTRACT = "changed_at >= extract_date + interval '36 hours'"
_REMEDY = "Check the columns of the change history in the mapping."


def _share_below(name: str, condition: str, share: float, severity: Severity, **words: str) -> Check:
    """The share of an extract's changes for which `condition` holds stays at or below a threshold."""
    return no_rows(
        name,
        f"""
        select
            source_name, extract_date, count(*) as changes,
            count(*) filter (where {condition}) as failing_changes
        from {{batch}}
        group by all
        having count(*) filter (where {condition}) > {{threshold}} * count(*)
        order by all
        """,
        severity=severity,
        threshold=share,
        **words,
    )


SUITE = Suite(
    name="landed_deal_changes",
    source="landed_deal_changes",
    key=("source_name", "extract_date", "deal_id", "field", "changed_at"),
    checks=(
        not_null("deal_id", "Every change names its deal.", name="change_deal_not_null", remedy=_REMEDY),
        not_null("field", "Every change names the field that changed.", remedy=_REMEDY),
        not_null("changed_at", "Every change says when.", remedy=_REMEDY),
        unique(
            "change_unique",
            ("source_name", "extract_date", "deal_id", "field", "changed_at", "new_value"),
            "A change is recorded once; repeated ones are counted once.",
            severity="warning",
            remedy="Nothing to do, unless there are many: then the export repeats rows.",
        ),
        _share_below(
            "unknown_fields_limit",
            f"field not in {_FIELDS}",
            0.5,
            "critical",
            description="Most changes are of a field that history is kept of; or the mapping misnames them.",
            expected="{threshold:.0%} of an extract's changes of other fields, at most",
            remedy=f"Map the CRM's field names to {', '.join(_FIELDS)}.",
        ),
        no_rows(
            "field_known",
            f"""
            select source_name, extract_date, field, count(*) as changes
            from {{batch}}
            where field not in {_FIELDS}
            group by all
            order by all
            """,
            "Changes are of a field that history is kept of; others are ignored.",
            expected=f"field is one of {', '.join(_FIELDS)}",
            severity="warning",
            remedy="Map the field, or leave it out of the export.",
        ),
        _share_below(
            "changed_after_extract_limit",
            _AFTER_EXTRACT,
            0.2,
            "critical",
            description="Few changes are later than their extract; many mean a wrong extract date or format.",
            expected="{threshold:.0%} of an extract's changes after it, at most",
            remedy="Check extract_date in the company file, and date format and time zone in the mapping.",
        ),
        no_rows(
            "changed_after_extract",
            f"""
            select source_name, extract_date, deal_id, field, changed_at, new_value
            from {{batch}}
            where {_AFTER_EXTRACT}
            order by all
            """,
            "No change happened after the extract that holds it.",
            expected="no change after its extract",
            severity="warning",
            remedy="Check the CRM's clock and time zone; until their day comes these changes do not count.",
        ),
        no_rows(
            "unknown_deals",
            """
            with known as (
                select
                    changes.source_name, changes.extract_date, changes.deal_id,
                    deals.deal_id is not null as is_known
                from {batch} as changes
                left join (select distinct source_name, deal_id from landed_deals) as deals
                    on changes.source_name = deals.source_name and changes.deal_id = deals.deal_id
            )

            select
                source_name, extract_date, count(*) as changes,
                count(*) filter (where not is_known) as of_unknown_deals,
                min(deal_id) filter (where not is_known) as first_unknown_deal
            from known
            group by all
            having count(*) filter (where not is_known) > {threshold} * count(*)
            order by all
            """,
            "Changes belong to a landed deal; those of deleted deals are the usual exception.",
            expected="{threshold:.0%} of an extract's changes of unknown deals, at most",
            severity="warning",
            threshold=0.05,
            remedy="Check that deals and their history are exported together, with the same filter.",
        ),
    ),
)
