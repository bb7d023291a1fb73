-- Deals created, by what they were at their creation. Where the day is only assumed, or that of a
-- bulk load, they are left out.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

created as (
    select
        stretches.*,
        {{ days_between('stretches.entered_date', 'stretches.close_date') }} as days_left
    from {{ ref('int_forecast_stretches') }} as stretches
    inner join {{ ref('fct_deals') }} as deals on stretches.deal_id = deals.deal_id
    left join {{ ref('int_forecast_import_days') }} as import_days
        on stretches.entered_date = import_days.created_date
    cross join history
    where
        stretches.is_creation
        and import_days.created_date is null
        and not deals.is_created_assumed
        and stretches.entered_date >= history.history_start
        and stretches.entered_date < history.as_of_date
),

final as (
    select
        created.entered_date as created_date,
        created.segment_key,
        created.stage,
        created.amount_class,
        coalesce(dues.due_state, 0) as due_state,
        count(*) as deals,
        coalesce(sum(created.amount), 0) as amount
    from created
    left join {{ ref('int_forecast_due_states') }} as dues
        on created.days_left between dues.nearest_days and dues.furthest_days
    group by all
)

select * from final
