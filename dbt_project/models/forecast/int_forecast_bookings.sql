-- What won deals added to bookings, and took back when they were reopened, removed or revised, by
-- the day it was known. A win counts in the period of its booking date.
with deals as (
    select * from {{ ref('fct_deals') }}
),

last_opens as (
    select
        deal_id,
        max(valid_from) as valid_from
    from {{ ref('fct_deal_versions') }}
    where is_open
    group by deal_id
),

last_stretches as (
    select
        deal_id,
        to_day,
        amount_class
    from {{ ref('int_forecast_stretches') }}
    where exit_kind = 'won'
),

wins as (
    select
        versions.deal_id,
        versions.valid_from,
        versions.valid_to,
        case
            when not deals.is_created_assumed and import_days.created_date is null
                then deals.created_date
        end as created_date,
        cast(coalesce(versions.amount, 0) as decimal(18, 2)) as amount,
        case
            when not deals.is_won or versions.valid_from < last_opens.valid_from
                then versions.valid_from  -- taken back since: its booking date is no longer known
            else coalesce(deals.closed_date, versions.valid_from)
        end as booked_date,
        coalesce(
            max(stretches.amount_class) over (partition by versions.deal_id), 0
        ) as amount_class
    from {{ ref('fct_deal_versions') }} as versions
    inner join deals on versions.deal_id = deals.deal_id
    left join {{ ref('int_forecast_import_days') }} as import_days
        on deals.created_date = import_days.created_date
    left join last_opens on versions.deal_id = last_opens.deal_id
    left join last_stretches as stretches
        on versions.deal_id = stretches.deal_id and versions.valid_from = stretches.to_day
    where versions.is_won and not versions.is_open
),

changes as (
    select
        *,
        valid_from as known_date,
        1 as deals
    from wins
    union all
    select
        *,
        valid_to as known_date,
        -1 as deals
    from wins
    where valid_to is not null
),

final as (
    select
        changes.deal_id,
        changes.known_date,
        calendar.fiscal_period,
        case
            when changes.created_date >= calendar.period_start then changes.created_date
        end as created_in_period_date,
        changes.amount_class,
        changes.deals,
        changes.amount as win_amount,
        changes.deals * changes.amount as amount
    from changes
    inner join {{ ref('dim_dates') }} as calendar on changes.booked_date = calendar.date_day
)

select * from final
