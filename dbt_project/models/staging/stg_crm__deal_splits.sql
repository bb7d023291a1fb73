with splits as (
    select * from {{ source('raw', 'deal_splits') }}
),

final as (
    select
        deal_id,
        owner_id,
        source_name,
        try_cast(share as decimal(9, 6)) as share,
        is_tombstone,
        extract_date
    from splits
)

select * from final
