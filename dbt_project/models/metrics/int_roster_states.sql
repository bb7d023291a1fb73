{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Each deal's states with the fiscal period that they are due in, and what stood before them. No
-- close date, or one beyond the calendar, is later than any.
with versions as (
    select
        versions.*,
        coalesce(versions.valid_to, date '9999-12-31') as known_until,
        coalesce(calendar.period_start, date '9999-12-31') as due_start
    from {{ ref('fct_deal_versions') }} as versions
    left join {{ ref('dim_dates') }} as calendar on versions.close_date = calendar.date_day
),

compared as (
    select
        *,
        lag(is_open) over (partition by deal_id order by valid_from) as was_open,
        lag(due_start) over (partition by deal_id order by valid_from) as previous_due_start
    from versions
),

final as (
    select
        deal_id,
        valid_from,
        known_until,
        is_open,
        is_won,
        amount,
        due_start,
        was_open,
        previous_due_start,
        {{ last_value_ignore_nulls(
            "case when not is_open and coalesce(was_open, true) then valid_from end",
            'deal_id', 'valid_from'
        ) }} as closed_from
    from compared
)

select * from final
