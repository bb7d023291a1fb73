with settings as (
    select reporting_currency from {{ source('raw', 'run_settings') }}
),

owners as (
    select owner_id
    from {{ ref('dim_owners') }}
    where is_current
),

periods as (
    select
        fiscal_period,
        period_start,
        period_end
    from {{ ref('dim_dates') }}
    where date_day = period_start
),

-- The last call of a day is what was called at its end; earlier ones of the day held for no day.
dated as (
    select
        *,
        lead(submitted_date) over (
            partition by owner_id, fiscal_period, category order by submitted_at
        ) as superseded_date
    from {{ ref('stg_crm__forecast_calls') }}
),

priced as (
    select
        calls.owner_id,
        calls.fiscal_period,
        calls.category,
        calls.submitted_at,
        calls.submitted_date,
        calls.submitted_date as valid_from,
        calls.superseded_date as valid_to,
        coalesce(calls.superseded_date <> calls.submitted_date, true) as is_last_of_day,
        -- commit is the one number that a person stands for; without kinds of calls each is
        calls.category is null or calls.category = 'commit' as is_commit,
        periods.period_start,
        periods.period_end,
        case
            when calls.currency = settings.reporting_currency then calls.amount
            else {{ to_amount('calls.amount * rates.rate_to_reporting') }}
        end as amount,
        calls.amount as original_amount,
        calls.currency as original_currency,
        owners.owner_id is not null as is_owner_known,
        periods.fiscal_period is not null as is_period_known
    from dated as calls
    cross join settings
    left join owners on calls.owner_id = owners.owner_id
    left join periods on calls.fiscal_period = periods.fiscal_period
    left join {{ ref('int_exchange_rates') }} as rates
        on
            calls.currency = rates.currency
            and calls.submitted_date >= rates.valid_from
            and calls.submitted_date < rates.valid_to
),

final as (
    select
        *,
        original_amount is not null and amount is null as is_rate_missing
    from priced
)

select * from final
order by fiscal_period, owner_id, category, submitted_at
