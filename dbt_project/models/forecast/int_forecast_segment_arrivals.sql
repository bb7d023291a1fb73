-- Deals created in every cut, by the newest value of each segment: what is not created yet is
-- shared out by it. Days of a bulk load are left out.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

newest_values as (
    select
        deal_id,
        segment_name,
        segment_value
    from {{ ref('fct_deal_segments') }}
    qualify row_number() over (partition by deal_id, segment_name order by valid_from desc) = 1
),

final as (
    select
        newest_values.segment_name,
        newest_values.segment_value,
        deals.created_date,
        count(*) as deals
    from {{ ref('fct_deals') }} as deals
    inner join newest_values on deals.deal_id = newest_values.deal_id
    left join {{ ref('int_forecast_import_days') }} as import_days
        on deals.created_date = import_days.created_date
    cross join history
    where
        import_days.created_date is null
        and not deals.is_created_assumed
        and deals.created_date >= history.history_start
        and deals.created_date < history.as_of_date
    group by newest_values.segment_name, newest_values.segment_value, deals.created_date
)

select * from final
