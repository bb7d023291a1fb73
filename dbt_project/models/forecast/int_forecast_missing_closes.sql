-- How many closes the time before the first one should have seen, had deals closed then at the ages
-- at which those created later did. A young company has none to miss: its deals were young, too.
with deals as (
    select
        created_date,
        close_known_date,
        min(close_known_date) over () as first_close_date
    from {{ ref('fct_deals') }}
    where not is_created_assumed
),

waiting as (
    select
        {{ days_between('created_date', 'first_close_date') }} as age_days,
        count(*) as deals
    from deals
    where created_date < first_close_date
    group by all
),

later as (
    select
        {{ days_between('created_date', 'close_known_date') }} as age_days,
        cast(count(*) as double) / sum(count(*)) over () as share
    from deals
    where created_date >= first_close_date
    group by all
),

final as (
    select round(coalesce(sum(waiting.deals * later.share), 0), 3) as missing_closes
    from waiting
    inner join later on waiting.age_days > later.age_days
)

select * from final
