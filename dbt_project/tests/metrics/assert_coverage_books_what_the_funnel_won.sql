-- A returned row is a fiscal period whose bookings, as known on the newest day, are not what the
-- funnel says was won in it.
with newest as (
    select
        coverage.fiscal_period,
        coverage.booked_deals,
        coverage.booked_amount
    from {{ ref('pipeline_coverage') }} as coverage
    cross join {{ source('raw', 'run_settings') }} as settings
    where
        coverage.segment_name = 'all'
        and coverage.snapshot_date = {{ add_days('settings.as_of_date', -1) }}
)

select
    newest.fiscal_period,
    newest.booked_amount,
    funnel.won_amount
from newest
inner join {{ ref('funnel_metrics') }} as funnel
    on newest.fiscal_period = funnel.fiscal_period and funnel.segment_name = 'all'
where
    newest.booked_deals <> funnel.deals_won
    or newest.booked_amount <> funnel.won_amount
