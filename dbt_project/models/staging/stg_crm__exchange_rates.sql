with exchange_rates as (
    select * from {{ source('raw', 'exchange_rates') }}
),

settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

latest as (
    select
        currency,
        rate_to_reporting,
        is_tombstone,
        coalesce(valid_from, date '1900-01-01') as valid_from  -- a rate without a day holds always
    from exchange_rates
    qualify row_number() over (
        partition by currency, coalesce(valid_from, date '1900-01-01')
        order by extract_date desc, source_name asc
    ) = 1
),

final as (
    select
        latest.currency,
        latest.rate_to_reporting,
        latest.valid_from
    from latest
    cross join settings
    where not latest.is_tombstone and latest.valid_from < settings.as_of_date
)

select * from final
