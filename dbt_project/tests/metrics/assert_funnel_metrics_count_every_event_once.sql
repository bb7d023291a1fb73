-- A returned row is a reported period whose deals are not those that happened in it, each once.
with events as (
    select
        period_start,
        count(*) filter (where event = 'created') as deals_created,
        count(*) filter (where event = 'won') as deals_won,
        count(*) filter (where event = 'lost') as deals_lost,
        count(*) filter (where event = 'open_at_end') as open_deals,
        coalesce(sum(amount) filter (where event = 'won'), 0) as won_amount,
        coalesce(sum(amount) filter (where event = 'open_at_end'), 0) as open_amount
    from {{ ref('int_funnel_events') }}
    group by period_start
),

metrics as (
    select * from {{ ref('funnel_metrics') }}
    where segment_name = 'all'
)

select
    periods.fiscal_period,
    events.deals_won,
    metrics.deals_won as metrics_deals_won
from {{ ref('int_reported_periods') }} as periods
left join events on periods.period_start = events.period_start
left join metrics on periods.period_start = metrics.period_start
where
    coalesce(events.deals_created, 0) <> coalesce(metrics.deals_created, 0)
    or coalesce(events.deals_won, 0) <> coalesce(metrics.deals_won, 0)
    or coalesce(events.deals_lost, 0) <> coalesce(metrics.deals_lost, 0)
    or coalesce(events.open_deals, 0) <> coalesce(metrics.open_deals_at_end, 0)
    or coalesce(events.won_amount, 0) <> coalesce(metrics.won_amount, 0)
    or coalesce(events.open_amount, 0) <> coalesce(metrics.open_amount_at_end, 0)
