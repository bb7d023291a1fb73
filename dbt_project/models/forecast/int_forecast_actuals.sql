-- What each settled period brought, by every cut: the truth that past forecasts are shown beside.
with deals as (

    select * from {{ ref('fct_deals') }}

),

segments as (

    select * from {{ ref('fct_deal_segments') }}

),

days as (

    select * from {{ ref('dim_dates') }}

),

settings as (

    select * from {{ source('raw', 'run_settings') }}

),

settled as (

    select
        days.fiscal_period,
        segments.segment_name,
        segments.segment_value,
        cast(sum(deals.amount) as decimal(18, 2)) as actual
    from deals
    inner join days on deals.closed_date = days.date_day
    inner join segments on deals.deal_id = segments.deal_id and segments.valid_to is null
    cross join settings
    where
        deals.is_won
        and not deals.is_deleted
        and not deals.is_merged
        and {{ add_days('days.period_end', 'settings.settlement_days') }} < settings.as_of_date
    group by days.fiscal_period, segments.segment_name, segments.segment_value

)

select * from settled
order by fiscal_period, segment_name, segment_value
