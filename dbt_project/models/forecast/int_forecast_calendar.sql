-- The days that the forecast looks back on and ahead to, with their fiscal period; from the first
-- booking on where a load brought bookings older than the history.
with bookings as (
    select min(closed_date) as first_booked_date
    from {{ ref('fct_deals') }}
    where is_won
),

final as (
    select
        calendar.date_day,
        calendar.fiscal_period,
        calendar.period_start,
        calendar.period_end,
        calendar.quarter_end,
        calendar.weekday
    from {{ ref('dim_dates') }} as calendar
    cross join {{ ref('int_forecast_history') }} as history
    cross join bookings
    where
        calendar.period_end
        >= least(
            history.history_start, coalesce(bookings.first_booked_date, history.history_start)
        )
)

select * from final
