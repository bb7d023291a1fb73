-- A period is settled some days after its end: what was known at the end of that day stays its
-- actual, whatever is closed late, reopened or revised afterwards.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

periods as (
    select
        days.fiscal_period,
        days.period_start,
        days.period_end,
        {{ add_days('days.period_end', 'settings.settlement_days') }} as settled_date,
        {{ add_days('days.period_end', 'settings.settlement_days') }} < settings.as_of_date
            as is_settled,
        {{ add_days('settings.as_of_date', -1) }} as newest_date
    from {{ ref('dim_dates') }} as days
    cross join settings
    where days.date_day = days.period_start
),

bookings as (
    select
        periods.*,
        bookings.deal_id,
        bookings.amount,
        bookings.valid_from,
        bookings.valid_to
    from {{ ref('int_bookings') }} as bookings
    inner join periods on bookings.fiscal_period = periods.fiscal_period
),

looks as (
    select
        *,
        'settled' as look,
        settled_date as look_date
    from bookings
    where
        is_settled
        and valid_from <= settled_date
        and (valid_to is null or valid_to > settled_date)
    union all
    select
        *,
        'newest' as look,
        newest_date as look_date
    from bookings
    where valid_to is null
    union all
    select
        *,
        'change' as look,
        valid_from as look_date
    from bookings
    where is_settled and valid_from > settled_date
    union all
    select
        *,
        'change' as look,
        valid_to as look_date
    from bookings
    where is_settled and valid_to > settled_date
),

final as (
    select
        looks.fiscal_period,
        looks.period_start,
        looks.period_end,
        looks.settled_date,
        looks.is_settled,
        segments.segment_name,
        segments.segment_value,
        case when looks.is_settled then count(*) filter (where looks.look = 'settled') end
            as actual_deals,
        case
            when looks.is_settled
                then
                    cast(
                        coalesce(sum(looks.amount) filter (where looks.look = 'settled'), 0)
                        as decimal(18, 2)
                    )
        end as actual_amount,
        count(*) filter (where looks.look = 'newest') as restated_deals,
        cast(
            coalesce(sum(looks.amount) filter (where looks.look = 'newest'), 0) as decimal(18, 2)
        ) as restated_amount,
        min(case when looks.look = 'change' then looks.look_date end) as restated_since
    from looks
    inner join {{ ref('fct_deal_segments') }} as segments
        on
            looks.deal_id = segments.deal_id
            and looks.look_date >= segments.valid_from
            and looks.look_date < coalesce(segments.valid_to, date '9999-12-31')
    group by
        looks.fiscal_period, looks.period_start, looks.period_end, looks.settled_date,
        looks.is_settled, segments.segment_name, segments.segment_value
)

select * from final
order by period_start, segment_name, segment_value
