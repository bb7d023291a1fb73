with final as (
    select
        company,
        as_of_date,
        time_zone,
        reporting_currency,
        amount_meaning,
        forecast_period,
        cast(settlement_days as integer) as settlement_days,
        holidays
    from {{ source('raw', 'run_settings') }}
)

select * from final
