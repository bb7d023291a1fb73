{{ config(meta={'by_deal': true}) }}
with dimensions as (
    select * from {{ source('raw', 'deal_dimensions') }}
),

latest as (
    select *
    from dimensions
    qualify row_number() over (partition by deal_id, dimension order by extract_date desc) = 1
),

final as (
    select
        deal_id,
        dimension,
        value as dimension_value
    from latest
    where not is_tombstone
)

select * from final
