-- How many of the deals open at the start of a landmark day were won by the end of its period. The
-- deals stand as they did then; a win counts if it was known, and not taken back, by that end.
with wins as (
    select
        deal_id,
        valid_from,
        valid_to
    from {{ ref('fct_deal_versions') }}
    where is_won and not is_open
),

open_deals as (
    select
        days.fiscal_period,
        days.period_end,
        days.landmark_date,
        days.known_date,
        stretches.deal_id,
        stretches.stage,
        stretches.amount_class,
        {{ days_between('stretches.entered_date', 'days.landmark_date') }} as age_days,
        {{ days_between('days.landmark_date', 'stretches.close_date') }} as days_to_close,
        {{ days_between('days.landmark_date', 'days.period_end') }} as days_left
    from {{ ref('int_forecast_stretches') }} as stretches
    inner join {{ ref('int_forecast_landmark_days') }} as days
        on
            stretches.entered_date < days.landmark_date
            and stretches.from_day <= days.landmark_date
            and stretches.to_day >= days.landmark_date
),

final as (
    select
        open_deals.fiscal_period,
        open_deals.period_end,
        open_deals.landmark_date,
        open_deals.known_date,
        open_deals.stage,
        case
            when open_deals.days_to_close < 0 then 0
            when open_deals.days_to_close <= open_deals.days_left then 1
            when open_deals.days_to_close <= open_deals.days_left + 91 then 2
            when open_deals.days_to_close is not null then 3
            when open_deals.age_days < 14 then 4
            when open_deals.age_days < 45 then 5
            when open_deals.age_days < 100 then 6
            else 7
        end as prospect_class,
        open_deals.amount_class,
        count(*) as deals,
        count(wins.deal_id) as won_deals
    from open_deals
    left join wins
        on
            open_deals.deal_id = wins.deal_id
            and open_deals.period_end >= wins.valid_from
            and (wins.valid_to is null or open_deals.period_end < wins.valid_to)
    group by all
)

select * from final
order by landmark_date, stage, prospect_class, amount_class
