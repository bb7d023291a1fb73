-- A returned row is a segment value whose closed and open deals by pushes are not the funnel's.
with pushes as (
    select
        segment_name,
        segment_value,
        sum(deals_won) as deals_won,
        sum(deals_lost) as deals_lost,
        sum(won_amount) as won_amount,
        sum(open_deals) as open_deals,
        sum(open_amount) as open_amount
    from {{ ref('push_outcomes') }}
    group by segment_name, segment_value
),

funnel as (
    select
        segment_name,
        segment_value,
        sum(deals_won) as deals_won,
        sum(deals_lost) as deals_lost,
        sum(won_amount) as won_amount,
        sum(case when is_complete then 0 else open_deals_at_end end) as open_deals,
        sum(case when is_complete then 0 else open_amount_at_end end) as open_amount
    from {{ ref('funnel_metrics') }}
    group by segment_name, segment_value
)

select
    funnel.*,
    pushes.deals_won as pushed_won
from funnel
left join pushes
    on funnel.segment_name = pushes.segment_name and funnel.segment_value = pushes.segment_value
where
    funnel.deals_won <> coalesce(pushes.deals_won, 0)
    or funnel.deals_lost <> coalesce(pushes.deals_lost, 0)
    or funnel.won_amount <> coalesce(pushes.won_amount, 0)
    or funnel.open_deals <> coalesce(pushes.open_deals, 0)
    or funnel.open_amount <> coalesce(pushes.open_amount, 0)
