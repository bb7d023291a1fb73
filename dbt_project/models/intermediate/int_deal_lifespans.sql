{{ config(materialized='incremental') }}
-- When each deal known as of the as-of date began, and when it was removed, if it was.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

first_seen as (
    select
        deal_id,
        {{ just_before('min(known_at)') }} as first_seen_at
    from {{ ref('int_deal_records') }}
    group by deal_id
),

newest as (
    select * from {{ ref('int_deal_records') }}
    where newest_no = 1
),

first_stages as (
    select
        deal_id,
        min(changed_at) as first_stage_at
    from {{ ref('int_deal_changes_unified') }}
    where field in ('stage', 'result')
    group by deal_id
),

starts as (
    select
        newest.deal_id,
        newest.source_name,
        habits.has_one_currency,
        coalesce(
            newest.created_at > first_seen.first_seen_at
            or newest.created_at >= settings.as_of_at,
            true
        ) as is_created_assumed,
        newest.created_at,
        first_seen.first_seen_at,
        least(
            newest.created_at, first_stages.first_stage_at, first_seen.first_seen_at
        ) as started_at
    from newest
    cross join settings
    inner join {{ ref('int_source_habits') }} as habits on newest.source_name = habits.source_name
    inner join first_seen on newest.deal_id = first_seen.deal_id
    left join first_stages on newest.deal_id = first_stages.deal_id
),

final as (
    select
        starts.deal_id,
        starts.source_name,
        starts.has_one_currency,
        starts.is_created_assumed,
        case
            when starts.is_created_assumed then starts.started_at else starts.created_at
        end as created_at,
        starts.started_at,
        {{ local_date('starts.started_at', 'settings.time_zone') }} as started_date,
        {{ local_date('starts.first_seen_at', 'settings.time_zone') }} as first_seen_date,
        removals.removal_kind,
        removals.removed_at,
        survivors.survivor_deal_id
    from starts
    cross join settings
    left join {{ ref('int_deal_removals') }} as removals on starts.deal_id = removals.deal_id
    left join {{ ref('int_deal_survivors') }} as survivors on starts.deal_id = survivors.deal_id
    where starts.started_at < settings.as_of_at
)

select * from final
