-- A returned row has a coverage although nothing remains to be booked, none although something
-- does, or a number that none of its kind can be.
select
    snapshot_date,
    fiscal_period,
    segment_name,
    segment_value,
    coverage_status,
    coverage,
    needed_amount,
    open_deals
from {{ ref('pipeline_coverage') }}
where
    (coverage is null) = (coverage_status = 'remaining')
    or (quota_amount is null) <> (coverage_status = 'no_quota')
    or needed_amount < 0
    or open_deals < 0
    or booked_deals < 0
    or win_rate not between 0 and 1
    or top_five_share > 1
    or amount_concentration > 1
