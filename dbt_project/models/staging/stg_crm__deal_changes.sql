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
)

select * from final
