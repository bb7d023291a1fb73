with final as (
    select
        date_day,
        cast(fiscal_year as integer) as fiscal_year,
        fiscal_quarter,
        quarter_start,
        quarter_end,
        fiscal_month,
        month_start,
        month_end,
        fiscal_period,
        period_start,
        period_end,
        cast(day_n as integer) as day_n,
        cast(weekday as integer) as weekday,
        is_business_day,
        cast(business_day_no as integer) as business_day_no,
        cast(business_days_left as integer) as business_days_left
    from {{ source('raw', 'calendar_days') }}
)

select * from final
order by date_day
