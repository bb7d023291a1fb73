{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- What was open at either end of each span, and every movement, by close period and segment.
with spans as (
    select * from {{ ref('int_waterfall_spans') }}
),

periods as (
    select distinct
        fiscal_period,
        period_start,
        period_end
    from {{ ref('dim_dates') }}
),

-- What was open at either end, counted from the snapshots of those days.
ends as (
    select
        spans.*,
        sides.bucket,
        case
            when sides.bucket = 'opening' then spans.opening_date else spans.closing_date
        end as end_date
    from spans
    cross join (values ('opening'), ('closing')) as sides (bucket)
),

standing as (
    select
        ends.span_kind,
        ends.opening_date,
        ends.closing_date,
        segments.segment_name,
        segments.segment_value,
        coalesce(calendar.fiscal_period, '(none)') as fiscal_period,
        ends.bucket,
        coalesce(snapshots.amount, 0) as amount
    from ends
    inner join {{ ref('fct_deal_snapshots') }} as snapshots
        on ends.end_date = snapshots.snapshot_date and snapshots.is_open
    inner join {{ ref('fct_deal_segments') }} as segments
        on
            snapshots.deal_id = segments.deal_id
            and ends.end_date >= segments.valid_from
            and ends.end_date < coalesce(segments.valid_to, date '9999-12-31')
    inner join {{ ref('dim_segments') }} as reported
        on segments.segment_name = reported.segment_name
    left join {{ ref('dim_dates') }} as calendar on snapshots.close_date = calendar.date_day
),

flows as (
    select
        span_kind,
        opening_date,
        closing_date,
        segment_name,
        segment_value,
        fiscal_period,
        bucket,
        amount
    from {{ ref('int_waterfall_flows') }}
    union all
    select * from standing
),

final as (
    select
        flows.span_kind,
        flows.opening_date,
        flows.closing_date,
        flows.fiscal_period,
        periods.period_start,
        periods.period_end,
        flows.segment_name,
        flows.segment_value,
        flows.bucket,
        cast(count(*) as integer) as deals,
        cast(sum(flows.amount) as decimal(18, 2)) as amount
    from flows
    left join periods on flows.fiscal_period = periods.fiscal_period
    group by
        flows.span_kind, flows.opening_date, flows.closing_date,
        flows.fiscal_period, periods.period_start, periods.period_end,
        flows.segment_name, flows.segment_value, flows.bucket
)

select * from final
