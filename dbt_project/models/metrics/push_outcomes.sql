with events as (
    select
        events.*,
        case
            when deals.push_count < 3 then {{ to_text('deals.push_count') }} else '3+'
        end as pushes,
        deals.days_pushed
    from {{ ref('int_funnel_events') }} as events
    inner join {{ ref('fct_deals') }} as deals on events.deal_id = deals.deal_id
    inner join {{ ref('int_reported_periods') }} as periods
        on events.period_start = periods.period_start
    where
        events.event in ('won', 'lost')
        or (events.event = 'open_at_end' and not periods.is_complete)
),

counted as (
    select
        segments.segment_name,
        segments.segment_value,
        events.pushes,
        count(*) filter (where events.event = 'won') as deals_won,
        count(*) filter (where events.event = 'lost') as deals_lost,
        count(*) filter (where events.event = 'open_at_end') as open_deals,
        sum(events.amount) filter (where events.event = 'won') as won_amount,
        sum(events.amount) filter (where events.event = 'lost') as lost_amount,
        sum(events.amount) filter (where events.event = 'open_at_end') as open_amount,
        avg(events.days_pushed) filter (where events.event <> 'open_at_end') as mean_days_pushed
    from events
    inner join {{ ref('int_reported_segments') }} as segments
        on
            events.deal_id = segments.deal_id
            and events.event_date >= segments.valid_from
            and events.event_date < segments.valid_to
    group by segments.segment_name, segments.segment_value, events.pushes
),

final as (
    select
        segment_name,
        segment_value,
        pushes,
        deals_won,
        deals_lost,
        round(cast(deals_won as double) / nullif(deals_won + deals_lost, 0), 6) as win_rate,
        cast(coalesce(won_amount, 0) as decimal(18, 2)) as won_amount,
        cast(coalesce(lost_amount, 0) as decimal(18, 2)) as lost_amount,
        round(cast(mean_days_pushed as double), 2) as mean_days_pushed,
        open_deals,
        cast(coalesce(open_amount, 0) as decimal(18, 2)) as open_amount
    from counted
)

select * from final
order by segment_name, segment_value, pushes
