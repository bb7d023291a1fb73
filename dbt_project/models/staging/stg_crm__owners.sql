with owners as (
    select * from {{ source('raw', 'owners') }}
),

final as (
    select
        -- ids
        owner_id,
        manager_id,

        -- strings
        source_name,
        owner_name,
        email,
        team,

        -- booleans
        is_tombstone,
        coalesce(is_active, true) as is_active,

        -- dates
        extract_date,
        valid_from
    from owners
)

select * from final
