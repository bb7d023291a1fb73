-- What each stage says of the deals in it. Where a pipeline's own settings are silent, those of the
-- default pipeline hold.
with pairs as (
    select * from {{ ref('int_stage_pairs') }}
),

listed as (
    select * from {{ ref('stg_crm__stages') }}
),

process as (
    select * from {{ ref('stg_crm__process_steps') }}
),

deals as (
    select
        pipeline,
        stage,
        bool_and(is_closed) as is_always_closed,
        bool_and(is_won) as is_always_won,
        bool_or(is_won) as is_ever_won
    from {{ ref('stg_crm__deals') }}
    group by pipeline, stage
),

settled as (
    select
        pairs.pipeline,
        pairs.stage,
        own.stage is not null or own_process.stage is not null as is_listed,
        coalesce(own.source_name, shared.source_name) as source_name,
        coalesce(own.stage_order, shared.stage_order) as stage_order,
        coalesce(own.probability, shared.probability) as probability,
        coalesce(own.forecast_category, shared.forecast_category) as forecast_category,
        coalesce(
            own.process_step,
            own_process.process_step,
            shared.process_step,
            shared_process.process_step
        ) as process_step,
        coalesce(own.is_closed, shared.is_closed) as is_closed,
        coalesce(own.is_won, shared.is_won) as is_won
    from pairs
    left join listed as own on pairs.pipeline = own.pipeline and pairs.stage = own.stage
    left join process as own_process
        on pairs.pipeline = own_process.pipeline and pairs.stage = own_process.stage
    left join listed as shared on shared.pipeline = 'default' and pairs.stage = shared.stage
    left join process as shared_process
        on shared_process.pipeline = 'default' and pairs.stage = shared_process.stage
),

known as (
    select
        *,
        coalesce(is_closed, process_step in ('customer', 'lost')) as known_is_closed,
        coalesce(is_won, process_step = 'customer') as known_is_won
    from settled
),

-- A pipeline none of whose stages closes a deal leaves that to the deals' own flags.
closing as (
    select
        *,
        bool_or(coalesce(known_is_closed, false)) over (partition by pipeline) as has_closing_stage
    from known
),

final as (
    select
        closing.pipeline,
        closing.stage,
        closing.source_name,
        closing.is_listed,
        closing.stage_order,
        closing.probability,
        closing.forecast_category,
        closing.process_step,
        case
            when closing.known_is_closed is not null then closing.has_closing_stage
            else coalesce(deals.is_always_closed, false)
        end as is_decisive,
        coalesce(closing.known_is_closed, deals.is_always_closed, false) as is_closed,
        coalesce(
            closing.known_is_won,
            case when deals.is_always_won then true when not deals.is_ever_won then false end
        ) as is_won
    from closing
    left join deals on closing.pipeline = deals.pipeline and closing.stage = deals.stage
)

select * from final
order by pipeline, stage
