-- What hardly any open deal has is filled in at the close: before it, it was not known.
with newest as (
    select * from {{ ref('int_deal_records') }}
    where newest_no = 1
),

final as (
    select
        source_name,
        20 * count(case when result = 'open' then amount end)
        < count(case when result = 'open' then 1 end) as has_late_amounts,
        20 * count(case when result = 'open' then close_date end)
        < count(case when result = 'open' then 1 end) as has_late_close_dates,
        count(currency) = 0 as has_one_currency
    from newest
    group by source_name
)

select * from final
order by source_name
