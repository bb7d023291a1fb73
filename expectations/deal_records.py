"""What the landed versions of deals must show, extract after extract: no change escapes the modified time."""

from expectations.suite import Suite, no_rows

SUITE = Suite(
    name="deal_records",
    source="raw.deals",
    key=("deal_id",),
    checks=(
        no_rows(
            "modified_time_missed",
            """
            with records as (
                select
                    records.*,
                    lag(records.modified_at) over by_deal as modified_before,
                    lag(records.stage) over by_deal as stage_before,
                    lag(records.amount) over by_deal as amount_before,
                    lag(records.close_date) over by_deal as close_date_before,
                    lag(records.owner_id) over by_deal as owner_before
                from {batch} as records
                inner join raw.sources as sources on records.source_name = sources.source_name
                where sources.delivery = 'full' and not records.is_tombstone
                window by_deal as (partition by records.deal_id order by records.extract_date)
            ),

            compared as (
                select
                    records.source_name,
                    fields.field,
                    records.modified_at = records.modified_before as is_missed
                from records
                cross join (values ('stage'), ('amount'), ('close_date'), ('owner_id')) as fields (field)
                where
                    records.modified_at >= records.modified_before
                    and case fields.field
                        when 'stage' then records.stage is distinct from records.stage_before
                        when 'amount' then records.amount is distinct from records.amount_before
                        when 'close_date' then records.close_date is distinct from records.close_date_before
                        else records.owner_id is distinct from records.owner_before
                    end
            )

            select
                source_name, field, count(*) as changes, count(*) filter (where is_missed) as missed,
                count(*) filter (where is_missed) / count(*) as missed_rate
            from compared
            group by source_name, field
            having count(*) filter (where is_missed) > {threshold} * count(*)
            order by all
            """,
            "A deal that changed between two full extracts has a newer modified time.",
            expected="{threshold:.0%} of a field's changes without a newer modified_at, at most",
            severity="warning",
            threshold=0.01,
            remedy="Deliver full extracts from this source: its modified time does not tell all changes.",
        ),
    ),
)
