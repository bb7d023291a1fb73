{{ config(materialized='incremental') }}
-- Every unbroken stay of a deal in one pipeline, stage and result (open, won or lost), in order,
-- closed stays and the removal included.
{% set by_time = 'sort_at, sort_no, change_no' %}
{% set is_visit = "result = 'open' and removal_kind is null and stage is not null" %}
with settings as (
    select time_zone from {{ source('raw', 'run_settings') }}
),

compared as (
    select
        *,
        lag(pipeline) over by_time as previous_pipeline,
        lag(stage) over by_time as previous_stage,
        lag(result) over by_time as previous_result
    from {{ ref('int_deal_stage_records') }}
    window by_time as (partition by deal_id order by {{ by_time }})
),

stays as (
    select
        compared.deal_id,
        compared.sort_at,
        compared.sort_no,
        compared.change_no,
        {{ local_date('compared.sort_at', 'settings.time_zone') }} as entered_date,
        compared.pipeline,
        compared.stage,
        compared.result,
        compared.previous_result,
        case when compared.field = 'removal' then compared.new_value end as removal_kind,
        compared.provenance,
        compared.change_no = 0 as is_first_value
    from compared
    cross join settings
    where
        compared.field = 'removal'
        or compared.previous_pipeline is distinct from compared.pipeline
        or compared.previous_stage is distinct from compared.stage
        or compared.previous_result is distinct from compared.result
),

final as (
    select
        deal_id,
        row_number() over by_state as state_no,
        sort_at as entered_at,
        entered_date,
        lead(sort_at) over by_state as exited_at,
        lead(entered_date) over by_state as exited_date,
        pipeline,
        stage,
        result,
        removal_kind,
        provenance,
        is_first_value,
        lead(pipeline) over by_state as next_pipeline,
        lead(stage) over by_state as next_stage,
        lead(result) over by_state as next_result,
        lead(removal_kind) over by_state as next_removal_kind,
        case
            when result <> 'open'
                then
                    {{ last_value_ignore_nulls(
                        "case when result <> 'open' and coalesce(previous_result, 'open') = 'open' "
                        ~ "then sort_at end", 'deal_id', by_time
                    ) }}
        end as close_known_at,
        {{ last_value_ignore_nulls(
            "case when result = 'open' then sort_at end", 'deal_id', by_time
        ) }} as last_opened_at,
        {{ last_value_ignore_nulls(
            "case when result = 'open' then stage end", 'deal_id', by_time
        ) }} as last_open_stage,
        sum(case when result = 'open' and previous_result <> 'open' then 1 else 0 end) over (
            partition by deal_id order by {{ by_time }}
            rows between unbounded preceding and current row
        ) as reopened_count,
        case
            when {{ is_visit }} then sum(case when {{ is_visit }} then 1 else 0 end) over (
                partition by deal_id order by {{ by_time }}
                rows between unbounded preceding and current row
            )
        end as visit_no
    from stays
    window by_state as (partition by deal_id order by {{ by_time }})
)

select * from final
