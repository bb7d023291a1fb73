{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- A deal's first value also counts for the days before, so that a back-dated close still falls into
-- exactly one value of every segment.
with segments as (
    select
        deal_segments.deal_id,
        deal_segments.segment_name,
        deal_segments.segment_value,
        deal_segments.valid_from
    from {{ ref('fct_deal_segments') }} as deal_segments
    inner join {{ source('raw', 'segment_names') }} as segment_names
        on deal_segments.segment_name = segment_names.segment_name
),

final as (
    select
        deal_id,
        segment_name,
        segment_value,
        case
            when lag(valid_from) over (
                partition by deal_id, segment_name order by valid_from
            ) is null then date '0001-01-01'
            else valid_from
        end as valid_from,
        coalesce(
            lead(valid_from) over (partition by deal_id, segment_name order by valid_from),
            date '9999-12-31'
        ) as valid_to
    from segments
)

select * from final
