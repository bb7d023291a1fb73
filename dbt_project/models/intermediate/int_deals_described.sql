{{ config(materialized='incremental') }}
-- All of fct_deals that is the deal's own: what its segment's deals are worth changes every night.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

stages as (
    select * from {{ ref('dim_stages') }}
),

deals as (
    select
        deals.*,
        deals.result <> 'open' as is_closed,
        deals.result = 'won' as is_won,
        {{ local_date('deals.created_at', 'settings.time_zone') }} as created_date,
        {{ local_date('deals.close_known_at', 'settings.time_zone') }} as close_known_date,
        {{ local_date('deals.closed_at', 'settings.time_zone') }} as closed_at_date,
        settings.as_of_date
    from {{ ref('int_deals_current') }} as deals
    cross join settings
),

-- A booking date that lies in the future says nothing of how long the deal took.
booked as (
    select
        *,
        case when is_closed then coalesce(close_date, closed_at_date) end as closed_date,
        case
            when
                is_closed and coalesce(close_date, closed_at_date) < as_of_date
                then coalesce(close_date, closed_at_date)
            when is_closed then close_known_date
        end as ended_date,
        original_amount is not null and amount is null and removal_kind is null as is_rate_missing
    from deals
),

final as (
    select
        booked.deal_id,
        booked.source_name,
        booked.source_deal_id,
        booked.deal_name,
        booked.account_id,
        booked.owner_id,
        booked.pipeline,
        booked.stage,
        stages.process_step,
        booked.is_closed,
        booked.is_won,
        coalesce(booked.removal_kind = 'deleted', false) as is_deleted,
        coalesce(booked.removal_kind = 'merged', false) as is_merged,
        booked.survivor_deal_id as merged_into_deal_id,
        {{ local_date('booked.removed_at', 'settings.time_zone') }} as removed_date,
        booked.amount,
        booked.original_amount,
        booked.original_currency,
        segments.segment_key,
        booked.is_rate_missing,
        booked.created_at,
        booked.created_date,
        booked.is_created_assumed,
        booked.close_date,
        booked.first_close_date,
        booked.push_count,
        booked.days_pushed,
        {{ days_between('booked.first_close_date', 'booked.close_date') }} as close_date_shift_days,
        booked.closed_at,
        booked.closed_date,
        booked.close_known_date,
        booked.deal_type,
        booked.lead_id,
        booked.lead_source,
        booked.campaign_id,
        coalesce(booked.forecast_category, stages.forecast_category) as forecast_category,
        case booked.result
            when 'won' then 1.0 when 'lost' then 0.0 else stages.probability
        end as probability,
        case when not booked.is_closed then booked.next_step end as next_step,
        case when booked.result = 'lost' then booked.loss_reason end as loss_reason,
        booked.last_open_stage,
        cast(booked.reopened_count as integer) as reopened_count,
        booked.is_flag_contradictory,
        booked.is_history_assumed,
        case
            when not booked.is_created_assumed and booked.created_date <= booked.ended_date
                then {{ days_between('booked.created_date', 'booked.ended_date') }}
        end as lifetime_days,
        replace(sources.deal_url, '{source_deal_id}', booked.source_deal_id) as deal_url
    from booked
    cross join settings
    inner join {{ ref('int_deals_segmented') }} as segments on booked.deal_id = segments.deal_id
    left join stages on booked.pipeline = stages.pipeline and booked.stage = stages.stage
    left join {{ source('raw', 'sources') }} as sources on booked.source_name = sources.source_name
)

select * from final
