-- Deal versions with the stage that hazards are told apart by. Where too few deals have recorded
-- history all open stages are one; a closed state stands for the stage that the deal closed from.
with stages as (
    select * from {{ ref('dim_stages') }}
),

first_stages as (
    select
        pipeline,
        stage
    from stages
    where not is_closed and stage_order is not null
    qualify row_number() over (partition by pipeline order by stage_order, stage) = 1
),

first_visits as (
    select
        deal_id,
        pipeline,
        stage
    from {{ ref('fct_deal_stages') }}
    where visit_no = 1
),

final as (
    select
        versions.deal_id,
        versions.valid_from,
        versions.valid_to,
        versions.is_open,
        versions.is_won,
        versions.amount,
        versions.close_date,
        case
            when history.is_stage_pooled then 'all stages'
            when versions.is_open and not coalesce(stages.is_closed, false)
                then versions.pipeline || ' / ' || coalesce(versions.stage, '(none)')
            else
                versions.pipeline || ' / '
                || coalesce(visits.stage, deals.last_open_stage, first_stages.stage, '(none)')
        end as stage
    from {{ ref('fct_deal_versions') }} as versions
    inner join {{ ref('fct_deals') }} as deals on versions.deal_id = deals.deal_id
    left join stages
        on versions.pipeline = stages.pipeline and versions.stage = stages.stage
    left join first_stages on versions.pipeline = first_stages.pipeline
    left join first_visits as visits
        on versions.deal_id = visits.deal_id and versions.pipeline = visits.pipeline
    cross join {{ ref('int_forecast_history') }} as history
)

select * from final
