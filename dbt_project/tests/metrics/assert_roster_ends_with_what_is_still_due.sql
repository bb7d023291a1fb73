-- A returned row is a deal that was open and due in a period at its end, and did not slip there (or
-- is not open, while the period runs) with that amount; a win that was entered late is none. Or one
-- that slipped, and was not open and due: a win that was opened again later is none.
with due as (
    select
        periods.period_start,
        periods.is_complete,
        snapshots.deal_id,
        snapshots.amount
    from {{ ref('int_reported_periods') }} as periods
    inner join {{ ref('fct_deal_snapshots') }} as snapshots
        on periods.last_known_date = snapshots.snapshot_date
    inner join {{ ref('dim_dates') }} as calendar
        on
            snapshots.close_date = calendar.date_day
            and periods.period_start = calendar.period_start
    where snapshots.is_open
),

ended as (
    select
        roster.*,
        coalesce(versions.is_won, false) as was_won
    from {{ ref('quarter_roster') }} as roster
    left join {{ ref('fct_deal_versions') }} as versions
        on
            roster.deal_id = versions.deal_id
            and roster.period_end >= versions.valid_from
            and roster.period_end < coalesce(versions.valid_to, date '9999-12-31')
)

select
    coalesce(due.period_start, ended.period_start) as period_start,
    coalesce(due.deal_id, ended.deal_id) as deal_id,
    ended.outcome
from due
full outer join ended on due.period_start = ended.period_start and due.deal_id = ended.deal_id
where
    ended.deal_id is null
    or (due.deal_id is null and ended.outcome in ('slipped', 'open') and not ended.was_won)
    or (
        due.deal_id is not null and ended.outcome <> 'won'
        and (
            ended.outcome <> case when due.is_complete then 'slipped' else 'open' end
            or due.amount is distinct from ended.end_amount
        )
    )
