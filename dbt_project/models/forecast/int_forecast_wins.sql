-- Bookings by the day they were known, the period they count in and, where it lies in that period,
-- the day the deal was created. Wins of one amount are counted together, so that the forecast can
-- limit what an absurd amount teaches it.
with final as (
    select
        known_date,
        fiscal_period,
        created_in_period_date,
        amount_class,
        win_amount,
        sum(deals) as deals,
        sum(amount) as amount
    from {{ ref('int_forecast_bookings') }}
    group by known_date, fiscal_period, created_in_period_date, amount_class, win_amount
)

select * from final
