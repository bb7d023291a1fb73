-- What a deal without an amount is taken to be worth: the mean of its segment's won deals, drawn
-- towards that of all won deals as if five more of these had been seen.
with won as (
    select
        segments.segment_key,
        sum(deals.amount) as amount,
        count(*) as deals
    from {{ ref('int_deals_current') }} as deals
    inner join {{ ref('int_deals_segmented') }} as segments on deals.deal_id = segments.deal_id
    where deals.result = 'won' and deals.removal_kind is null and deals.amount is not null
    group by segments.segment_key
),

overall as (
    select cast(sum(amount) as double) / nullif(sum(deals), 0) as mean_amount
    from won
),

keys as (
    select distinct segment_key
    from {{ ref('int_deals_segmented') }}
),

final as (
    select
        keys.segment_key,
        {{ to_amount(
            '(cast(coalesce(won.amount, 0) as double) + 5 * overall.mean_amount)'
            ~ ' / (coalesce(won.deals, 0) + 5)'
        ) }} as assumed_amount
    from keys
    cross join overall
    left join won on keys.segment_key = won.segment_key
)

select * from final
order by segment_key
