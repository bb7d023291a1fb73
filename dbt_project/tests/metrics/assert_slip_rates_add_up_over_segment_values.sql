-- A returned row is a period, population and segment whose values do not sum to the whole company.
with sums as (
    select
        period_start,
        population,
        segment_name,
        sum(due_deals) as due_deals,
        sum(removed_deals) as removed_deals,
        sum(due_amount) as due_amount,
        sum(slipped_deals) as slipped_deals,
        sum(pushed_out_deals) as pushed_out_deals
    from {{ ref('slip_rates') }}
    group by period_start, population, segment_name
)

select sums.*
from sums
left join sums as totals
    on
        sums.period_start = totals.period_start
        and sums.population = totals.population
        and totals.segment_name = 'all'
where
    totals.period_start is null
    or sums.due_deals <> totals.due_deals
    or sums.removed_deals <> totals.removed_deals
    or sums.due_amount <> totals.due_amount
    or sums.slipped_deals <> totals.slipped_deals
    or sums.pushed_out_deals <> totals.pushed_out_deals
