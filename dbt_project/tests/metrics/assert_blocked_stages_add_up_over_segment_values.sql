-- A returned row is a stage and segment whose values do not sum to the whole company.
with stages as (
    select * from {{ ref('blocked_stages') }}
),

totals as (
    select * from stages
    where segment_name = 'all'
),

sums as (
    select
        segment_name,
        pipeline,
        stage,
        sum(open_deals) as open_deals,
        sum(open_amount) as open_amount,
        sum(won_visits) as won_visits,
        sum(stalled_deals) as stalled_deals,
        sum(stalled_amount) as stalled_amount,
        sum(blocked_days) as blocked_days,
        sum(blocked_amount_days) as blocked_amount_days,
        sum(exits) as exits
    from stages
    where segment_name <> 'all'
    group by segment_name, pipeline, stage
)

select
    sums.*,
    totals.open_deals as total_open_deals
from sums
left join totals
    on
        sums.pipeline = totals.pipeline
        and sums.stage = totals.stage
where
    totals.stage is null
    or sums.open_deals <> totals.open_deals
    or sums.open_amount <> totals.open_amount
    or sums.won_visits <> totals.won_visits
    or sums.exits <> totals.exits
    or coalesce(sums.stalled_deals, 0) <> coalesce(totals.stalled_deals, 0)
    or coalesce(sums.stalled_amount, 0) <> coalesce(totals.stalled_amount, 0)
    or coalesce(sums.blocked_days, 0) <> coalesce(totals.blocked_days, 0)
    or coalesce(sums.blocked_amount_days, 0) <> coalesce(totals.blocked_amount_days, 0)
