{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

visits as (
    select
        stages.deal_id,
        stages.pipeline,
        stages.stage,
        stages.entered_date,
        stages.exited_date,
        stages.exit_kind,
        stages.days_in_stage,
        stages.is_entry_assumed,
        deals.is_won,
        deals.priced_amount as amount,
        deals.is_amount_assumed
    from {{ ref('fct_deal_stages') }} as stages
    inner join {{ ref('fct_deals') }} as deals on stages.deal_id = deals.deal_id
    where not deals.is_deleted and not deals.is_merged
),

-- The queue of every stage today, and as it was one to four quarters (of 91 days) ago.
queue_days as (
    select
        quarters.quarters_ago,
        {{ add_days('settings.as_of_date', '-91 * quarters.quarters_ago') }} as queue_date
    from settings
    cross join (values (0), (1), (2), (3), (4)) as quarters (quarters_ago)
),

open_visits as (
    select
        'open' as observation,
        visits.deal_id,
        visits.pipeline,
        visits.stage,
        visits.entered_date,
        {{ add_days('queue_days.queue_date', -1) }} as observed_date,
        queue_days.quarters_ago,
        {{ days_between('visits.entered_date', 'queue_days.queue_date') }} as days_in_stage,
        visits.is_entry_assumed,
        false as has_advanced,
        false as is_won,
        visits.amount,
        visits.is_amount_assumed
    from visits
    inner join queue_days
        on
            visits.entered_date < queue_days.queue_date
            and coalesce(visits.exited_date, date '9999-12-31') >= queue_days.queue_date
),

-- Moving to another pipeline says nothing about how the stage converts.
exits as (
    select
        'exit' as observation,
        visits.deal_id,
        visits.pipeline,
        visits.stage,
        visits.entered_date,
        visits.exited_date as observed_date,
        cast(
            floor(({{ days_between('visits.exited_date', 'settings.as_of_date') }} - 1) / 91.0)
            as integer
        ) as quarters_ago,
        visits.days_in_stage,
        visits.is_entry_assumed,
        visits.exit_kind in ('advance', 'won') as has_advanced,
        visits.is_won,
        visits.amount,
        visits.is_amount_assumed
    from visits
    cross join settings
    where visits.exit_kind in ('advance', 'won', 'back', 'lost')
),

final as (
    select * from open_visits
    union all
    select * from exits
)

select * from final
