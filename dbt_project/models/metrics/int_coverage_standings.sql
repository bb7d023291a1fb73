{{ config(schema='intermediate', contract={'enforced': false}) }}

-- Open, booked and quota of each segment value at every day asked for: running sums of the changes,
-- read where a day stands among them.
with days as (
    select * from {{ ref('int_coverage_days') }}
),

changes as (
    select * from {{ ref('int_coverage_changes') }}
),

quotas as (
    select * from {{ ref('int_coverage_quotas') }}
),

cells as (
    select
        segment_name,
        segment_value,
        fiscal_period
    from changes
    union
    select
        segment_name,
        segment_value,
        fiscal_period
    from quotas
),

marked as (
    select
        *,
        cast(null as integer) as day_n
    from changes
    union all
    select
        cells.segment_name,
        cells.segment_value,
        cells.fiscal_period,
        days.snapshot_date as change_date,
        0 as open_deals,
        0 as open_amount,
        0 as squared_amount,
        0 as booked_deals,
        0 as booked_amount,
        days.day_n
    from cells
    inner join days on cells.fiscal_period = days.fiscal_period
),

running as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        change_date as snapshot_date,
        day_n,
        sum(open_deals) over by_cell as open_deals,
        sum(open_amount) over by_cell as open_amount,
        sum(squared_amount) over by_cell as squared_amount,
        sum(booked_deals) over by_cell as booked_deals,
        sum(booked_amount) over by_cell as booked_amount
    from marked
    window
        by_cell as (
            partition by segment_name, segment_value, fiscal_period order by change_date
        )
),

final as (
    select
        running.*,
        days.period_start,
        days.period_end,
        days.periods_ago,
        days.is_told,
        quotas.amount as quota_amount,
        case
            when running.booked_amount < quotas.amount
                then
                    {{ to_amount(
                        'cast(running.open_amount as double)'
                        ~ ' / (quotas.amount - running.booked_amount)', 6
                    ) }}
        end as coverage
    from running
    inner join days
        on
            running.fiscal_period = days.fiscal_period
            and running.snapshot_date = days.snapshot_date
            and running.day_n = days.day_n
    left join quotas
        on
            running.segment_name = quotas.segment_name
            and running.segment_value = quotas.segment_value
            and running.fiscal_period = quotas.fiscal_period
            and running.snapshot_date = quotas.snapshot_date
)

select * from final
