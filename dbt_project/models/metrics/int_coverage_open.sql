{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- What comes into and leaves the open deals that are expected to close in a fiscal period, from the
-- first day on that is asked for. An open deal without an amount has the assumed one.
with spans as (
    select
        fiscal_period,
        min(snapshot_date) as first_date,
        max(snapshot_date) as last_date
    from {{ ref('int_coverage_days') }}
    group by fiscal_period
),

versions as (
    select
        versions.deal_id,
        spans.fiscal_period,
        spans.last_date,
        cast(
            case
                when versions.original_amount is null then coalesce(deals.assumed_amount, 0)
                else coalesce(versions.amount, 0)
            end as decimal(18, 2)
        ) as amount,
        greatest(versions.valid_from, spans.first_date) as valid_from,
        coalesce(versions.valid_to, date '9999-12-31') as valid_to
    from {{ ref('fct_deal_versions') }} as versions
    inner join {{ ref('fct_deals') }} as deals on versions.deal_id = deals.deal_id
    inner join {{ ref('dim_dates') }} as days on versions.close_date = days.date_day
    inner join spans
        on
            days.fiscal_period = spans.fiscal_period
            and versions.valid_from <= spans.last_date
            and coalesce(versions.valid_to, date '9999-12-31') > spans.first_date
    where versions.is_open
),

stays as (
    select
        segments.segment_name,
        segments.segment_value,
        versions.fiscal_period,
        versions.last_date,
        versions.amount,
        versions.amount * versions.amount as squared_amount,
        greatest(versions.valid_from, segments.valid_from) as first_date,
        least(versions.valid_to, segments.valid_to) as end_date
    from versions
    inner join {{ ref('int_reported_segments') }} as segments
        on
            versions.deal_id = segments.deal_id
            and versions.valid_from < segments.valid_to
            and versions.valid_to > segments.valid_from
),

changes as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        first_date as change_date,
        1 as deals,
        amount,
        squared_amount
    from stays
    where first_date <= last_date
    union all
    select
        segment_name,
        segment_value,
        fiscal_period,
        end_date as change_date,
        -1 as deals,
        -amount as amount,
        -squared_amount as squared_amount
    from stays
    where end_date <= last_date
),

final as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        change_date,
        sum(deals) as deals,
        sum(amount) as amount,
        sum(squared_amount) as squared_amount
    from changes
    group by segment_name, segment_value, fiscal_period, change_date
)

select * from final
