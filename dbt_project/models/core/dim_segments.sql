with final as (
    select
        segment_name,
        is_configured
    from {{ source('raw', 'segment_names') }}
)

select * from final
order by segment_name
