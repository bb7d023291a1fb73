"""What the accounting of staged extract files must show: nothing lost, little quarantined, deals there."""

from expectations.suite import Suite, no_rows

_QUARANTINED_SHARE = """
    select
        source_name, extract_date, entity,
        sum(rows_in) as rows_in, sum(rows_quarantined) as rows_quarantined
    from {batch}
    group by all
    having sum(rows_quarantined) > {threshold} * sum(rows_in)
    order by all
"""
_SEE_QUARANTINE = (
    "The folder quarantine holds these lines with the reason: correct them and drop them back in."
)

SUITE = Suite(
    name="landed_files",
    source="landed_files",
    key=("source_name", "extract_date", "file"),
    checks=(
        no_rows(
            "full_extract_has_deals",
            """
            select
                source_name, extract_date,
                coalesce(sum(rows_landed) filter (where entity = 'deals'), 0) as deals
            from {batch}
            where delivery = 'full'
            group by all
            having coalesce(sum(rows_landed) filter (where entity = 'deals'), 0) < {threshold}
            order by all
            """,
            "A full extract holds deals. An empty one would mark every deal as deleted.",
            expected="{threshold:g} deals or more in every full extract",
            threshold=1,
            remedy="Check that the CRM's export ran to its end, then deliver the extract again.",
        ),
        no_rows(
            "full_extract_shrunk",
            """
            select
                source_name, extract_date, max(rows_before) as deals_before,
                sum(rows_in - rows_duplicate) as deals
            from {batch}
            where delivery = 'full' and entity = 'deals'
            group by all
            having sum(rows_in - rows_duplicate) < (1 - {threshold}) * max(rows_before)
            order by all
            """,
            "A full extract holds about as many deals as the one before: absent ones count as deleted.",
            expected="{threshold:.0%} fewer deals than in the extract before, at most",
            threshold=0.2,
            remedy="Check that the export ran to its end; if so many deals were deleted, accept the extract.",
        ),
        no_rows(
            "rows_accounted_for",
            """
            select source_name, extract_date, file, rows_in, rows_landed, rows_quarantined, rows_duplicate
            from {batch}
            where rows_in is distinct from rows_landed + rows_quarantined + rows_duplicate
            order by all
            """,
            "Every row of a file was landed, quarantined, or is the exact copy of another row.",
            expected="rows in = landed + quarantined + duplicate",
            remedy="This is a fault of the program: please report it with the file's header and line count.",
        ),
        no_rows(
            "quarantined_share_limit",
            _QUARANTINED_SHARE,
            "So many rows of one kind could not be read that the rest cannot stand for the whole.",
            expected="{threshold:.0%} of an entity's rows quarantined, at most",
            threshold=0.2,
            remedy=_SEE_QUARANTINE,
        ),
        no_rows(
            "quarantined_share",
            _QUARANTINED_SHARE,
            "Few rows are unreadable: those are left out of every number.",
            expected="{threshold:.0%} of an entity's rows quarantined, at most",
            severity="warning",
            threshold=0.01,
            remedy=_SEE_QUARANTINE,
        ),
    ),
)
