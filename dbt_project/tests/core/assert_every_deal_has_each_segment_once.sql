-- A returned row is a deal and segment without exactly one current value.
with names as (
    select count(distinct segment_name) as segments
    from {{ ref('fct_deal_segments') }}
)

select
    deals.deal_id,
    count(distinct segments.segment_name) as segments_named,
    count(segments.deal_id) as current_values
from {{ ref('fct_deals') }} as deals
cross join names
left join {{ ref('fct_deal_segments') }} as segments
    on deals.deal_id = segments.deal_id and segments.valid_to is null
group by deals.deal_id, names.segments
having
    count(distinct segments.segment_name) <> names.segments
    or count(segments.deal_id) <> names.segments
