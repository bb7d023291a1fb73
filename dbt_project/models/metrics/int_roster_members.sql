{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Which deals belong to which period: those that were due in it, while open, at the end of a day
-- from the eve of the period to its last known day, and those whose win is booked in it. A deal
-- that was created and lost on one day was due on that day.
with periods as (
    select
        *,
        {{ add_days('period_start', -1) }} as opening_date
    from {{ ref('int_reported_periods') }}
),

stays as (
    select
        periods.period_start,
        states.deal_id,
        min(states.valid_from) as first_from,
        max(states.valid_from) as last_from,
        max(states.known_until) as last_until
    from {{ ref('int_roster_states') }} as states
    inner join periods
        on
            states.due_start = periods.period_start
            and states.valid_from <= periods.last_known_date
    where
        (states.is_open and states.known_until > periods.opening_date)
        or (
            states.was_open is null and not states.is_open and not states.is_won
            and states.valid_from > periods.opening_date
        )
    group by periods.period_start, states.deal_id
),

booked as (
    select
        calendar.period_start,
        deals.deal_id,
        deals.closed_date,
        deals.amount
    from {{ ref('fct_deals') }} as deals
    inner join {{ ref('dim_dates') }} as calendar on deals.closed_date = calendar.date_day
    where deals.is_won and deals.removed_date is null
),

members as (
    select
        coalesce(stays.period_start, booked.period_start) as period_start,
        coalesce(stays.deal_id, booked.deal_id) as deal_id,
        stays.first_from,
        stays.last_from,
        stays.last_until,
        booked.closed_date as booked_date,
        booked.amount as booked_amount
    from stays
    full outer join booked
        on stays.period_start = booked.period_start and stays.deal_id = booked.deal_id
),

final as (
    select
        periods.fiscal_period,
        periods.period_start,
        periods.period_end,
        periods.opening_date,
        periods.last_known_date,
        periods.is_complete,
        members.deal_id,
        members.first_from,
        members.last_from,
        members.last_until,
        members.booked_date,
        members.booked_amount
    from members
    inner join periods on members.period_start = periods.period_start
)

select * from final
