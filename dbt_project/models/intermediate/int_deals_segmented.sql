{{ config(materialized='incremental') }}
-- The company's own segments of each deal in one key; without any there is one segment, 'all'.
with configured as (
    select segment_name
    from {{ source('raw', 'segment_names') }}
    where is_configured
),

keys as (
    select
        segments.deal_id,
        {{ join_texts('segments.segment_value', ' | ', 'segments.segment_name') }} as segment_key
    from {{ ref('fct_deal_segments') }} as segments
    inner join configured on segments.segment_name = configured.segment_name
    where segments.valid_to is null
    group by segments.deal_id
),

final as (
    select
        lifespans.deal_id,
        coalesce(keys.segment_key, 'all') as segment_key
    from {{ ref('int_deal_lifespans') }} as lifespans
    left join keys on lifespans.deal_id = keys.deal_id
)

select * from final
order by deal_id
