-- A returned row is a period and segment whose values do not sum to the whole company.
with metrics as (
    select * from {{ ref('funnel_metrics') }}
),

totals as (
    select * from metrics
    where segment_name = 'all'
),

sums as (
    select
        period_start,
        segment_name,
        sum(leads) as leads,
        sum(deals_created) as deals_created,
        sum(deals_won) as deals_won,
        sum(deals_lost) as deals_lost,
        sum(won_amount) as won_amount,
        sum(lost_amount) as lost_amount,
        sum(lifetime_deals) as lifetime_deals,
        sum(open_deals_at_end) as open_deals_at_end,
        sum(open_amount_at_end) as open_amount_at_end
    from metrics
    where segment_name <> 'all'
    group by period_start, segment_name
)

select
    sums.*,
    totals.deals_won as total_deals_won
from sums
left join totals on sums.period_start = totals.period_start
where
    totals.period_start is null
    or sums.deals_created <> totals.deals_created
    or sums.deals_won <> totals.deals_won
    or sums.deals_lost <> totals.deals_lost
    or sums.won_amount <> totals.won_amount
    or sums.lost_amount <> totals.lost_amount
    or sums.lifetime_deals <> totals.lifetime_deals
    or sums.open_deals_at_end <> totals.open_deals_at_end
    or sums.open_amount_at_end <> totals.open_amount_at_end
    or (sums.segment_name in ('owner', 'team') and sums.leads <> totals.leads)
