-- A returned row is a period and segment value whose outcomes are not what was due, whose
-- populations do not make up all, or whose wins are not those of the funnel.
with rates as (
    select
        *,
        won_deals + lost_deals + slipped_deals + pushed_out_deals + pulled_out_deals + open_deals
            as ended_deals,
        due_amount_won + due_amount_lost + due_amount_slipped + due_amount_pushed_out
        + due_amount_pulled_out + due_amount_open as ended_amount
    from {{ ref('slip_rates') }}
),

-- whole rows of all against the sum of its parts
sums as (
    select
        period_start,
        segment_name,
        segment_value,
        sum(case when population = 'all' then due_deals else -due_deals end) as deals_off,
        sum(case when population = 'all' then due_amount else -due_amount end) as amount_off,
        sum(case when population = 'all' then won_deals end) as won_deals,
        sum(case when population = 'all' then booked_amount end) as booked_amount,
        sum(abs(due_deals - ended_deals)) as missing_deals,
        sum(abs(due_amount - ended_amount)) as missing_amount,
        max(won_rate + lost_rate + slip_rate) as largest_share,
        max(won_rate_by_amount + lost_rate_by_amount + slip_rate_by_amount) as largest_amount_share
    from rates
    group by period_start, segment_name, segment_value
)

select
    sums.*,
    funnel.deals_won,
    funnel.won_amount
from sums
full outer join {{ ref('funnel_metrics') }} as funnel
    on
        sums.period_start = funnel.period_start
        and sums.segment_name = funnel.segment_name
        and sums.segment_value = funnel.segment_value
where
    sums.deals_off <> 0
    or sums.amount_off <> 0
    or sums.missing_deals <> 0
    or sums.missing_amount <> 0
    or sums.largest_share > 1.000002
    or sums.largest_amount_share > 1.000002
    or coalesce(funnel.deals_won, 0) <> coalesce(sums.won_deals, 0)
    or coalesce(funnel.won_amount, 0) <> coalesce(sums.booked_amount, 0)
