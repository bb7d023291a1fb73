-- A returned row is a day, period and segment whose values hold another open amount, or other
-- bookings, than the whole company.
with sums as (
    select
        snapshot_date,
        fiscal_period,
        segment_name,
        sum(open_deals) as open_deals,
        sum(open_amount) as open_amount,
        sum(booked_deals) as booked_deals,
        sum(booked_amount) as booked_amount
    from {{ ref('pipeline_coverage') }}
    group by snapshot_date, fiscal_period, segment_name
)

select
    parts.snapshot_date,
    parts.fiscal_period,
    parts.segment_name,
    parts.open_amount,
    company.open_amount as company_open_amount,
    parts.booked_amount,
    company.booked_amount as company_booked_amount
from sums as parts
inner join sums as company
    on
        parts.snapshot_date = company.snapshot_date
        and parts.fiscal_period = company.fiscal_period
        and company.segment_name = 'all'
where
    parts.open_deals <> company.open_deals
    or parts.open_amount <> company.open_amount
    or parts.booked_deals <> company.booked_deals
    or parts.booked_amount <> company.booked_amount
