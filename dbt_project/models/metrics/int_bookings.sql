{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- What each won deal adds to the revenue of a fiscal period, for as long as that is unchanged.
with wins as (
    select
        versions.deal_id,
        versions.valid_from,
        versions.valid_to,
        versions.amount,
        coalesce(
            versions.close_date,
            case when deals.is_won then deals.closed_date end,
            min(versions.valid_from) over (partition by versions.deal_id)
        ) as booked_date
    from {{ ref('fct_deal_versions') }} as versions
    inner join {{ ref('fct_deals') }} as deals on versions.deal_id = deals.deal_id
    where versions.is_won and not versions.is_open
),

placed as (
    select
        wins.*,
        days.fiscal_period,
        coalesce(
            lag(wins.valid_to) over by_time = wins.valid_from
            and lag(days.fiscal_period) over by_time = days.fiscal_period
            and lag(wins.amount) over by_time is not distinct from wins.amount,
            false
        ) as is_continued
    from wins
    inner join {{ ref('dim_dates') }} as days on wins.booked_date = days.date_day
    window by_time as (partition by wins.deal_id order by wins.valid_from)
),

numbered as (
    select
        *,
        sum(case when is_continued then 0 else 1 end) over (
            partition by deal_id order by valid_from
            rows between unbounded preceding and current row
        ) as booking_no
    from placed
),

final as (
    select
        deal_id,
        booking_no,
        fiscal_period,
        min(valid_from) as valid_from,
        case when count(valid_to) = count(*) then max(valid_to) end as valid_to,
        max(amount) as amount
    from numbered
    group by deal_id, booking_no, fiscal_period
)

select * from final
