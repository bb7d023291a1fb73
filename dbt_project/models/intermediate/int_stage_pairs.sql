{{ config(materialized='view') }}

-- Pipelines times stage names, whether seen together or not: few rows, so that every later look-up
-- of a stage is one equality.
with listed as (
    select
        pipeline,
        stage
    from {{ ref('stg_crm__stages') }}
    union
    select
        pipeline,
        stage
    from {{ ref('stg_crm__process_steps') }}
    union
    select
        pipeline,
        stage
    from {{ ref('stg_crm__deal_records') }}
),

-- few rows, from one look at the history
moves as (
    select distinct
        field,
        old_value,
        new_value
    from {{ ref('stg_crm__deal_changes') }}
    where field in ('pipeline', 'stage')
),

changes as (
    select
        field,
        new_value as changed_value
    from moves
    union
    select
        field,
        old_value as changed_value
    from moves
),

pipelines as (
    select pipeline from listed
    union
    select changed_value as pipeline from changes
    where field = 'pipeline'
),

stages as (
    select stage from listed
    union
    select changed_value as stage from changes
    where field = 'stage'
),

final as (
    select
        pipelines.pipeline,
        stages.stage
    from pipelines
    cross join stages
    where pipelines.pipeline is not null and stages.stage is not null
)

select * from final
