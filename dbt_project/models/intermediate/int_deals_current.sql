{{ config(materialized='incremental') }}
-- Each deal's newest known state beside what its record says of it.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

states as (
    select * from {{ ref('int_deal_stage_states') }}
    where exited_at is null
),

versions as (
    select * from {{ ref('int_deals_versioned') }}
    where valid_to is null
),

amounts as (
    select
        deal_id,
        amount
    from {{ ref('fct_deal_versions') }}
    qualify row_number() over (partition by deal_id order by valid_from desc) = 1
),

recorded as (
    select
        deal_id,
        count(*) as stage_changes
    from {{ ref('int_deal_changes_unified') }}
    where field = 'stage' and change_no > 0 and provenance <> 'assumed'
    group by deal_id
),

final as (
    select
        lifespans.*,
        deals.source_deal_id,
        deals.deal_name,
        deals.account_id,
        deals.deal_type,
        deals.lead_id,
        deals.lead_source,
        deals.campaign_id,
        deals.next_step,
        deals.loss_reason,
        coalesce(
            stage_map.is_decisive
            and (
                deals.is_closed <> stage_map.is_closed
                or deals.is_won <> (stage_map.is_closed and stage_map.is_won)
            ),
            false
        ) as is_flag_contradictory,
        versions.pipeline,
        versions.stage,
        versions.owner_id,
        versions.close_date,
        versions.original_amount,
        versions.original_currency,
        versions.forecast_category,
        states.result,
        states.close_known_at,
        states.last_open_stage,
        states.reopened_count,
        amounts.amount,
        pushes.first_close_date,
        coalesce(pushes.push_count, 0) as push_count,
        coalesce(pushes.days_pushed, 0) as days_pushed,
        coalesce(recorded.stage_changes, 0) = 0 as is_history_assumed,
        case
            when states.result = 'open' then null
            when
                deals.closed_at < settings.as_of_at
                and deals.closed_at >= coalesce(states.last_opened_at, deals.closed_at)
                then deals.closed_at
            else states.close_known_at
        end as closed_at
    from {{ ref('int_deal_lifespans') }} as lifespans
    inner join {{ ref('stg_crm__deals') }} as deals on lifespans.deal_id = deals.deal_id
    left join {{ ref('int_stage_map') }} as stage_map
        on deals.pipeline = stage_map.pipeline and deals.stage = stage_map.stage
    inner join states on lifespans.deal_id = states.deal_id
    inner join versions on lifespans.deal_id = versions.deal_id
    left join amounts on lifespans.deal_id = amounts.deal_id
    left join {{ ref('int_deal_pushes') }} as pushes on lifespans.deal_id = pushes.deal_id
    left join recorded on lifespans.deal_id = recorded.deal_id
    cross join settings
)

select * from final
