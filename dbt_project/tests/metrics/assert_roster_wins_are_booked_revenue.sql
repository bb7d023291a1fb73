-- A returned row is a fiscal period whose roster does not win what the funnel says was booked.
with roster as (
    select
        period_start,
        count(*) as deals_won,
        coalesce(sum(end_amount), 0) as won_amount
    from {{ ref('quarter_roster') }}
    where outcome = 'won'
    group by period_start
)

select
    funnel.fiscal_period,
    funnel.deals_won,
    roster.deals_won as roster_deals_won,
    funnel.won_amount,
    roster.won_amount as roster_won_amount
from {{ ref('funnel_metrics') }} as funnel
left join roster on funnel.period_start = roster.period_start
where
    funnel.segment_name = 'all'
    and (
        funnel.deals_won <> coalesce(roster.deals_won, 0)
        or funnel.won_amount <> coalesce(roster.won_amount, 0)
    )
