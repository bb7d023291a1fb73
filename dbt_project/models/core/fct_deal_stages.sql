{{ config(materialized='view') }}
with visits as (
    select * from {{ ref('int_deal_stage_states') }}
    where visit_no is not null
),

stages as (
    select * from {{ ref('dim_stages') }}
),

lifespans as (
    select * from {{ ref('int_deal_lifespans') }}
),

settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

final as (
    select
        visits.deal_id,
        cast(visits.visit_no as integer) as visit_no,
        visits.pipeline,
        visits.stage,
        stages.stage_order,
        stages.process_step,
        visits.entered_at,
        visits.exited_at,
        visits.entered_date,
        visits.exited_date,
        case
            when visits.exited_at is null then 'open'
            when visits.next_removal_kind is not null then visits.next_removal_kind
            when visits.next_result <> 'open' then visits.next_result
            when visits.next_pipeline <> visits.pipeline then 'moved_pipeline'
            when next_stages.stage_order < stages.stage_order then 'back'
            else 'advance'
        end as exit_kind,
        case when visits.next_removal_kind is null then visits.next_stage end as next_stage,
        {{ days_between(
            'visits.entered_date', 'coalesce(visits.exited_date, settings.as_of_date)'
        ) }} as days_in_stage,
        visits.is_first_value
        and (visits.provenance = 'assumed' or lifespans.is_created_assumed) as is_entry_assumed
    from visits
    inner join lifespans on visits.deal_id = lifespans.deal_id
    inner join stages on visits.pipeline = stages.pipeline and visits.stage = stages.stage
    left join stages as next_stages
        on visits.next_pipeline = next_stages.pipeline and visits.next_stage = next_stages.stage
    cross join settings
)

select * from final
