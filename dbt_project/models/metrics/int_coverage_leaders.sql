{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- The five largest open deals of each segment value and close period, on the newest day alone.
{% set leaders = 5 %}
with days as (
    select
        fiscal_period,
        max(snapshot_date) as snapshot_date
    from {{ ref('int_coverage_days') }}
    where periods_ago <= 0
    group by fiscal_period
),

open_deals as (
    select
        days.fiscal_period,
        days.snapshot_date,
        snapshots.deal_id,
        case
            when snapshots.original_amount is null then coalesce(deals.assumed_amount, 0)
            else coalesce(snapshots.amount, 0)
        end as amount
    from {{ ref('fct_deal_snapshots') }} as snapshots
    inner join {{ ref('fct_deals') }} as deals on snapshots.deal_id = deals.deal_id
    inner join {{ ref('dim_dates') }} as calendar on snapshots.close_date = calendar.date_day
    inner join days
        on
            calendar.fiscal_period = days.fiscal_period
            and snapshots.snapshot_date = days.snapshot_date
    where snapshots.is_open
),

ranked as (
    select
        segments.segment_name,
        segments.segment_value,
        open_deals.fiscal_period,
        open_deals.snapshot_date,
        open_deals.amount,
        row_number() over (
            partition by
                segments.segment_name, segments.segment_value, open_deals.fiscal_period
            order by open_deals.amount desc, open_deals.deal_id asc
        ) as rank_no
    from open_deals
    inner join {{ ref('int_reported_segments') }} as segments
        on
            open_deals.deal_id = segments.deal_id
            and open_deals.snapshot_date >= segments.valid_from
            and open_deals.snapshot_date < segments.valid_to
),

final as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        snapshot_date,
        sum(amount) as leading_amount
    from ranked
    where rank_no <= {{ leaders }}
    group by segment_name, segment_value, fiscal_period, snapshot_date
)

select * from final
