-- The open deals of the as-of date as the forecast meets them: stage, age, amount and days to the
-- expected close date.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

last_stretches as (
    select *
    from {{ ref('int_forecast_stretches') }}
    where exit_kind = 'open'
),

final as (
    select
        history.as_of_date,
        deals.deal_id,
        deals.pipeline,
        deals.stage,
        deals.owner_id,
        coalesce(deals.priced_amount, 0) as amount,
        deals.is_amount_assumed,
        deals.close_date,
        coalesce(deals.probability, stages.probability) as probability,
        segments.segment_key,
        coalesce(
            stretches.stage,
            case
                when history.is_stage_pooled then 'all stages'
                else deals.pipeline || ' / ' || coalesce(deals.stage, '(none)')
            end
        ) as hazard_stage,
        coalesce(stretches.amount_class, 1) as amount_class,
        coalesce({{ days_between('stretches.entered_date', 'history.as_of_date') }}, 0) as age_days,
        {{ days_between('history.as_of_date', 'deals.close_date') }} as days_to_close
    from {{ ref('fct_deals') }} as deals
    inner join {{ ref('int_deals_segmented') }} as segments on deals.deal_id = segments.deal_id
    left join last_stretches as stretches on deals.deal_id = stretches.deal_id
    left join {{ ref('dim_stages') }} as stages
        on deals.pipeline = stages.pipeline and deals.stage = stages.stage
    cross join history
    where not deals.is_closed and deals.removed_date is null
)

select * from final
