{% set no_currency %}'(none)'{% endset %}

with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

deals as (
    select
        fct_deals.*,
        coalesce(fct_deals.original_currency, {{ no_currency }}) as currency,
        {{ add_days('settings.as_of_date', -1) }} as newest_day
    from {{ ref('fct_deals') }} as fct_deals
    cross join settings
),

-- Open deals lacked a rate on every day of these versions, closed ones on their booking date.
unpriced as (
    select
        versions.deal_id,
        coalesce(versions.original_currency, {{ no_currency }}) as currency,
        versions.valid_from as first_day,
        coalesce({{ add_days('versions.valid_to', -1) }}, deals.newest_day) as last_day
    from {{ ref('fct_deal_versions') }} as versions
    inner join deals on versions.deal_id = deals.deal_id
    where versions.is_open and versions.original_amount is not null and versions.amount is null
    union all
    select
        deal_id,
        currency,
        least(closed_date, newest_day) as first_day,
        least(closed_date, newest_day) as last_day
    from deals
    where is_closed and is_rate_missing
),

days as (
    select
        currency,
        min(first_day) as first_day,
        max(last_day) as last_day,
        count(distinct deal_id) as deals_ever
    from unpriced
    group by currency
),

now as (
    select
        currency,
        count(*) as deals_now,
        sum(original_amount) as original_amount_now
    from deals
    where is_rate_missing
    group by currency
),

final as (
    select
        days.currency,
        days.first_day,
        days.last_day,
        cast(days.deals_ever as integer) as deals_ever,
        cast(coalesce(now.deals_now, 0) as integer) as deals_now,
        cast(coalesce(now.original_amount_now, 0) as decimal(18, 2)) as original_amount_now
    from days
    left join now on days.currency = now.currency
)

select * from final
order by currency
