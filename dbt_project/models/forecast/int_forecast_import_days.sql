-- Days on which a load created deals, rather than people: over a fifth of all deals known, and at
-- least ten. A day found here was one on earlier as-of dates, too: fewer deals were known then.
with per_day as (
    select
        created_date,
        count(*) as deals,
        sum(count(*)) over () as deals_in_all
    from {{ ref('fct_deals') }}
    group by created_date
),

final as (
    select
        created_date,
        deals
    from per_day
    where deals >= 10 and deals > 0.2 * deals_in_all
)

select * from final
