-- A returned row is a deal that was open and due in a period on its eve, and does not start on its
-- roster with that amount; or one that starts there, and was neither open nor booked by then.
with due as (
    select
        periods.period_start,
        snapshots.deal_id,
        snapshots.amount
    from {{ ref('int_reported_periods') }} as periods
    inner join {{ ref('fct_deal_snapshots') }} as snapshots
        on {{ add_days('periods.period_start', -1) }} = snapshots.snapshot_date
    inner join {{ ref('dim_dates') }} as calendar
        on
            snapshots.close_date = calendar.date_day
            and periods.period_start = calendar.period_start
    where snapshots.is_open
),

starting as (
    select * from {{ ref('quarter_roster') }}
    where entry = 'starting'
)

select
    coalesce(due.period_start, starting.period_start) as period_start,
    coalesce(due.deal_id, starting.deal_id) as deal_id,
    due.amount,
    starting.entry_amount
from due
full outer join starting
    on due.period_start = starting.period_start and due.deal_id = starting.deal_id
left join {{ ref('fct_deals') }} as deals on starting.deal_id = deals.deal_id
where
    starting.deal_id is null
    or due.amount is distinct from starting.entry_amount and due.deal_id is not null
    or (
        due.deal_id is null
        and not coalesce(
            starting.outcome = 'won' and deals.close_known_date < starting.period_start, false
        )
    )
