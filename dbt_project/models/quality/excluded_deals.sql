with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

excluded as (
    select * from {{ source('raw', 'excluded_deals') }}
),

deals as (
    select
        excluded.exclusion,
        deals.*,
        coalesce(deals.removal_kind, deals.result) as state,
        case
            when deals.result <> 'open' and deals.booked_date < settings.as_of_date
                then deals.booked_date
            else {{ add_days('settings.as_of_date', -1) }}
        end as rate_date,
        settings.reporting_currency
    from excluded
    inner join {{ ref('int_landed_deals') }} as deals
        on excluded.deal_id = deals.deal_id and excluded.extract_date = deals.extract_date
    cross join settings
),

final as (
    select
        deals.exclusion,
        deals.deal_id,
        deals.source_name,
        deals.source_deal_id,
        deals.deal_name,
        deals.pipeline,
        deals.stage,
        deals.state,
        case
            when deals.original_currency = deals.reporting_currency then deals.original_amount
            else {{ to_amount('deals.original_amount * rates.rate_to_reporting') }}
        end as amount,
        deals.original_amount,
        deals.original_currency,
        deals.extract_date
    from deals
    left join {{ ref('int_exchange_rates') }} as rates
        on
            deals.original_currency = rates.currency
            and deals.rate_date >= rates.valid_from
            and deals.rate_date < rates.valid_to
)

select * from final
order by exclusion, deal_id
