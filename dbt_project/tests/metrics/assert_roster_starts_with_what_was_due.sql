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
),

-- closed on the eve, and booked into the period
booked as (
    select
        starting.period_start,
        starting.deal_id
    from starting
    inner join {{ ref('fct_deal_versions') }} as versions
        on
            starting.deal_id = versions.deal_id
            and starting.period_start > versions.valid_from
            and starting.period_start <= coalesce(versions.valid_to, date '9999-12-31')
    where starting.outcome = 'won' and not versions.is_open
)

select
    coalesce(due.period_start, starting.period_start) as period_start,
    coalesce(due.deal_id, starting.deal_id) as deal_id,
    due.amount,
    starting.entry_amount
from due
full outer join starting
    on due.period_start = starting.period_start and due.deal_id = starting.deal_id
left join booked
    on starting.period_start = booked.period_start and starting.deal_id = booked.deal_id
where
    starting.deal_id is null
    or (due.deal_id is null and booked.deal_id is null)
    or (due.deal_id is not null and due.amount is distinct from starting.entry_amount)
