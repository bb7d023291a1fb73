{{ config(materialized='incremental', unique_key='deal_id') }}
with states as (
    select * from {{ ref('int_deal_stage_states') }}
    {% if is_night() %}
        -- What did not change, but is open, is older.
        union all
        select states.* from {{ ref_all('int_deal_stage_states') }} as states
        where
            states.deal_id not in (select touched.deal_id from night.touched as touched)
            and states.deal_id in (
                select newest.deal_id from {{ ref_all('int_deal_stage_states') }} as newest
                where newest.exited_at is null and newest.result = 'open'
            )
    {% endif %}
),

stages as (
    select * from {{ ref('dim_stages') }}
),

lifespans as (
    select * from {{ ref_all('int_deal_lifespans') }}
),

settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

visits as (
    select
        *,
        row_number() over (partition by deal_id order by state_no) as visit_no
    from states
    where result = 'open' and removal_kind is null and stage is not null
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
