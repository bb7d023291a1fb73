with final as (
    select segment_name
    from {{ source('raw', 'segment_names') }}
    union
    select distinct dimension as segment_name
    from {{ ref('stg_crm__deal_dimensions') }}
)

select * from final
order by segment_name
