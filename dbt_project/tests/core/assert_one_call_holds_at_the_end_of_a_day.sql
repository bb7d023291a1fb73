-- A returned row is a call that begins while an earlier one of the person, period and category
-- still holds, or one whose flag does not say whether it holds at the end of any day.
with calls as (
    select
        *,
        coalesce(valid_to, date '9999-12-31') as ends_before
    from {{ ref('fct_forecast_calls') }}
),

followed as (
    select
        *,
        lag(ends_before) over (
            partition by owner_id, fiscal_period, category order by submitted_at
        ) as previous_end
    from calls
)

select
    owner_id,
    fiscal_period,
    category,
    submitted_at
from followed
where
    previous_end > valid_from
    or is_last_of_day <> (valid_from < ends_before)
    or valid_from <> submitted_date
