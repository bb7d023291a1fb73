-- A returned row is a day whose business days do not follow from those of the day before it.
with days as (
    select
        *,
        lag(business_day_no) over by_period as previous_no,
        lag(business_days_left) over by_period as previous_left
    from {{ ref('dim_dates') }}
    window by_period as (partition by fiscal_period order by date_day)
)

select date_day
from days
where
    business_day_no <> previous_no + case when is_business_day then 1 else 0 end
    or business_days_left <> previous_left - case when is_business_day then 1 else 0 end
    or (date_day = period_end and business_days_left <> 0)
