-- Bookings by the day they were known, the period they count in and, where it lies in that period,
-- the day the deal was created.
with final as (
    select
        known_date,
        fiscal_period,
        created_in_period_date,
        amount_class,
        sum(deals) as deals,
        sum(amount) as amount,
        sum(squared_amount) as squared_amount
    from {{ ref('int_forecast_bookings') }}
    group by known_date, fiscal_period, created_in_period_date, amount_class
)

select * from final
