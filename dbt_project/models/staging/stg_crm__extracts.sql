with extracts as (
    select * from {{ source('raw', 'extracts') }}
),

final as (
    select
        source_name,
        extract_date,
        known_at,
        lag(known_at) over (partition by source_name order by extract_date) as previous_known_at
    from extracts
)

select * from final
