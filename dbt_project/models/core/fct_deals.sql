{{ config(materialized='view') }}
-- A view, since its three columns of assumed amounts change for every deal every night.
with deals as (
    select * from {{ ref('int_deals_described') }}
),

segment_amounts as (
    select * from {{ ref('int_segment_amounts') }}
),

final as (
    select
        deals.deal_id,
        deals.source_name,
        deals.source_deal_id,
        deals.deal_name,
        deals.account_id,
        deals.owner_id,
        deals.pipeline,
        deals.stage,
        deals.process_step,
        deals.is_closed,
        deals.is_won,
        deals.is_deleted,
        deals.is_merged,
        deals.merged_into_deal_id,
        deals.removed_date,
        deals.amount,
        deals.original_amount,
        deals.original_currency,
        case
            when deals.amount is not null or deals.is_closed or deals.is_rate_missing
                then deals.amount
            else segment_amounts.assumed_amount
        end as priced_amount,
        deals.amount is null and not deals.is_closed and not deals.is_rate_missing
        and segment_amounts.assumed_amount is not null as is_amount_assumed,
        segment_amounts.assumed_amount,
        deals.is_rate_missing,
        deals.created_at,
        deals.created_date,
        deals.is_created_assumed,
        deals.close_date,
        deals.first_close_date,
        deals.push_count,
        deals.days_pushed,
        deals.close_date_shift_days,
        deals.closed_at,
        deals.closed_date,
        deals.close_known_date,
        deals.deal_type,
        deals.lead_id,
        deals.lead_source,
        deals.campaign_id,
        deals.forecast_category,
        deals.probability,
        deals.next_step,
        deals.loss_reason,
        deals.last_open_stage,
        deals.reopened_count,
        deals.is_flag_contradictory,
        deals.is_history_assumed,
        deals.lifetime_days,
        deals.deal_url
    from deals
    inner join segment_amounts on deals.segment_key = segment_amounts.segment_key
)

select * from final
