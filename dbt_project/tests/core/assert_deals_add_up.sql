-- A returned row shows that won, lost, open and removed deals are not all deals, or that deals went
-- missing on the way to core.
with counted as (
    select
        count(*) as deals,
        count(case when removed_date is null and is_won then 1 end) as won,
        count(case when removed_date is null and is_closed and not is_won then 1 end) as lost,
        count(case when removed_date is null and not is_closed then 1 end) as still_open,
        count(removed_date) as removed
    from {{ ref('fct_deals') }}
),

started as (
    select count(*) as deals
    from {{ ref('int_deal_lifespans') }}
)

select counted.*
from counted
cross join started
where
    counted.won + counted.lost + counted.still_open + counted.removed <> counted.deals
    or counted.deals <> started.deals
