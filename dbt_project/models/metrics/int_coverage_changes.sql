{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- What changes the open amount, and the bookings, of a fiscal period that is told or compared with.
with periods as (
    select distinct fiscal_period from {{ ref('int_coverage_days') }}
),

bookings as (
    select wins.*
    from {{ ref('int_forecast_segment_wins') }} as wins
    inner join periods on wins.fiscal_period = periods.fiscal_period
    inner join {{ ref('dim_segments') }} as segments
        on wins.segment_name = segments.segment_name
),

final as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        change_date,
        deals as open_deals,
        amount as open_amount,
        squared_amount,
        0 as booked_deals,
        0 as booked_amount
    from {{ ref('int_coverage_open') }}
    union all
    select
        segment_name,
        segment_value,
        fiscal_period,
        known_date as change_date,
        0 as open_deals,
        0 as open_amount,
        0 as squared_amount,
        deals as booked_deals,
        amount as booked_amount
    from bookings
)

select * from final
