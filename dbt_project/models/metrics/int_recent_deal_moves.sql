{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Changes of the last 30 days and which way they went. What was entered with the deal is no change.
with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

stages as (
    select * from {{ ref('dim_stages') }}
),

changes as (
    select
        changes.*,
        {{ to_date('changes.old_value') }} as old_date,
        {{ to_date('changes.new_value') }} as new_date
    from {{ ref('fct_deal_changes') }} as changes
    inner join {{ ref('fct_deals') }} as deals on changes.deal_id = deals.deal_id
    cross join settings
    where
        changes.changed_date >= {{ add_days('settings.as_of_date', -30) }}
        and changes.changed_at > deals.created_at
),

-- Each change beside the deal at the end of that day and the stages that it led from and to.
compared as (
    select
        changes.*,
        coalesce(versions.is_open, true) as is_open,
        new_stages.is_closed as is_new_closed,
        new_stages.is_won as is_new_won,
        old_stages.is_closed as is_old_closed,
        new_stages.stage_order - old_stages.stage_order as stage_steps
    from changes
    left join {{ ref('fct_deal_versions') }} as versions
        on
            changes.deal_id = versions.deal_id
            and changes.changed_date >= versions.valid_from
            and changes.changed_date < coalesce(versions.valid_to, date '9999-12-31')
    left join stages as old_stages
        on
            changes.field = 'stage'
            and versions.pipeline = old_stages.pipeline and changes.old_value = old_stages.stage
    left join stages as new_stages
        on
            changes.field = 'stage'
            and versions.pipeline = new_stages.pipeline and changes.new_value = new_stages.stage
),

final as (
    select
        *,
        case
            when field = 'close_date' and not is_open then 'booked'
            when field = 'close_date' and new_date > old_date then 'pushed'
            when field = 'close_date' and new_date < old_date then 'pulled_in'
            when field = 'amount' and moved_amount > 0 then 'up'
            when field = 'amount' and moved_amount < 0 then 'down'
            when field = 'stage' and is_new_closed and is_new_won then 'won'
            when field = 'stage' and is_new_closed then 'lost'
            when field = 'stage' and is_old_closed then 'reopened'
            when field = 'stage' and stage_steps > 0 then 'advance'
            when field = 'stage' and stage_steps < 0 then 'back'
            when field = 'result' and new_value = 'open' then 'reopened'
            when field = 'result' then new_value
            when old_value is null then 'filled_in'
            when new_value is null then 'emptied'
            else 'changed'
        end as direction
    from compared
)

select * from final
