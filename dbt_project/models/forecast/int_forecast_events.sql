-- Deals won, lost or moved to another stage, by the cell they were in and the day it became known.
with events as (
    select
        *,
        {{ add_days('until_day', -1) }} as day_date
    from {{ ref('int_forecast_pieces') }}
    where exit_kind in ('won', 'lost', 'moved')
),

final as (
    select
        cells.cell_id,
        events.day_date,
        events.exit_kind,
        events.next_stage,
        count(*) as deals,
        coalesce(sum(events.amount), 0) as amount
    from events
    inner join {{ ref('int_forecast_cells') }} as cells
        on
            events.segment_key = cells.segment_key
            and events.stage = cells.stage
            and events.amount_class = cells.amount_class
            and events.age_bucket = cells.age_bucket
            and events.due_class = cells.due_class
    group by cells.cell_id, events.day_date, events.exit_kind, events.next_stage
)

select * from final
