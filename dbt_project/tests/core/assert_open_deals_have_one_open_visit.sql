-- A returned row is an open deal of a known stage that is not in exactly one visit of that stage,
-- or a closed or removed deal that is in one.
with open_visits as (
    select
        deal_id,
        count(*) as visits,
        min(stage) as stage
    from {{ ref('fct_deal_stages') }}
    where exit_kind = 'open'
    group by deal_id
)

select
    deals.deal_id,
    deals.stage,
    open_visits.stage as visited_stage,
    open_visits.visits
from {{ ref('fct_deals') }} as deals
left join open_visits on deals.deal_id = open_visits.deal_id
where
    case
        when deals.is_closed or deals.removed_date is not null then open_visits.visits is not null
        else
            coalesce(open_visits.visits, 0) <> case when deals.stage is null then 0 else 1 end
            or open_visits.stage is distinct from deals.stage
    end
