{{ config(materialized='incremental') }}
with splits as (
    select
        *,
        sum(recorded_share) over (partition by deal_id, valid_from) as total_share
    from {{ ref('int_deal_splits_dated') }}
),

-- In whole millionths, those that are left over going to the largest remainders, nothing is lost.
scaled as (
    select
        *,
        cast(recorded_share * 1000000 as double) * 1000000
        / cast(total_share * 1000000 as double) as millionths
    from splits
),

rounded as (
    select
        *,
        floor(millionths) as whole_millionths,
        1000000 - sum(floor(millionths)) over (partition by deal_id, valid_from) as left_over,
        row_number() over (
            partition by deal_id, valid_from
            order by millionths - floor(millionths) desc, owner_id
        ) as remainder_rank
    from scaled
),

final as (
    select
        deal_id,
        owner_id,
        cast(
            (whole_millionths + case when remainder_rank <= left_over then 1 else 0 end) / 1000000
            as decimal(9, 6)
        ) as share,
        recorded_share,
        coalesce(abs(total_share - 1) > 0.001, false) as is_normalised,
        valid_from,
        valid_to
    from rounded
)

select * from final
