-- Every combination of circumstances that a deal was ever at risk in, numbered in their order.
with cells as (
    select
        segment_key,
        stage,
        amount_class,
        age_bucket,
        due_class
    from {{ ref('int_forecast_pieces') }}
    group by segment_key, stage, amount_class, age_bucket, due_class
),

final as (
    select
        row_number() over (order by segment_key, stage, amount_class, age_bucket, due_class) - 1
            as cell_id,
        *
    from cells
)

select * from final
