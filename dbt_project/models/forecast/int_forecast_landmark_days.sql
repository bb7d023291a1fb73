-- The days of ended periods that lie as far in them as the as-of date, or a day of the back-test,
-- lies in its own: of the six periods before it, as far as the history covers them whole.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

periods as (
    select
        calendar.fiscal_period,
        calendar.period_start,
        calendar.period_end,
        calendar.period_start >= history.history_start as is_covered,
        {{ days_between('calendar.period_start', 'calendar.period_end') }} + 1 as length_days,
        row_number() over (order by calendar.period_start) as period_no
    from {{ ref('int_forecast_calendar') }} as calendar
    cross join history
    where calendar.date_day = calendar.period_start
),

asked_days as (
    select as_of_date
    from history
    union
    select as_of_date
    from {{ ref('int_forecast_past_days') }}
),

asked as (
    select
        asked_days.as_of_date,
        periods.period_no,
        periods.length_days,
        {{ days_between('periods.period_start', 'asked_days.as_of_date') }} as days_passed
    from asked_days
    inner join periods on asked_days.as_of_date between periods.period_start and periods.period_end
),

final as (
    select
        past.fiscal_period,
        past.period_end,
        {{ add_days(
            'past.period_start',
            'floor((2 * asked.days_passed * past.length_days + asked.length_days)'
            ' / (2.0 * asked.length_days))'
        ) }} as landmark_date,
        {{ add_days('min(asked.as_of_date)', '-1') }} as known_date
    from asked
    inner join periods as past
        on past.period_no between asked.period_no - 6 and asked.period_no - 1
    where past.is_covered
    group by all
)

select * from final
order by landmark_date
