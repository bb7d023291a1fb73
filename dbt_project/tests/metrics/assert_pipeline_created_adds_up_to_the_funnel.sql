-- A returned row is a segment value whose weeks do not add up to the deals that the funnel says
-- were created, or whose deals did not all become won, lost or open.
with weeks as (
    select
        segment_name,
        segment_value,
        sum(deals_created) as deals_created,
        sum(deals_won + deals_lost + open_deals) as deals_told
    from {{ ref('pipeline_created') }}
    group by segment_name, segment_value
),

funnel as (
    select
        segment_name,
        segment_value,
        sum(deals_created) as deals_created
    from {{ ref('funnel_metrics') }}
    group by segment_name, segment_value
)

select
    coalesce(funnel.segment_name, weeks.segment_name) as segment_name,
    coalesce(funnel.segment_value, weeks.segment_value) as segment_value,
    funnel.deals_created,
    weeks.deals_created as created_by_week,
    weeks.deals_told
from funnel
full outer join weeks
    on funnel.segment_name = weeks.segment_name and funnel.segment_value = weeks.segment_value
where
    coalesce(funnel.deals_created, 0) <> coalesce(weeks.deals_created, 0)
    or weeks.deals_created <> weeks.deals_told
