-- A returned row is a fiscal period whose restated amount is not the revenue of the deals that are
-- won and booked in it today, or a settled one that changed without saying since when.
with booked as (
    select
        days.fiscal_period,
        coalesce(sum(deals.amount), 0) as amount
    from {{ ref('fct_deals') }} as deals
    inner join {{ ref('dim_dates') }} as days on deals.closed_date = days.date_day
    where deals.is_won and not deals.is_deleted and not deals.is_merged
    group by days.fiscal_period
),

actuals as (
    select * from {{ ref('period_actuals') }}
    where segment_name = 'all'
)

select
    coalesce(booked.fiscal_period, actuals.fiscal_period) as fiscal_period,
    booked.amount,
    actuals.restated_amount,
    actuals.actual_amount,
    actuals.restated_since
from booked
full outer join actuals on booked.fiscal_period = actuals.fiscal_period
where
    coalesce(booked.amount, 0) <> coalesce(actuals.restated_amount, 0)
    or (actuals.actual_amount <> actuals.restated_amount and actuals.restated_since is null)
