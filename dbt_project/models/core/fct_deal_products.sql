with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- A line is priced like its deal: at the newest day's rate while open, then at the booking date's.
lines as (
    select
        lines.deal_id,
        lines.line_id,
        lines.product,
        lines.family,
        cast(lines.quantity as double) as quantity,
        lines.amount as original_amount,
        coalesce(lines.currency, deals.original_currency) as original_currency,
        coalesce(lines.currency, deals.original_currency)
        = settings.reporting_currency as is_in_reporting_currency,
        least(
            coalesce(deals.closed_date, {{ add_days('settings.as_of_date', -1) }}),
            {{ add_days('settings.as_of_date', -1) }}
        ) as rated_date
    from {{ ref('stg_crm__deal_products') }} as lines
    inner join {{ ref('fct_deals') }} as deals on lines.deal_id = deals.deal_id
    cross join settings
),

priced as (
    select
        lines.*,
        case
            when lines.is_in_reporting_currency then lines.original_amount
            else {{ to_amount('lines.original_amount * rates.rate_to_reporting') }}
        end as amount
    from lines
    left join rates
        on
            lines.original_currency = rates.currency
            and lines.rated_date >= rates.valid_from
            and lines.rated_date < rates.valid_to
),

final as (
    select
        deal_id,
        line_id,
        product,
        family,
        quantity,
        amount,
        original_amount,
        original_currency,
        original_amount is not null and amount is null as is_rate_missing
    from priced
)

select * from final
order by deal_id, line_id
