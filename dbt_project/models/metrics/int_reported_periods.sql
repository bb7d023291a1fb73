{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

days as (
    select
        date_day,
        fiscal_period,
        period_start,
        period_end
    from {{ ref('dim_dates') }}
),

activity as (
    select created_date as event_date from {{ ref('fct_deals') }}
    union all
    select closed_date as event_date from {{ ref('fct_deals') }}
    where is_closed
    union all
    select created_date as event_date from {{ ref('fct_leads') }}
),

first_activity as (
    select min(event_date) as first_date from activity
),

final as (
    select
        days.fiscal_period,
        days.period_start,
        days.period_end,
        least(days.period_end, {{ add_days('settings.as_of_date', -1) }}) as last_known_date,
        days.period_end < settings.as_of_date as is_complete
    from days
    cross join settings
    cross join first_activity
    where
        days.date_day = days.period_start
        and days.period_start <= settings.as_of_date
        and days.period_end >= first_activity.first_date
)

select * from final
