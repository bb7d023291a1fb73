with cells as (
    select * from {{ ref('int_waterfall_cells') }}
)

select * from cells
order by span_kind, closing_date, period_start, fiscal_period, segment_name, segment_value, bucket
