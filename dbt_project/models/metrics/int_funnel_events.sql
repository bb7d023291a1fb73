{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

with deals as (
    select * from {{ ref('fct_deals') }}
    where not is_deleted and not is_merged
),

days as (
    select
        date_day,
        period_start
    from {{ ref('dim_dates') }}
),

periods as (
    select * from {{ ref('int_reported_periods') }}
),

created as (
    select
        'created' as event,
        deals.deal_id,
        deals.created_date as event_date,
        days.period_start,
        cast(null as decimal(18, 2)) as amount,
        false as is_amount_assumed,
        cast(null as integer) as lifetime_days
    from deals
    inner join days on deals.created_date = days.date_day
    where not deals.is_created_assumed
),

closed as (
    select
        case when deals.is_won then 'won' else 'lost' end as event,
        deals.deal_id,
        deals.closed_date as event_date,
        days.period_start,
        deals.amount,
        false as is_amount_assumed,
        case
            when deals.is_won and not deals.is_created_assumed and deals.lifetime_days >= 0
                then deals.lifetime_days
        end as lifetime_days
    from deals
    inner join days on deals.closed_date = days.date_day
    where deals.is_closed
),

open_at_end as (
    select
        'open_at_end' as event,
        versions.deal_id,
        periods.last_known_date as event_date,
        periods.period_start,
        case
            when versions.original_amount is null then deals.assumed_amount
            else versions.amount
        end as amount,
        versions.original_amount is null as is_amount_assumed,
        cast(null as integer) as lifetime_days
    from {{ ref('fct_deal_versions') }} as versions
    inner join deals on versions.deal_id = deals.deal_id
    inner join periods
        on
            versions.valid_from <= periods.last_known_date
            and coalesce(versions.valid_to, date '9999-12-31') > periods.last_known_date
    where versions.is_open
),

final as (
    select * from created
    union all
    select * from closed
    union all
    select * from open_at_end
)

select * from final
