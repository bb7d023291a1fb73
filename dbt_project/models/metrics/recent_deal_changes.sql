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
        {{ to_date('changes.new_value') }} as new_date,
        changes.changed_date >= {{ add_days('settings.as_of_date', -7) }} as is_last_7_days
    from {{ ref('fct_deal_changes') }} as changes
    cross join settings
    where changes.changed_date >= {{ add_days('settings.as_of_date', -30) }}
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

directed as (
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
),

final as (
    select
        directed.changed_date,
        directed.changed_at,
        directed.is_last_7_days,
        directed.deal_id,
        deals.deal_name,
        deals.owner_id,
        directed.field,
        directed.change_no,
        directed.old_value,
        directed.new_value,
        directed.direction,
        directed.moved_amount,
        case
            when directed.direction in ('pushed', 'pulled_in')
                then {{ days_between('directed.old_date', 'directed.new_date') }}
        end as moved_days,
        deals.priced_amount as deal_amount,
        directed.changed_by,
        deals.deal_url
    from directed
    inner join {{ ref('fct_deals') }} as deals on directed.deal_id = deals.deal_id
)

select * from final
order by changed_date, deal_id, changed_at, field, change_no
