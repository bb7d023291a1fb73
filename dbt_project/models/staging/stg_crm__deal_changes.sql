{{ config(meta={'by_deal': true}) }}
-- Deals that the company file excludes count nowhere.
with changes as (
    select * from {{ source('raw', 'deal_changes') }}
),

final as (
    select
        deal_id,
        source_name,
        field,
        new_value,
        old_value,
        changed_by,
        changed_at,
        extract_date,
        source_row
    from changes
    where
        not exists (
            select 1 from {{ source('raw', 'excluded_deals') }} as excluded
            where excluded.deal_id = changes.deal_id
        )
)

select * from final
