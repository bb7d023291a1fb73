-- Deals at risk as a running total: each piece adds one to its cell on its first day and takes it
-- back after its last. One ordered read of this serves every as-of date, without a row per deal
-- and day.
with pieces as (
    select
        cells.cell_id,
        pieces.from_day,
        pieces.until_day
    from {{ ref('int_forecast_pieces') }} as pieces
    inner join {{ ref('int_forecast_cells') }} as cells
        on
            pieces.segment_key = cells.segment_key
            and pieces.stage = cells.stage
            and pieces.amount_class = cells.amount_class
            and pieces.age_bucket = cells.age_bucket
            and pieces.due_class = cells.due_class
),

changes as (
    select
        cell_id,
        from_day as day_date,
        1 as change
    from pieces
    union all
    select
        cell_id,
        until_day as day_date,
        -1 as change
    from pieces
),

final as (
    select
        cell_id,
        day_date,
        sum(change) as change
    from changes
    group by cell_id, day_date
)

select *
from final
where change <> 0
