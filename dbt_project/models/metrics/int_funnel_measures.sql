{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

with events as (
    select
        segments.segment_name,
        segments.segment_value,
        events.period_start,
        events.event,
        events.amount,
        events.is_amount_assumed,
        events.lifetime_days
    from {{ ref('int_funnel_events') }} as events
    inner join {{ ref('int_reported_segments') }} as segments
        on
            events.deal_id = segments.deal_id
            and events.event_date >= segments.valid_from
            and events.event_date < segments.valid_to
    union all
    select
        segment_name,
        segment_value,
        period_start,
        'lead' as event,
        cast(null as decimal(18, 2)) as amount,
        false as is_amount_assumed,
        cast(null as integer) as lifetime_days
    from {{ ref('int_leads_segmented') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by segment_name, segment_value, period_start, event
            order by amount nulls last
        ) as amount_no,
        count(amount) over (
            partition by segment_name, segment_value, period_start, event
        ) as amounts
    from events
),

-- Neither among the smallest nor among the largest tenth of the amounts.
marked as (
    select
        *,
        amount_no > floor(amounts * 0.1)
        and amount_no <= amounts - floor(amounts * 0.1) as is_typical
    from ranked
),

final as (
    select
        segment_name,
        segment_value,
        period_start,
        count(*) filter (where event = 'lead') as leads,
        count(*) filter (where event = 'created') as deals_created,
        count(*) filter (where event = 'won') as deals_won,
        count(*) filter (where event = 'lost') as deals_lost,
        count(*) filter (where event = 'open_at_end') as open_deals,
        count(*) filter (where event = 'won' and amount is null) as won_without_amount,
        count(*) filter (where event = 'open_at_end' and is_amount_assumed) as open_without_amount,
        count(lifetime_days) as lifetime_deals,
        sum(lifetime_days) as lifetime_days,
        sum(amount) filter (where event = 'won') as won_amount,
        sum(amount) filter (where event = 'lost') as lost_amount,
        sum(amount) filter (where event = 'open_at_end') as open_amount,
        -- Credit notes and other negative amounts would take a share of money out of [0, 1].
        sum(amount) filter (where event = 'won' and amount > 0) as positive_won_amount,
        sum(amount) filter (where event = 'lost' and amount > 0) as positive_lost_amount,
        -- in cents, where the middle of two amounts is exact
        round(median(case when event = 'won' then cast(amount * 100 as double) end)) / 100
            as median_won_amount,
        count(*) filter (where event = 'won' and is_typical) as trimmed_won_deals,
        sum(amount) filter (where event = 'won' and is_typical) as trimmed_won_amount,
        median(cast(lifetime_days as double)) as median_lifetime_days
    from marked
    group by segment_name, segment_value, period_start
)

select * from final
