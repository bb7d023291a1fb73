with stage_map as (
    select * from {{ ref('int_stage_map') }}
),

seen as (
    select
        pipeline,
        stage
    from {{ ref('int_deal_stage_states') }}
    group by pipeline, stage
),

steps as (
    select
        stage_map.*,
        coalesce(
            stage_map.process_step,
            case
                when stage_map.is_closed and stage_map.is_won then 'customer'
                when stage_map.is_closed and not stage_map.is_won then 'lost'
            end
        ) as known_process_step
    from stage_map
    left join seen on stage_map.pipeline = seen.pipeline and stage_map.stage = seen.stage
    where stage_map.is_listed or seen.stage is not null
),

ordered as (
    select
        *,
        case known_process_step
            when 'lead' then 1
            when 'qualified' then 2
            when 'meeting' then 3
            when 'proposal' then 4
            when 'negotiation' then 5
            when 'customer' then 6
            when 'lost' then 7
        end as step_order
    from steps
),

final as (
    select
        pipeline,
        stage,
        source_name,
        coalesce(stage_order, step_order) as stage_order,
        known_process_step as process_step,
        step_order,
        probability,
        is_closed,
        coalesce(is_won, false) as is_won,
        forecast_category,
        known_process_step is not null as is_mapped
    from ordered
)

select * from final
order by pipeline, stage
