-- What each person called of a period, day by day as it changed, and whether it counts in a total:
-- a call of someone above is for them, too, as long as it holds and they work there.
with calls as (
    select * from {{ ref('int_forecast_commits') }}
),

held as (
    select
        *,
        coalesce(replaced_date, date '9999-12-31') as holds_to
    from calls
    where amount is not null
),

covered as (
    select
        below.owner_id,
        below.fiscal_period,
        greatest(below.submitted_date, above.submitted_date, hierarchy.valid_from) as from_date,
        least(
            below.holds_to, above.holds_to, coalesce(hierarchy.valid_to, date '9999-12-31')
        ) as to_date
    from held as below
    inner join {{ ref('dim_owner_hierarchy') }} as hierarchy
        on below.owner_id = hierarchy.owner_id and hierarchy.depth > 0
    inner join held as above
        on
            hierarchy.ancestor_id = above.owner_id
            and below.fiscal_period = above.fiscal_period
            and below.submitted_date < above.holds_to
            and below.holds_to > above.submitted_date
),

changes as (
    select
        owner_id,
        fiscal_period,
        submitted_date as day_date,
        amount,
        1 as calls,
        0 as callers_above
    from calls
    union all
    select
        owner_id,
        fiscal_period,
        from_date as day_date,
        cast(null as decimal(18, 2)) as amount,
        0 as calls,
        1 as callers_above
    from covered
    where from_date < to_date
    union all
    select
        owner_id,
        fiscal_period,
        to_date as day_date,
        cast(null as decimal(18, 2)) as amount,
        0 as calls,
        -1 as callers_above
    from covered
    where from_date < to_date and to_date < date '9999-12-31'
),

by_day as (
    select
        owner_id,
        fiscal_period,
        day_date,
        max(amount) as amount,
        sum(calls) as calls,
        sum(callers_above) as callers_above
    from changes
    group by owner_id, fiscal_period, day_date
    having sum(calls) > 0 or sum(callers_above) <> 0
),

running as (
    select
        owner_id,
        fiscal_period,
        day_date,
        amount,
        sum(calls) over by_owner as call_no,
        sum(callers_above) over by_owner as callers_above
    from by_day
    window by_owner as (partition by owner_id, fiscal_period order by day_date)
),

final as (
    select
        owner_id,
        fiscal_period,
        day_date,
        cast(
            max(amount) over (partition by owner_id, fiscal_period, call_no) as decimal(18, 2)
        ) as amount,
        callers_above = 0 as is_topmost
    from running
)

select * from final
