-- The days that the forecast looks back on and ahead to, with their fiscal period.
with final as (
    select
        calendar.date_day,
        calendar.fiscal_period,
        calendar.period_start,
        calendar.period_end,
        calendar.quarter_end,
        calendar.weekday
    from {{ ref('dim_dates') }} as calendar
    cross join {{ ref('int_forecast_history') }} as history
    where calendar.period_end >= history.history_start
)

select * from final
