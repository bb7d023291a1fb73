-- A returned row is a day and close period in which the open deals of coverage, which come from
-- running sums, are others than those of the daily snapshots.
with counted as (
    select
        coverage.snapshot_date,
        coverage.fiscal_period,
        coverage.open_deals,
        count(snapshots.deal_id) as snapshot_deals
    from {{ ref('pipeline_coverage') }} as coverage
    left join {{ ref('fct_deal_snapshots') }} as snapshots
        on
            coverage.snapshot_date = snapshots.snapshot_date
            and coverage.period_start <= snapshots.close_date
            and coverage.period_end >= snapshots.close_date
            and snapshots.is_open
    where coverage.segment_name = 'all'
    group by coverage.snapshot_date, coverage.fiscal_period, coverage.open_deals
)

select * from counted
where open_deals <> snapshot_deals
