-- How expected close dates go on while a deal stays in its stage: due states on a Monday and a week
-- later.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

mondays as (
    select calendar.date_day
    from {{ ref('dim_dates') }} as calendar
    cross join history
    where
        calendar.weekday = 1
        and calendar.date_day >= history.history_start
        and calendar.date_day < history.as_of_date
),

left_on_mondays as (
    select
        stretches.deal_id,
        stretches.episode_no,
        mondays.date_day,
        {{ days_between('mondays.date_day', 'stretches.close_date') }} as days_left
    from {{ ref('int_forecast_stretches') }} as stretches
    inner join mondays
        on stretches.from_day <= mondays.date_day and stretches.to_day >= mondays.date_day
),

states as (
    select
        days.deal_id,
        days.episode_no,
        days.date_day,
        coalesce(dues.due_state, 0) as due_state
    from left_on_mondays as days
    left join {{ ref('int_forecast_due_states') }} as dues
        on days.days_left between dues.nearest_days and dues.furthest_days
),

moves as (
    select
        date_day,
        due_state,
        lead(date_day) over by_time as next_date_day,
        lead(due_state) over by_time as next_due_state
    from states
    window by_time as (partition by deal_id, episode_no order by date_day)
),

final as (
    select
        next_date_day as known_date,
        due_state,
        next_due_state,
        count(*) as deals
    from moves
    where next_date_day = {{ add_days('date_day', 7) }}
    group by next_date_day, due_state, next_due_state
)

select * from final
