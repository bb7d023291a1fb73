-- Rates to the reporting currency as intervals without gap; before the first the rate is unknown.
with rates as (
    select
        currency,
        valid_from,
        rate_to_reporting
    from {{ ref('stg_crm__exchange_rates') }}
    qualify
        rate_to_reporting is distinct from lag(rate_to_reporting) over (
            partition by currency order by valid_from
        )
),

intervals as (
    select * from rates
    union all
    select distinct
        currency,
        date '0001-01-01' as valid_from,
        cast(null as double) as rate_to_reporting
    from rates
),

final as (
    select
        currency,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by currency order by valid_from), date '9999-12-31'
        ) as valid_to,
        rate_to_reporting
    from intervals
)

select * from final
