-- The days that the back-test forecasts from: the first day of each ended period that the history
-- covers whole, and eight more, evenly spaced; the last twelve periods only.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

periods as (
    select
        calendar.fiscal_period,
        calendar.period_start,
        calendar.period_end,
        {{ days_between('calendar.period_start', 'calendar.period_end') }} + 1 as length_days
    from {{ ref('dim_dates') }} as calendar
    cross join history
    where
        calendar.date_day = calendar.period_start
        and calendar.period_start >= history.history_start
        and calendar.period_end < history.as_of_date
    qualify row_number() over (order by calendar.period_start desc) <= 12
),

phases as (
    select phases.*
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8)) as phases (ninth)
),

final as (
    select
        {{ add_days(
            'periods.period_start',
            'floor((2 * phases.ninth * periods.length_days + 9) / 18.0)'
        ) }} as as_of_date,
        periods.fiscal_period,
        periods.period_end,
        cast(round(phases.ninth / 9.0, 6) as double) as phase
    from periods
    cross join phases
)

select * from final
order by as_of_date
